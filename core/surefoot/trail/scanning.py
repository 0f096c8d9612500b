"""One feed from its bytes alone, as a verifier sees it: nothing here trusts what this machine remembers.

Segments are looked at on two threads (Ed25519 is computed outside the interpreter's lock) and their results joined in
order. A bad line is noted and the walk goes on, so that every damage is named.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from surefoot.trail import bodies, clock, keys, lines, merkle, rules
from surefoot.trail.bodies import Body, BodyFault, Opened
from surefoot.trail.facts import SEGMENT
from surefoot.trail.lines import Line, LineFault
from surefoot.trail.report import Finding, Notebook, Weight
from surefoot.trail.segments import Segments

_AHEAD = 8  # segments in work at a time
# What a crash may leave of a file that never got its name (files.write_whole, segments); nothing reads it.
DRAFT = r"\.[0-9]+(?:\.[a-z]+)?\.[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be read of a feed.

    Attributes:
        ws, feed, public: whose it is. lines, details: its files. count, length: segments, and bytes of the last one.
        is_full: whether signatures, fields and bodies are checked, or the chain alone.
    """

    ws: str
    feed: str
    public: bytes
    lines: Segments
    details: Segments
    count: int
    length: int
    is_full: bool

    def read(self, index: int) -> bytes | None:
        """The lines of a segment; of the last one those that were there at that moment. None where it is missing."""
        data = self.lines.read(index)
        return data[: self.length] if data is not None and index == self.count - 1 else data


@dataclass(slots=True)
class Looked:
    """What one segment showed: leaves, `prev` of its first line, parsed lines and their bodies, findings."""

    index: int
    leaves: list[bytes] = field(default_factory=list)
    first_prev: str = ""
    lines: list[Line | None] = field(default_factory=list)
    bodies: list[Opened | None] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def fail(self, check: str, seq: int, detail: str, feed: str) -> None:
        """Notes what may not be."""
        self.findings.append(Finding(check, Weight.FAIL, detail, feed, seq))


def walk(source: Source) -> Iterator[Looked]:
    """Looks at every segment of a feed, in order."""
    with ThreadPoolExecutor(2) as pool:
        order = iter(range(source.count))
        waiting = [pool.submit(look, source, index) for index in islice(order, _AHEAD)]
        while waiting:
            looked = waiting.pop(0).result()
            waiting.extend(pool.submit(look, source, index) for index in islice(order, 1))
            yield looked


def look(source: Source, index: int) -> Looked:
    """Looks at one segment."""
    looked = Looked(index)
    data = source.read(index)
    is_last = index == source.count - 1
    if data is None:
        looked.fail("files", index * SEGMENT, "a segment is missing", source.feed)
        return looked
    *raws, rest = data.split(b"\n")
    first = index * SEGMENT
    if rest:
        looked.fail("lines", first + len(raws), "the last line has no end", source.feed)
    if len(raws) > SEGMENT or (len(raws) < SEGMENT and not is_last) or not raws:
        looked.fail("lines", first + len(raws), f"a segment of {len(raws)} lines", source.feed)
    for at, raw in enumerate(raws):
        if lines.is_newer(raw):
            looked.findings.append(
                Finding("lines", Weight.INCOMPLETE, "a newer format from here on", source.feed, first + at)
            )
            del raws[at:]
            break
    looked.first_prev = lines.prev_of(raws[0]) if raws else ""
    leaves = lines.leaves_of(raws)
    looked.leaves = [bytes.fromhex(leaf) for leaf in leaves]
    for at in lines.breaks(raws, leaves):
        looked.fail("lines", first + at, "it does not continue the line before it", source.feed)
    if source.is_full:
        _read_lines(source, looked, raws, first)
        _read_bodies(source, looked)
    return looked


def _read_lines(source: Source, looked: Looked, raws: Sequence[bytes], first: int) -> None:
    hlc = 0
    for seq, raw in enumerate(raws, first):
        line = None
        try:
            payload, signature = lines.split(raw)
            line = lines.parse(payload)
            if (line.ws, line.feed, line.seq) != (source.ws, source.feed, seq):
                looked.fail("lines", seq, "it belongs to another workspace, feed or place", source.feed)
            if line.hlc <= hlc:
                looked.fail("lines", seq, "its clock does not go on", source.feed)
            hlc = line.hlc
            if not keys.verify(source.public, lines.to_sign(payload), signature):
                looked.fail("signatures", seq, "the signature is not of this key", source.feed)
        except LineFault as fault:
            looked.fail("lines", seq, str(fault), source.feed)
        looked.lines.append(line)


