"""P1 and P2: every kind of damage to a trail's bytes, and whether it is found.

Each function gives (tried, missed). The short forms run with the tests, the long ones in packaging/torture.sh.
"""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from surefoot.trail import Verdict, lines, scanning, verify
from surefoot.trail.scanning import Looked, Source
from surefoot.trail.segments import Segments
from tests.fakes.trails import Project

Damage = tuple[str, Callable[[], object]]


def source_of(project: Project) -> Source:
    feed = project.owner.feed
    kept, details = Segments(project.feed(), ".evt"), Segments(project.folder / "bodies" / feed, ".jsonl")
    return Source(project.ws, feed, project.owner.public, kept, details, kept.count(), 0, is_full=True)


def flips(project: Project, *, step: int, seed: int, bits: bool = False) -> tuple[int, int]:
    """Alters every `step`th byte of a feed by a random mask (or by each single bit) and reads the lines it touches."""
    chance = random.Random(seed)
    source = source_of(project)
    raws = [raw for path in sorted(project.feed().glob("*.evt")) for raw in path.read_bytes().split(b"\n")[:-1]]
    tried = missed = count = 0
    for seq, raw in enumerate(raws):
        data = raw + b"\n"
        for at in range(len(data)):
            count += 1
            if count % step:
                continue
            for mask in [1 << bit for bit in range(8)] if bits else [chance.randrange(1, 256)]:
                altered = data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]
                tried += 1
                missed += not _is_found(source, altered, seq)
    return tried, missed


def _is_found(source: Source, altered: bytes, seq: int) -> bool:
    *whole, rest = altered.split(b"\n")
    if rest:  # the line end itself was hit, or a new one made: the line does not end where it has to
        return True
    looked = Looked(0)
    if any(lines.is_newer(raw) for raw in whole):
        return True  # judged INCOMPLETE, which is no pass
    scanning._read_lines(source, looked, whole, seq)
    return bool(looked.findings)


def rearranged(project: Project) -> Iterator[Damage]:
    """Every line of the first segment deleted, doubled, swapped, cut off, or replaced by one of another feed."""
    path = project.feed() / "000000.evt"
    raws = path.read_bytes().split(b"\n")[:-1]
    foreign = (project.feed(project.machine) / "000000.evt").read_bytes().split(b"\n")[0]

    def put(new: Sequence[bytes]) -> Callable[[], object]:
        return lambda: path.write_bytes(b"".join(raw + b"\n" for raw in new))

    for at in range(len(raws)):
        yield f"line {at} deleted", put(raws[:at] + raws[at + 1 :])
        yield f"line {at} doubled", put([*raws[: at + 1], *raws[at:]])
        yield f"line {at} foreign", put([*raws[:at], foreign, *raws[at + 1 :]])
        yield f"cut after line {at}", put(raws[: at + 1]) if at + 1 < len(raws) else put(raws[:1])
        if at:
            yield f"lines {at - 1} and {at} swapped", put([*raws[: at - 1], raws[at], raws[at - 1], *raws[at + 1 :]])


def misplaced(project: Project) -> Iterator[Damage]:
    """Every segment, checkpoint, body file, key and the founding document deleted, emptied, doubled or swapped."""
    folder = project.folder
    files = sorted(path for path in [*folder.glob("trail/**/*"), *folder.glob("bodies/**/*")] if path.is_file())
    for path in files:
        is_note = path.parent.name == "ckpt"
        if not is_note:  # a checkpoint less is told as lines not covered, not as damage
            yield f"{path.name} deleted", path.unlink
        data = path.read_bytes()
        yield f"{path.name} emptied", partial(path.write_bytes, b"")
        yield f"{path.name} cut", partial(path.write_bytes, data[:-3])
        yield f"{path.name} doubled", partial(path.write_bytes, data * 2)
    for first, second in pairwise(files):
        yield f"{first.name} and {second.name} swapped", partial(_swap, first, second)


def _swap(first: Path, second: Path) -> None:
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)


def tried(project: Project, damages: Iterator[Damage], found: Callable[[Project], bool]) -> tuple[int, list[str]]:
    """Does each damage to the trail, asks whether it is found, and mends it again."""
    copy = project.folder.with_name("copy")
    shutil.copytree(project.folder, copy)
    count, missed = 0, []
    for name, act in damages:
        act()
        count += 1
        if not found(project):
            missed.append(name)
        shutil.rmtree(project.folder)
        shutil.copytree(copy, project.folder)
    shutil.rmtree(copy)
    return count, missed


def is_found_by_verify(project: Project) -> bool:
    """Whether the verifier lets it pass."""
    return verify(project.folder, pins=project.state, anchor=project.ws).verdict in (Verdict.FAIL, Verdict.INCOMPLETE)
