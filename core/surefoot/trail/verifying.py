"""Full verification of a trail, independent of every cache: what `surefoot audit verify` shows.

It starts at the founding document, whose hash is the workspace, admits only keys that this document or a person named
in it lets in, and walks every line of every feed. Two passes: the first knows every line, the second what lines say
about each other.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from surefoot.errors import IncompleteError, RecordBrokenError
from surefoot.files import locked
from surefoot.trail import keys, notes, roots, rules, scanning
from surefoot.trail.bodies import Opened
from surefoot.trail.lines import Line
from surefoot.trail.notes import NoteFault
from surefoot.trail.pins import Pin, read
from surefoot.trail.report import Notebook, Report
from surefoot.trail.roots import Founding, Person
from surefoot.trail.scanning import Source, Told
from surefoot.trail.segments import Segments

EVERY = 64
_FEED = re.compile(r"[0-9a-f]{64}")
_CAUSED = re.compile(rb'"cause":\[("[^\]]+)\].*"seq":([0-9]+),.*"type":"([a-z.-]+)"')


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a feed there was at one moment: its segments, the bytes of the last, its checkpoints."""

    count: int
    length: int
    notes: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Device:
    """A device that a person let in: its id and the clock of that line; the clock of its revocation, if any."""

    id: str
    since: int
    until: int | None = None


@dataclass(slots=True)
class Findings:
    """What lines said that concerns other lines."""

    types: dict[bytes, str] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    seen: set[tuple[str, int, str]] = field(default_factory=set)
    hidden: list[tuple[str, int, str]] = field(default_factory=list)
    missing: list[tuple[str, int, str]] = field(default_factory=list)
    erased: set[tuple[str, int, str]] = field(default_factory=set)


def verify(folder: Path, *, pins: Path | None = None, anchor: str | None = None, signatures: bool = True) -> Report:
    """Verifies the trail in a project's `.surefoot`.

    Args:
        folder: the project's `.surefoot`.
        pins: the user's state folder of Surefoot; what it remembers of this workspace is compared.
        anchor: the workspace id, got by another way than this folder.
        signatures: off for chain, checkpoints and pins alone, ten times as fast; such a report is INCOMPLETE at best.

    Returns:
        The report. A damaged trail is a verdict, not an error.
    """
    notebook = Notebook()
    try:
        founding = roots.read(folder / "trail")
    except (RecordBrokenError, IncompleteError) as error:
        note = notebook.lack if isinstance(error, IncompleteError) else notebook.fail
        note("founding", str(error))
        return notebook.report("", {})
    notebook.counts["founding"] = 1
    _check_anchor(founding, anchor, notebook, has_pins=pins is not None)
    if not signatures:
        notebook.lack("signatures", "not checked")
    return _Verification(folder, founding, pins, notebook, is_full=signatures).run()


def _check_anchor(founding: Founding, anchor: str | None, notebook: Notebook, *, has_pins: bool) -> None:
    if anchor is not None:
        notebook.counts["anchor"] = 1
        if anchor != founding.ws:
            notebook.fail("anchor", "the founding document is another one than the anchor says")
    elif not has_pins:
        notebook.lack("anchor", "neither an anchor nor this machine's memory was given: the origin is not confirmed")


