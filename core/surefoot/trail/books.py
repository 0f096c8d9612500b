"""All feeds of a workspace as this machine knows them: found, admitted, brought up to date, searched by leaf."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from surefoot.errors import Code, InputRefusedError, RecordBrokenError
from surefoot.files import locked, private_folder, sync_folder, write_whole
from surefoot.trail import keys, lines, merkle
from surefoot.trail.facts import SEGMENT, Signer
from surefoot.trail.feed import Feed, Places
from surefoot.trail.lines import Line
from surefoot.trail.roots import Founding

_FEED = re.compile(r"[0-9a-f]{64}")
_REMEMBERED = 65_536
_TICK = 1_000_000_000  # nanoseconds


class Books:
    """The feeds of one workspace.

    Attributes:
        ws: the workspace. founding: its role document. places: where things lie.
    """

    def __init__(self, founding: Founding, places: Places) -> None:
        self.ws = founding.ws
        self.founding = founding
        self.places = places
        self._feeds: dict[str, Feed] = {}
        self._types: dict[str, str] = {}
        self._devices: dict[str, bool] = {}
        self._scanned: dict[str, int] = {}
        self._listed: tuple[tuple[int, int], Sequence[str]] = ((0, 0), ())
        self._own_folder = places.state / "own"
        self._frozen_folder = places.state / "frozen"
        self._feeds_folder, self._pins_folder = places.trail / "feeds", places.state / "pins"
        self._lock = places.state / "lock"

    @property
    def feeds(self) -> Sequence[Feed]:
        """The admitted feeds, ordered by id, as of the last refresh."""
        return [self._feeds[name] for name in sorted(self._feeds)]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the one lock under which anything of this workspace is written."""
        with locked(self._lock):
            yield

    def refresh(self, *, holds_lock: bool = False) -> None:
        """Brings every feed up to what is on the disk.

        Raises:
            RecordBrokenError: something that was verified here is gone, shorter or changed.
        """
        with ExitStack() as stack:
            for name in self._names():
                feed = self._feeds.get(name) or self._admit(name)
                if feed is None or feed.newer or (feed.reload() and feed.is_current()):
                    continue
                if not holds_lock:
                    stack.enter_context(self.locked())
                    holds_lock = True
                self._advance(feed)

    def opened(self, signer: Signer) -> Feed:
        """The feed of this key, made when it is new. The caller holds the lock and has refreshed.

        Raises:
            InputRefusedError: the key is weak or was never enrolled here.
        """
        keys.checked(signer.public)
        name = signer.feed
        if keys.feed_of(signer.public) != name or not self.is_enrolled(name):
            raise InputRefusedError(Code.NOT_ENROLLED, feed=name[:12])
        feed = self._feeds.get(name)
        if feed is None or not feed.pin.size:
            # Without a line it may be that whoever began to make it was killed before all of it was there.
            self._make_folders(name, signer.public)
        if feed is None:
            feed = self._feeds[name] = Feed(ws=self.ws, feed=name, public=signer.public, places=self.places)
        if not feed.own:
            (private_folder(self._own_folder) / name).touch(mode=0o600)
            feed.own = True
            self._advance(feed)
        return feed

    def is_enrolled(self, name: str) -> bool:
        """Whether a feed's key stands in the role document, or a person of it enrolled it (and did not revoke it)."""
        if name in self.founding.publics:
            return True
        for owner in self.founding.publics:
            if owner in self._feeds:
                self._scan_devices(self._feeds[owner])
        return self._devices.get(name, False)

    def remember(self, leaf: str, kind: str) -> None:
        """Keeps the type of an event for causes to come."""
        if len(self._types) >= _REMEMBERED:
            self._types.clear()
        self._types[leaf] = kind

    def cause_types(self, kind: str, causes: Sequence[str]) -> list[str]:
        """The types of the events that these leaves name.

        Raises:
            InputRefusedError: one of them names no event of this trail.
        """
        types = []
        for leaf in causes:
            if leaf not in self._types:
                line = self.find(leaf)
                if line is None:
                    raise InputRefusedError(
                        Code.CAUSE_REFUSED, type=kind, detail="it names an event that is not recorded"
                    )
                self.remember(leaf, line.type)
            types.append(self._types[leaf])
        return types

    def find(self, leaf: str) -> Line | None:
        """The line with this leaf hash, newest segments first; the hash itself shows that it is the right one."""
        raw = next((raw for raw in self._candidates(leaf) if merkle.leaf_hash(raw).hex() == leaf), None)
        return lines.parse(lines.split(raw)[0]) if raw is not None else None

    def freeze(self, feed: Feed) -> None:
        """Marks a feed whose flush failed: nothing is appended until it has been read anew."""
        feed.frozen = True
        (private_folder(self._frozen_folder) / feed.id).touch(mode=0o600)

    def is_frozen(self, feed: Feed) -> bool:
        """Whether a flush failed, here or in another process, and the feed has not been read anew since."""
        return feed.frozen or os.path.lexists(f"{self._frozen_folder}/{feed.id}")

    def thaw(self) -> None:
        """Rewrites what a failed flush left in doubt from what can be read, so that it is on the disk or not there."""
        if not self._frozen_folder.is_dir():
            return
        for marker in self._frozen_folder.iterdir():
            with self.locked():
                for folder, suffix in ((self.places.trail / "feeds", ".evt"), (self.places.bodies, ".jsonl")):
                    for path in sorted((folder / marker.name).glob(f"[0-9]*{suffix}"))[-2:]:
                        write_whole(path, path.read_bytes())
                marker.unlink()

    def _advance(self, feed: Feed) -> None:
        if not feed.reload() or not feed.is_current():
            feed.own = feed.own or (self._own_folder / feed.id).exists()
            feed.advance()

    def _scan_devices(self, owner: Feed) -> None:
        """Takes note of the devices that a person enrolled or revoked since the last look."""
        start = self._scanned.get(owner.id, 0)
        if start == owner.pin.size:
            return
        for index in range(start // SEGMENT, -(-owner.pin.size // SEGMENT)):
            if b'"type":"device.' not in (owner.lines.read(index) or b""):
                continue
            for raw in next(owner.stretches(max(start, index * SEGMENT))).lines:
                if b'"type":"device.' in raw:
                    line = lines.parse(lines.split(raw)[0])
                    self._devices.update({one.sha256: line.type == "device.enrolled" for one in line.subjects})
        self._scanned[owner.id] = owner.pin.size

    def _names(self) -> Sequence[str]:
        """The feeds there are, persons first: what they enrolled is needed to admit the others."""
        folder, pins = self._feeds_folder, self._pins_folder
        changed = (_changed(folder), _changed(pins))
        if self._listed[0] != changed:
            found = _listed(folder)
            for name in sorted(_listed(pins) - found):
                raise RecordBrokenError(Code.TRAIL_MISSING, path=folder / name)
            names = sorted(found, key=lambda name: (name not in self.founding.publics, name))
            # A folder may change twice within one tick of the clock that its time is taken from.
            is_settled = max(changed) + _TICK < time.time_ns()
            self._listed = (changed if is_settled else (0, 0), names)
        return self._listed[1]

    def _admit(self, name: str) -> Feed | None:
        """A feed whose key is known here, or None: what nobody enrolled is not read."""
        folder = self.places.trail / "feeds" / name
        path = folder / "key"
        if folder.is_symlink() or path.is_symlink():
            raise RecordBrokenError(Code.OUTSIDE_LINK, path=path)
        public = self.founding.publics.get(name)
        if public is None:
            public = path.read_bytes() if path.is_file() else b""
            is_key = keys.feed_of(public) == name and keys.is_strong(public)
            if (self._pins_folder / name).exists():
                if not is_key:
                    raise RecordBrokenError(Code.TRAIL_MISSING, path=path)
            elif not is_key or not self.is_enrolled(name):
                return None
        self._feeds[name] = Feed(ws=self.ws, feed=name, public=public, places=self.places)
        return self._feeds[name]

    def _make_folders(self, name: str, public: bytes) -> None:
        folder = self.places.trail / "feeds" / name
        if not (folder / "key").exists() or not (folder / "ckpt").is_dir():
            write_whole(folder / "key", public)
            (folder / "ckpt").mkdir(exist_ok=True)
            sync_folder(folder)
            sync_folder(folder.parent)
        details = self.places.bodies / name
        if not details.is_dir():
            details.mkdir(parents=True)
            sync_folder(details.parent)

    def _candidates(self, leaf: str) -> Iterator[bytes]:
        """Lines that may have this leaf: the line after one holds its leaf as `prev`."""
        for feed in self.feeds:
            if feed.pin.leaf == leaf and feed.pin.size:
                yield _line_before(feed, (feed.pin.size - 1) // SEGMENT, None)
        wanted = b'"prev":"%s"' % leaf.encode()
        newest = max((-(-feed.pin.size // SEGMENT) for feed in self.feeds), default=0)
        for age in range(newest):
            for feed in self.feeds:
                index = -(-feed.pin.size // SEGMENT) - 1 - age
                data = feed.lines.read(index) if index >= 0 else None
                if data and age == 0:
                    data = data[: feed.pin.length]
                if data and (at := data.find(wanted)) >= 0:
                    yield _line_before(feed, index, data.rfind(b"\n", 0, at) + 1, data)


def _line_before(feed: Feed, index: int, start: int | None, data: bytes | None = None) -> bytes:
    """The line that ends where another starts (None: the last one up to the pin)."""
    if start == 0:
        return _line_before(feed, index - 1, None) if index else b""
    data = data if data is not None else feed.lines.read(index) or b""
    if start is None:
        whole = feed.pin.size <= (index + 1) * SEGMENT
        start = feed.pin.length if whole else len(data)
    return data[data.rfind(b"\n", 0, start - 1) + 1 : start - 1]


def _listed(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if _FEED.fullmatch(path.name)} if folder.is_dir() else set()


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 1


def places_of(folder: Path, state: Path, ws: str) -> Places:
    """Where a workspace's things lie, given the project's `.surefoot` and the user's state folder."""
    return Places(folder / "trail", folder / "bodies", state / ws / "trail")
