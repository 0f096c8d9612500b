"""One feed as it lies on the disk, against what this machine remembers of it.

Lines up to the pin were verified here once, signatures included; their hashes lead up to the pinned leaf, so reading
them again costs one hash a line, and one a segment from the next time on. Lines above the pin are verified before the
pin moves over them. Bad bytes above it are a torn tail: quarantined where the feed is ours, left alone where it is not.
Anything wrong below it is an alarm.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from surefoot.errors import Code, RecordBrokenError
from surefoot.files import private_folder, write_whole
from surefoot.trail import keys, lines, merkle, pins
from surefoot.trail.facts import SEGMENT, Head
from surefoot.trail.known import Known, filled
from surefoot.trail.lines import Chained, LineFault, NewerLine
from surefoot.trail.pins import Pin
from surefoot.trail.segments import Segments


@dataclass(frozen=True, slots=True)
class Places:
    """Where things of a workspace lie: its trail and bodies in the project, what is remembered in the state folder."""

    trail: Path
    bodies: Path
    state: Path


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of one segment, verified: the number of the first, the lines without LF, their leaves, hexadecimal."""

    first: int
    lines: Sequence[bytes]
    leaves: Sequence[str]


class Feed:
    """A feed of a workspace.

    Attributes:
        id: SHA-256 of its public key. public: the key. pin: what is remembered.
        newer: whether a line of a later format was met.
        own: whether it is written here. frozen: whether a flush failed in this process.
        noted: lines covered by the last checkpoint, where known.
        written: (lines, bytes of the last body segment) after our last append.
    """

    def __init__(self, *, ws: str, feed: str, public: bytes, places: Places) -> None:
        self.ws = ws
        self.id = feed
        self.public = public
        self.folder = places.trail / "feeds" / feed
        self.lines = Segments(self.folder, ".evt")
        self.details = Segments(places.bodies / feed, ".jsonl")
        self.notes = self.folder / "ckpt"
        self.newer = False
        self.own = False
        self.frozen = False
        self.noted: int | None = None
        self.written: tuple[int, int] = (0, 0)
        self._pin_path = places.state / "pins" / feed
        self._tree_path = places.state / "trees" / feed
        self.quarantine = places.state / "quarantine" / feed
        self._known = Known(places.state / "lines" / feed)
        self._tree: merkle.Tree | None = None
        self._turn = 0
        self.pin = Pin(0, ws, 0, 0)
        self.reload()

    def reload(self) -> bool:
        """Reads the pin anew. Returns whether there is one."""
        found = pins.read(self._pin_path)
        if found is not None:
            self.pin = found
        return found is not None

    @property
    def place(self) -> Chained:
        """What the next line has to continue."""
        return Chained(self.ws, self.id, self.pin.size, self.pin.leaf, self.pin.hlc)

    def is_current(self) -> bool:
        """Whether the disk holds what is remembered, by sizes alone.

        Raises:
            RecordBrokenError: it holds less.
        """
        index = _segment_of(self.pin.size)
        found = self.lines.length(index)
        if (found or 0) < self.pin.length or (found is None and self.pin.size):
            self._behind()
        if (found or 0) > self.pin.length:
            return False
        return self.pin.size % SEGMENT != 0 or self.pin.size == 0 or self.lines.length(index + 1) is None

    def pin_to(self, place: Chained, length: int, *, durable: bool) -> None:
        """Moves the pin to where a next line would go. Raises OSError where the state folder does not take it."""
        pin = Pin(place.seq, place.prev, length, place.hlc)
        if self.pin.turn:
            is_ours = self.pin.turn == self._turn
            self.pin = pins.write(self._pin_path, pin, before=self.pin, durable=durable, is_ours=is_ours)
        else:
            private_folder(self._pin_path.parent)
            self.pin = pins.create(self._pin_path, pin)
        self._turn = self.pin.turn

    def advance(self) -> None:
        """Verifies what lies above the pin and moves the pin over it. The caller holds the workspace's lock.

        Raises:
            RecordBrokenError: something is wrong below the pin.
        """
        place, index, length = self.place, _segment_of(self.pin.size), self.pin.length
        end, fault = length, False
        while not fault and (data := self.lines.read(index)) is not None:
            room = (index + 1) * SEGMENT - place.seq
            full = data[length:].split(b"\n")[:-1][:room]
            good, place, fault = self._follow(full, place)
            length += sum(len(raw) + 1 for raw in full[:good])
            fault = fault or length < len(data) or place.seq < (index + 1) * SEGMENT
            end = length or end
            if not fault:
                index, length = index + 1, 0
        if self.own and not self.newer:
            self._clear(index, length)
        if place.seq > self.pin.size or not self.pin.turn:
            self.pin_to(place, end, durable=True)

    def _follow(self, raws: Sequence[bytes], place: Chained) -> tuple[int, Chained, bool]:
        """Verifies lines from a place on. Returns how many are good, the place after them, and whether one is bad."""
        pairs, places, fault = [], [place], False
        for raw in raws:
            try:
                payload, signature = lines.split(raw)
                line = lines.parse(payload)
                lines.check_place(line, places[-1])
            except LineFault as error:
                self.newer = self.newer or isinstance(error, NewerLine)
                fault = True
                break
            pairs.append((lines.to_sign(payload), signature))
            leaf = merkle.leaf_hash(raw).hex()
            places.append(Chained(self.ws, self.id, line.seq + 1, leaf, line.hlc))
        bad = keys.verify_all(self.public, pairs)
        good = len(pairs) if bad is None else bad
        return good, places[good], fault or bad is not None

    def _clear(self, index: int, length: int) -> None:
        """Moves what is bad above the pin into quarantine, once everything below the pin was found whole."""
        bad = [(at, self.lines.read(at) or b"") for at in range(index, self.lines.count())]
        bad = [(at, data[length:] if at == index else data) for at, data in bad]
        bad = [(at, data) for at, data in bad if data]
        if not bad:
            return
        self.check_chain(0)
        for at, data in bad:
            name = f"{self.pin.size:012}-{at:06}-{hashlib.sha256(data).hexdigest()}.new"
            write_whole(private_folder(self.quarantine) / name, data, mode=0o600)
        for at, _ in reversed(bad):
            self.lines.cut(at, length if at == index else 0)

    def check_chain(self, first: int) -> None:
        """Hashes every line from a segment on up to the pin, and remembers the closed segments among them.

        Raises:
            RecordBrokenError: a line was changed, or lines are missing.
        """
        leaf = self.ws if first == 0 else ""
        closed = {}
        for index in range(first, _segments(self.pin.size)):
            data = self._read(index)
            leaf = self._chained(index, data, leaf, size=self.pin.size).leaves[-1]
            if (index + 1) * SEGMENT <= self.pin.size:
                closed[index] = hashlib.sha256(data).digest()
        if self.pin.size and leaf != self.pin.leaf:
            self._broken(self.pin.size - 1, "it is not the line that was verified here")
        self._known.add(closed)

    def remember(self, first: int, written: Sequence[bytes]) -> None:
        """Remembers the segments that lines from number `first` on, just signed and written here, fill."""
        self._known.add(filled(first, written))

    def stretches(self, start: int) -> Iterator[Stretch]:
        """The lines from number `start` up to the pin, a segment at a time, each shown to lead up to the pin first.

        Raises:
            RecordBrokenError: a line was changed, or lines are missing.
        """
        pin, first = self.pin, start // SEGMENT
        last = _segments(pin.size) - 1
        for index in range(first, last + 1):
            whole = (
                self._verified(index) if index < last else self._chained(index, self._read(index), "", size=pin.size)
            )
            if index == last and whole.leaves[-1] != pin.leaf:
                self._broken(pin.size - 1, "it is not the line that was verified here")
            skip = max(start - whole.first, 0)
            yield Stretch(whole.first + skip, whole.lines[skip:], whole.leaves[skip:])

    def head(self) -> Head:
        """Number of lines up to the pin and their RFC 6962 root."""
        tree = self._tree or self._load_tree()
        if tree.size > self.pin.size:
            tree = merkle.Tree()
        if tree.size < self.pin.size:
            for stretch in self.stretches(tree.size):
                tree.extend(bytes.fromhex(leaf) for leaf in stretch.leaves)
        self._tree = tree
        return Head(tree.size, tree.root().hex())

    def grow(self, leaves: Sequence[str]) -> None:
        """Tells the tree, where it is up to date, of lines just appended."""
        if self._tree is not None and self._tree.size + len(leaves) == self.pin.size:
            self._tree.extend(bytes.fromhex(leaf) for leaf in leaves)

    def keep_tree(self) -> None:
        """Keeps the tree beside the pin, so that the next process need not hash the whole feed."""
        if self._tree is not None:
            data = self._tree.size.to_bytes(8) + b"".join(self._tree.peaks)
            private_folder(self._tree_path.parent)
            self._tree_path.write_bytes(data + hashlib.sha256(data).digest())

    def _load_tree(self) -> merkle.Tree:
        try:
            data = self._tree_path.read_bytes()
        except FileNotFoundError:
            return merkle.Tree()
        body = data[:-32]
        peaks = [body[at : at + 32] for at in range(8, len(body), 32)]
        size = int.from_bytes(body[:8])
        whole = hashlib.sha256(body).digest() == data[-32:] and len(peaks) == size.bit_count()
        return merkle.Tree(size, peaks) if whole else merkle.Tree()

    def _read(self, index: int) -> bytes:
        data = self.lines.read(index)
        if data is None:
            raise RecordBrokenError(Code.TRAIL_MISSING, path=self.lines.path(index))
        return data

    def _verified(self, index: int) -> Stretch:
        """A closed segment below the pin. Where it was verified before, its lines name each other's leaves."""
        data = self._read(index)
        if not self._known.has(index, data):
            self.check_chain(index)
            data = self._read(index)
            if not self._known.has(index, data):
                self._broken(index * SEGMENT, "it was changed while it was read")
        raws = data.split(b"\n")[:-1]
        leaves = [*map(lines.prev_of, raws[1:]), *lines.leaves_of(raws[-1:])]
        return Stretch(index * SEGMENT, raws, leaves)

    def _chained(self, index: int, data: bytes, prev: str, *, size: int) -> Stretch:
        """A segment's lines with their leaves, chained to each other and, where given, to the leaf before them."""
        first = index * SEGMENT
        count = min(size - first, SEGMENT)
        *found, rest = data.split(b"\n")
        if len(found) < count:
            self._broken(first + len(found), "it is missing")
        if count == SEGMENT and (rest or len(found) > count):
            self._broken(first + count, "there is more after the end of a segment")
        raws = found[:count]
        leaves = lines.leaves_of(raws)
        broken = lines.breaks(raws, leaves)
        if broken or (prev and lines.prev_of(raws[0]) != prev):
            self._broken(first + min(broken, default=0), "it does not continue the line before it")
        return Stretch(first, raws, leaves)

    def _broken(self, seq: int, detail: str) -> None:
        raise RecordBrokenError(Code.LINE_BROKEN, feed=self.id[:12], seq=seq, detail=detail)

    def _behind(self) -> None:
        index = _segment_of(self.pin.size)
        data = self.lines.read(index)
        found = index * SEGMENT + (data.count(b"\n") if data else 0)
        raise RecordBrokenError(Code.TRAIL_BEHIND, feed=self.id[:12], found=found, known=self.pin.size)


def _segment_of(size: int) -> int:
    """The segment that holds the last of so many lines."""
    return max(size - 1, 0) // SEGMENT


def _segments(size: int) -> int:
    return -(-size // SEGMENT)