class _Verification:
    """One verification on its way."""

    def __init__(
        self, folder: Path, founding: Founding, state: Path | None, notebook: Notebook, *, is_full: bool
    ) -> None:
        self.folder = folder
        self.founding = founding
        self.notebook = notebook
        self.state = state / founding.ws / "trail" if state else None
        self.is_full = is_full
        self.known = Findings()
        self.sources: dict[str, Source] = {}
        self.told: dict[str, Told] = {}

    def run(self) -> Report:
        """Both passes."""
        remembered = self._remembered()
        names = self._names()
        for name in sorted(set(remembered) - set(names)):
            self.notebook.fail("pins", "a feed that this machine knows is missing", name)
        # Persons first: what they say admits the devices.
        for name in sorted(names, key=lambda name: (name not in self.founding.publics, name)):
            public = self._public(name)
            if public is not None:
                self._walk(name, public, names[name], remembered.get(name))
        self._compare()
        return self.notebook.report(self.founding.ws, {name: told.size for name, told in self.told.items()})

    def _names(self) -> dict[str, Extent]:
        """The feeds there are, and how much there is of each: as of one moment, since others may go on writing."""
        feeds = self.folder / "trail" / "feeds"
        with locked(self.state / "lock") if self.state and self.state.is_dir() else nullcontext():
            found = {}
            for path in sorted(feeds.iterdir()) if feeds.is_dir() else ():
                if not _FEED.fullmatch(path.name) or path.is_symlink() or not path.is_dir():
                    self.notebook.remark("files", f"not ours and not read: {path.name!a}")
                    continue
                segments = Segments(path, ".evt")
                count = segments.count()
                checkpoints = path / "ckpt"
                marks = sorted(checkpoints.iterdir()) if checkpoints.is_dir() else ()
                found[path.name] = Extent(count, self._length(segments, count - 1), marks)
        for name in sorted(self.founding.publics.keys() - found.keys()):
            self.notebook.fail("files", "the feed of a person is missing", name)
        return found

    def _length(self, segments: Segments, index: int) -> int:
        try:
            return segments.length(index) or 0
        except RecordBrokenError as error:
            self.notebook.fail("files", str(error))
            return 0

    def _remembered(self) -> dict[str, Pin]:
        folder = self.state / "pins" if self.state else None
        if folder is None:
            return {}
        found = {}
        if not folder.is_dir():
            self.notebook.lack("pins", "this machine does not remember the workspace")
            return {}
        for path in folder.iterdir():
            try:
                pin = read(path) if _FEED.fullmatch(path.name) else None
            except RecordBrokenError as error:
                self.notebook.fail("pins", str(error))
                continue
            if pin is not None:
                found[path.name] = pin
        return found

    def _public(self, name: str) -> bytes | None:
        """The key of a feed that was let in; None, with a note, otherwise."""
        self.notebook.counts["keys"] += 1
        path = self.folder / "trail" / "feeds" / name / "key"
        public = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        if keys.feed_of(public) != name or not keys.is_strong(public):
            self.notebook.fail("keys", "its key is missing, weak or another one", name)
            return self.founding.publics.get(name)
        if name not in self.founding.publics and name not in self.known.devices and self.is_full:
            self.notebook.remark("keys", "nobody let this key in; its lines count for nothing", name)
            return None
        return public

    def _walk(self, name: str, public: bytes, extent: Extent, pin: Pin | None) -> None:
        folder = self.folder / "trail" / "feeds" / name
        details = self.folder / "bodies" / name
        for place, suffix in ((folder, ".evt"), (details, ".jsonl")):
            for stranger in scanning.strangers(place, suffix):
                self.notebook.remark("files", f"not ours and not read: {stranger!a}", name)
        source = Source(
            ws=self.founding.ws,
            feed=name,
            public=public,
            lines=Segments(folder, ".evt"),
            details=Segments(details, ".jsonl"),
            count=extent.count,
            length=extent.length,
            is_full=self.is_full,
        )
        checkpoints = self._checkpoints(name, public, extent.notes)
        sizes = set(checkpoints) | ({pin.size} if pin else set())
        try:
            told = scanning.follow(source, self.notebook, sizes, self._each)
        except RecordBrokenError as error:
            self.notebook.fail("files", str(error), name)
            return
        self.notebook.counts["files"] += source.count
        self.sources[name], self.told[name] = source, told
        self._check_checkpoints(name, told, checkpoints)
        if pin is not None:
            self._check_pin(name, told, pin)

    def _each(self, line: Line, leaf: bytes, body: Opened | None) -> None:
        """Notes what a line says, and checks who says it."""
        known, place = self.known, (line.feed, line.seq)
        known.types[leaf] = line.type
        known.seen.update((feed, size, root) for feed, (size, root) in line.seen.items())
        if body is None:
            if line.body[0]:
                known.missing.append((*place, line.type))
        else:
            known.hidden.extend((*place, path) for path in body.hidden)
        if line.type == "erasure.done" and body is not None:
            _note_erasure(known.erased, body)
        if line.type in ("device.enrolled", "device.revoked"):
            self._note_device(line)
        self._check_role(line)

    def _note_device(self, line: Line) -> None:
        for one in line.subjects:
            before = self.known.devices.get(one.sha256)
            if line.type == "device.enrolled":
                self.known.devices[one.sha256] = Device(one.id, line.hlc)
            elif before is not None:
                self.known.devices[one.sha256] = Device(before.id, before.since, line.hlc)

    def _check_role(self, line: Line) -> None:
        """Who says it, as what, resting on anything at all (on what, the second pass asks)."""
        self.notebook.counts["roles"] += 1
        person = self.founding.person_of(line.feed)
        fault = _who_fault(line, person) if person else _device_fault(line, self.known.devices[line.feed])
        fault = fault or _what_fault(line, is_person=person is not None, is_solo=self.founding.is_solo)
        if fault:
            self.notebook.fail("roles", fault, line.feed, line.seq)
        if not line.cause and (fault := _baseless(line.type)):
            self.notebook.fail("causes", f"{line.type}: {fault}", line.feed, line.seq)
        if line.type not in rules.TYPES:
            self.notebook.remark("roles", f"{line.type} is unknown to this version", line.feed, line.seq)

    def _checkpoints(self, name: str, public: bytes, paths: Sequence[Path]) -> dict[int, str]:
        """Size to root of every checkpoint whose signature is good."""
        found: dict[int, str] = {}
        for path in paths:
            if re.fullmatch(scanning.DRAFT, path.name):
                continue
            if not path.name.isdecimal() or path.is_symlink() or not path.is_file():
                self.notebook.remark("files", f"not ours and not read: {path.name!a}", name)
                continue
            self.notebook.counts["checkpoints"] += 1
            try:
                checkpoint = notes.read(path.read_bytes(), self.founding.ws, name, public)
            except NoteFault as error:
                self.notebook.fail("checkpoints", f"{path.name}: {error}", name)
                continue
            if checkpoint.size != int(path.name):
                self.notebook.fail("checkpoints", f"{path.name} is of another size", name)
            found[checkpoint.size] = checkpoint.root
        return found

    def _check_checkpoints(self, name: str, told: Told, checkpoints: Mapping[int, str]) -> None:
        for size, root in sorted(checkpoints.items()):
            if size > told.size:
                self.notebook.lack("checkpoints", f"one covers {size} lines, there are {told.size}", name)
            elif size and told.roots[size].hex() != root:
                self.notebook.fail("checkpoints", "signed with another root: two histories of one feed", name, size)
        covered = max((size for size in checkpoints if size <= told.size), default=0)
        if told.size - covered > EVERY or told.last_decision >= covered:
            self.notebook.remark("checkpoints", "no checkpoint covers the lines from here on", name, covered)

    def _check_pin(self, name: str, told: Told, pin: Pin) -> None:
        self.notebook.counts["pins"] += 1
        if told.size < pin.size:
            self.notebook.fail("pins", f"{told.size} lines, this machine has seen {pin.size}", name, told.size)
        elif pin.size and told.leaves[pin.size].hex() != pin.leaf:
            self.notebook.fail("pins", "it is not the line that this machine has seen", name, pin.size - 1)

    def _compare(self) -> None:
        """The second pass: causes, heads of other feeds, erasures."""
        marks: dict[str, set[int]] = {}
        for feed, size, _ in self.known.seen:
            marks.setdefault(feed, set()).add(size)
        for name, source in self.sources.items():
            if self.is_full:
                self._check_causes(source)
            self._check_seen(name, marks.get(name, set()))
        for feed in sorted(marks.keys() - self.sources.keys()):
            self.notebook.fail("seen", "a feed that a decision names is missing", feed)
        self._check_missing()

    def _check_causes(self, source: Source) -> None:
        for index in range(source.count):
            for raw in (source.read(index) or b"").split(b"\n"):
                match = _CAUSED.search(raw)
                if match is not None:
                    causes = match[1].decode().strip('"').split('","')
                    self._check_cause(source.feed, int(match[2]), match[3].decode(), causes)

    def _check_cause(self, feed: str, seq: int, kind: str, causes: Sequence[str]) -> None:
        self.notebook.counts["causes"] += len(causes)
        types = [self.known.types.get(bytes.fromhex(leaf)) for leaf in causes]
        known = [one for one in types if one is not None]
        if len(known) < len(types):
            self.notebook.fail("causes", "it rests on a line that is not there", feed, seq)
        elif kind in rules.TYPES and (fault := rules.cause_fault(kind, known)):
            self.notebook.fail("causes", f"{kind}: {fault}", feed, seq)

    def _check_seen(self, name: str, sizes: set[int]) -> None:
        told = scanning.roots_at(self.sources[name], sizes) if sizes else {}
        for feed, size, root in sorted(self.known.seen):
            if feed == name:
                self.notebook.counts["seen"] += 1
                if size not in told:
                    self.notebook.fail("seen", f"a decision saw {size} lines, there are fewer", name)
                elif told[size].hex() != root:
                    self.notebook.fail("seen", "a decision saw another history of this feed", name, size)

    def _check_missing(self) -> None:
        """Erased and missing details: an erasure has to be an event, and a decision keeps its details."""
        gone = {(feed, seq) for feed, seq, _ in self.known.erased}
        for feed, seq, path in self.known.hidden:
            if (feed, seq, path) not in self.known.erased:
                self.notebook.fail("bodies", f"{path} was erased, and no event says so", feed, seq)
        for feed, seq, kind in self.known.missing:
            if (feed, seq) in gone:
                self.notebook.remark("bodies", "the details are gone, as an event says", feed, seq)
            elif rules.is_decision(kind):
                self.notebook.fail("bodies", "the details of a decision are missing", feed, seq)
            else:
                self.notebook.lack("bodies", "the details are missing", feed, seq)