def _read_bodies(source: Source, looked: Looked) -> None:
    found: dict[int, Body] = {}
    for raw in (source.details.read(looked.index) or b"").split(b"\n")[:-1]:
        try:
            body = bodies.parse(raw)
        except BodyFault as fault:
            looked.fail("bodies", looked.index * SEGMENT, str(fault), source.feed)
            continue
        if body.seq in found:
            looked.fail("bodies", body.seq, "its details are there twice", source.feed)
        found[body.seq] = body
    for line in looked.lines:
        opened = None
        if line is not None and line.seq in found:
            try:
                opened = bodies.check(found[line.seq].fields, line.body)
            except BodyFault as fault:
                looked.fail("bodies", line.seq, str(fault), source.feed)
                opened = Opened({})
        looked.bodies.append(opened)


@dataclass(slots=True)
class Told:
    """What a whole feed told: its lines, and what has to be compared with other feeds."""

    size: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    leaves: dict[int, bytes] = field(default_factory=dict)
    last: Line | None = None
    last_decision: int = -1


def follow(
    source: Source,
    notebook: Notebook,
    sizes: set[int],
    each: Callable[[Line, bytes, Opened | None], None],
) -> Told:
    """Joins the segments of a feed: chain across them, tree roots and leaves at the sizes asked for.

    Args:
        source: the feed.
        notebook: takes counts and findings.
        sizes: at which sizes the root (and the leaf of the last line) is wanted.
        each: is given every line that could be read, with its leaf and body.
    """
    told, tree = Told(), merkle.Tree()
    prev, hlc = source.ws, 0
    for looked in walk(source):
        for finding in looked.findings:
            notebook.add(finding)
        first = tree.size
        if looked.first_prev and looked.first_prev != prev:
            notebook.fail("lines", "it does not continue the line before it", source.feed, first)
        _grow(tree, looked.leaves, sizes, told)
        prev = looked.leaves[-1].hex() if looked.leaves else prev
        for line, leaf, body in zip(looked.lines, looked.leaves, looked.bodies, strict=False):
            if line is None or line.feed != source.feed:
                continue
            if line.seq == first and line.hlc <= hlc:
                notebook.fail("lines", "its clock does not go on", source.feed, line.seq)
            if fault := clock.fault(told.last, line):
                notebook.remark("clock", fault, source.feed, line.seq)
            hlc, told.last = line.hlc, line
            if rules.is_decision(line.type):
                told.last_decision = line.seq
            each(line, leaf, body)
    told.size = tree.size
    notebook.counts["lines"] += tree.size
    if source.is_full:
        notebook.counts["signatures"] += tree.size
        notebook.counts["bodies"] += tree.size
        notebook.counts["clock"] += tree.size
    return told


def _grow(tree: merkle.Tree, leaves: Sequence[bytes], sizes: set[int], told: Told) -> None:
    start, end = tree.size, tree.size + len(leaves)
    for size in sorted(size for size in sizes if start < size <= end):
        tree.extend(leaves[tree.size - start : size - start])
        told.roots[size] = tree.root()
        told.leaves[size] = leaves[size - start - 1]
    tree.extend(leaves[tree.size - start :])


def strangers(folder: Path, suffix: str) -> list[str]:
    """Names in a folder of segments that are none of ours, such as copies made by a sync tool."""
    ours = re.compile(rf"\d{{6}}{re.escape(suffix)}|key|ckpt|{DRAFT}")
    return sorted(path.name for path in folder.iterdir() if not ours.fullmatch(path.name)) if folder.is_dir() else []


def roots_at(source: Source, sizes: set[int]) -> dict[int, bytes]:
    """The RFC 6962 roots of a feed at some sizes; a size beyond its end is left out."""
    told, tree = Told(), merkle.Tree()
    if 0 in sizes:
        told.roots[0] = merkle.EMPTY
    for index in range(source.count):
        raws = (source.read(index) or b"").split(b"\n")[:-1]
        _grow(tree, [hashlib.sha256(b"\x00" + raw).digest() for raw in raws], sizes, told)
    return told.roots
