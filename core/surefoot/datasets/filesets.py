"""Folders of files as datasets: a listing is the version, a side is a part of the listing."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from surefoot.datasets import manifest as manifests
from surefoot.datasets import placing
from surefoot.datasets.facts import SIDES, DatasetVersion, Finding, Placed, Plan
from surefoot.datasets.folders import Listed, Stamps, digest_of, hash_of, listing_of, read_listing, walk
from surefoot.datasets.kinds import Asked, Made, Room, Watch
from surefoot.datasets.splitting import DEFAULT_SIDES, bounds, side_of
from surefoot.datasets.tabular import damage
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.trail.canonical import Json, encode

_LEVEL = 0
"""Nothing of a file is parsed, so no sandbox was needed and none was used."""


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder whose files are the data.

    Attributes:
        files: what it holds. rule, parted: the split rule, and the files of each side.
        stored: digests of the files that were put into the store while they were hashed.
    """

    room: Room
    folder: Path
    files: Sequence[Listed]
    rule: Mapping[str, Json]
    parted: Mapping[str, Sequence[Listed]]
    stored: Collection[str]

    def identity(self) -> Json:
        """The digest of its listing."""
        return {"listing": digest_of(listing_of(self.files))}

    def make(self, asked: Asked) -> Made:
        """Keeps the listing, and the files where they are not referenced.

        Raises:
            InputRefusedError, CancelledError: nothing is recorded.
        """
        manifest, profile, body = self.described(asked.plan)
        if not asked.is_referenced:
            self._store_rest(asked.watch)
        sides = [listing_of(files) for files in self.parted.values()]
        kept = self.room.objects.put_many([encode(manifest), encode(profile), listing_of(self.files), *sides])
        body |= {
            "manifest": kept[0],
            "profile": kept[1],
            "data": dict(zip(self.parted, kept[3:], strict=True)),
            "place": self.room.place_of(self.folder) if asked.is_referenced else None,
        }
        return Made(manifest, body)

    def described(self, plan: Plan) -> tuple[dict[str, Json], dict[str, Json], dict[str, Json]]:
        """Its manifest, its profile, and what the record says of it."""
        digest, size = digest_of(listing_of(self.files)), sum(file.size for file in self.files)
        manifest = manifests.of_files(listing=digest, files=len(self.files), size=size, split=self.rule)
        profile = _profile(self.files, self.parted)
        counts: dict[str, Json] = {side: len(files) for side, files in self.parted.items()}
        return (
            manifest,
            profile,
            {
                "kind": "files",
                "rows": len(self.files),
                "columns": [],
                "quality": {"rows": len(self.files), "bytes": size, "warnings": profile["warnings"]},
                "split": {**self.rule, "counts": counts},
                "storage": plan.storage or "stored",
                "sandbox": _LEVEL,
                "sources": [{"name": self.folder.name, "size": size, "sha256": digest, "files": len(self.files)}],
            },
        )

    def _store_rest(self, watch: Watch) -> None:
        """Puts the files that were known by their stamps, as far as the store does not have them."""
        objects = self.room.objects
        rest = [file for file in self.files if file.sha256 not in self.stored and not objects.has(file.sha256)]
        names = objects.put_many(_watched([self.folder / file.path for file in rest], watch))
        for file, name in zip(rest, names, strict=True):
            if name != file.sha256:
                raise InputRefusedError(Code.SOURCE_CHANGED, path=self.folder / file.path)


def _watched(paths: Sequence[Path], watch: Watch) -> Iterator[Path]:
    for number, path in enumerate(paths):
        watch.stop_if_asked()
        watch.progress("datasets.store", number, len(paths))
        yield path


def _rule(paths: Sequence[str], plan: Plan, *, name: str) -> tuple[dict[str, Json], list[str]]:
    """The split rule, and the side of each path.

    A file is its own key; with `split_by = "group"` the files of one folder stay together. Where nobody asked for a
    split and the files are too few for one, all of them are for training.

    Raises:
        InputRefusedError: the split cannot be used, or would leave a side empty that was asked for.
    """
    by = plan.split_by or "key"
    if by not in {"key", "group"}:
        raise InputRefusedError(Code.SPLIT_VALUE, detail="files", role=by)
    sides = plan.sides or DEFAULT_SIDES
    salt = plan.salt or name
    edges = bounds(sides)
    keys = paths if by == "key" else [PurePosixPath(path).parent.as_posix() for path in paths]
    chosen = [side_of(salt, key, edges) for key in keys]
    empty = [side for side in SIDES if side in sides and side not in set(chosen)]
    if empty and plan.sides is not None:
        raise InputRefusedError(Code.SPLIT_EMPTY, side=empty[0], rows=len(paths))
    if empty:
        return {"by": "none", "columns": [], "salt": salt, "sides": {"train": "1"}}, ["train"] * len(paths)
    return {"by": by, "columns": [], "salt": salt, "sides": dict(sides)}, chosen