@lru_cache(maxsize=1024)
def _baseless(kind: str) -> str | None:
    """What is wrong with an event of this type that rests on nothing."""
    return rules.cause_fault(kind, ()) if kind in rules.TYPES else None


def _who_fault(line: Line, person: Person) -> str | None:
    if line.actor != person.id or line.role not in person.roles:
        return "it is signed by one person in the name of another"
    return None


def _device_fault(line: Line, device: Device) -> str | None:
    if line.actor != device.id or line.role != "machine":
        return "it is signed by a device in the name of another"
    if line.hlc <= device.since or (device.until is not None and line.hlc > device.until):
        return "it was signed while the device was not let in"
    return None


def _what_fault(line: Line, *, is_person: bool, is_solo: bool) -> str | None:
    if not rules.may_record(line.role, line.type):
        return f"a {line.role} may not record {line.type}"
    if line.is_self != (is_solo and rules.is_decision(line.type)):
        return "its mark of self-made decisions is wrong"
    if (line.type == "workspace.created") != (line.seq == 0 and is_person):
        return "a workspace is created once, by the first line of its owner"
    return None


def _note_erasure(erased: set[tuple[str, int, str]], body: Opened) -> None:
    feed, seq, paths = (json.loads(bytes(body.values.get(name, b"null"))) for name in ("feed", "seq", "paths"))
    if isinstance(feed, str) and isinstance(seq, int) and isinstance(paths, list):
        erased.update((feed, seq, path) for path in paths if isinstance(path, str))