def _profile(files: Sequence[Listed], parted: Mapping[str, Sequence[Listed]]) -> dict[str, Json]:
    suffixes = Counter(PurePosixPath(file.path).suffix.lower() or "-" for file in files)
    copies = len(files) - len({file.sha256 for file in files})
    test = {file.sha256 for file in parted.get(placing.HELD_BACK, ())}
    other = {file.sha256 for side, found in parted.items() if side != placing.HELD_BACK for file in found}
    warnings: list[Json] = []
    if copies:
        warnings.append({"key": "files-twice", "values": {"count": copies}})
    if test & other:
        warnings.append({"key": "files-on-both-sides", "values": {"count": len(test & other)}})
    return {"format": 1, "rows": len(files), "suffixes": dict(suffixes.most_common(100)), "warnings": warnings}


@dataclass(frozen=True, slots=True)
class Filesets:
    """The kind of dataset that is a folder of files."""

    room: Room

    def opened(self, folder: Path, name: str, plan: Plan, watch: Watch) -> FolderSource:
        """Lists and hashes a folder; what is to be stored is hashed on its way into the store, and read once.

        Raises:
            InputRefusedError: it holds a link or something that is no file, is empty, changes meanwhile, or cannot be
                split as asked.
            CancelledError: somebody stopped it.
        """
        entries = walk(folder)
        rule, chosen = _rule([entry.path for entry in entries], plan, name=name)
        stamps = Stamps(self.room.state / "stamps" / f"{name}.json", folder)
        known = stamps.known(entries)
        new = [entry for entry in entries if entry.path not in known]
        stored: Collection[str] = ()
        if new:
            if plan.storage == "referenced":
                digests = [hash_of(folder, entry, watch) for entry in new]
            else:
                stored = digests = self.room.objects.put_many(_watched([folder / entry.path for entry in new], watch))
            known |= dict(zip((entry.path for entry in new), digests, strict=True))
            if walk(folder) != entries:
                raise InputRefusedError(Code.SOURCE_CHANGED, path=folder)
        files = [Listed(entry.path, entry.size, known[entry.path]) for entry in entries]
        if new:
            stamps.keep(entries, files)
        parted: dict[str, list[Listed]] = {side: [] for side in SIDES if side in set(chosen)}
        for file, side in zip(files, chosen, strict=True):
            parted[side].append(file)
        return FolderSource(self.room, folder.resolve(), files, rule, parted, frozenset(stored))

    def lay_out(self, version: DatasetVersion, folder: Path, *, held_back: bool, watch: Watch) -> Placed:
        """A folder a side with the files in it, and the schema.

        Raises:
            InputRefusedError: a referenced file is not what it was.
            IncompleteError: the data are not here.
        """
        sides = {}
        for side in placing.wanted(version.data or {}, held_back=held_back):
            sides[side] = folder / side
            for file in self._listed(str((version.data or {})[side])):
                watch.stop_if_asked()
                self._copy(version, file, sides[side] / _inside(file.path))
        return placing.placed(version, folder, sides)

    def _listed(self, name: str) -> Iterator[Listed]:
        with self.room.objects.open(name) as lines:
            yield from read_listing(lines)

    def _copy(self, version: DatasetVersion, file: Listed, target: Path) -> None:
        if version.storage == "stored":
            self.room.objects.copy_to(file.sha256, target, mode=placing.READ_ONLY)
            return
        source = self.room.path_of(version) / file.path
        placing.copy_checked(source, target, sha256=file.sha256)

    def check(self, version: DatasetVersion, watch: Watch) -> list[Finding]:
        """Whether each file, stored or referenced, is what it was; stamps are not relied on."""
        found = damage(self.room, version.version) + damage(self.room, str(version.profile))
        listing = str(version.sources[0]["sha256"])
        missing = damage(self.room, listing)
        if missing:
            return found + missing
        files = list(self._listed(listing))
        if version.storage == "stored":
            for number, file in enumerate(files):
                watch.stop_if_asked()
                watch.progress("datasets.check", number, len(files))
                found += [Finding(one.what, file.path) for one in damage(self.room, file.sha256)]
            return found
        return found + _differences(self.room.path_of(version), files, watch)


def _differences(folder: Path, files: Sequence[Listed], watch: Watch) -> list[Finding]:
    """What differs between a referenced folder and its listing."""
    try:
        entries = {entry.path: entry for entry in walk(folder)}
    except IncompleteError:
        return [Finding("gone", str(folder))]
    except InputRefusedError as error:
        path = str(error.values.get("path", folder))
        return [Finding("gone" if error.code == Code.FOLDER_EMPTY else "changed", path)]
    found = []
    for file in files:
        entry = entries.pop(file.path, None)
        if entry is None:
            found.append(Finding("gone", file.path))
        elif (entry.size, hash_of(folder, entry, watch)) != (file.size, file.sha256):
            found.append(Finding("changed", file.path))
    return found + [Finding("extra", path) for path in sorted(entries)]


def _inside(path: str) -> PurePosixPath:
    """A listed path, if it stays where it is laid out: listings are objects, and objects may come from elsewhere.

    Raises:
        InputRefusedError: it is absolute or climbs.
    """
    parts = path.split("/")
    if path.startswith("/") or any(part in {"", ".", ".."} for part in parts) or "\0" in path:
        raise InputRefusedError(Code.FILE_NAME, path=ascii(path), detail="outside")
    return PurePosixPath(path)
