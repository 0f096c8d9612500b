"""P1 to P12 and P16 in their long forms, the figure to reach beside each; exit code 1 if one is missed."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rfc8785

from surefoot.trail import Verdict, keys
from surefoot.trail.canonical import encode
from tests.fakes.signers import FakeSigner, openssl_verifies
from tests.fakes.trails import found
from tests.torture import crashes, damage, stops, writers

ROOT = Path(__file__).parents[2]
Told = tuple[str, int]  # what was found, in words; how many faults


def p1(base: Path) -> Told:
    """Every byte of a feed of 1,000 lines, a random mask. To reach: all, in at most 60 seconds."""
    tried, missed = damage.flips(found(base, labels=994), step=1, seed=1)
    return f"{tried:,} bytes flipped, {missed} not found", missed


def p1_bits(base: Path) -> Told:
    """Every bit. To reach: all, in at most 15 minutes."""
    tried, missed = damage.flips(found(base, labels=994), step=1, seed=1, bits=True)
    return f"{tried:,} bits flipped, {missed} not found", missed


def p2(base: Path) -> Told:
    """Every line and file deleted, doubled, swapped, cut, replaced. To reach: none missed."""
    lines, missed = damage.tried(
        project := found(base, labels=600), damage.rearranged(project), damage.is_found_by_verify
    )
    files, more = damage.tried(project, damage.misplaced(project), damage.is_found_by_verify)
    return f"{lines + files:,} damages, missed: {missed + more or 'none'}", len(missed + more)


def p3(base: Path) -> Told:
    """Rounds of 2 to 8 writers killed at random. To reach: 1,000 rounds, nothing acknowledged lost."""
    project, acknowledged, lost = found(base), 0, 0
    for seed in range(1000):
        crowd = writers.killed(project, writers=2 + seed % 7, seed=seed)
        acknowledged += crowd.acknowledged
        lost += crowd.lost + (crowd.verdict not in (Verdict.PASS, Verdict.REMARKS))
        if crowd.lines > 20_000:
            project = found(base / str(seed))
    return f"1,000 rounds, {acknowledged:,} acknowledged, {lost} lost", lost


def p4(base: Path) -> Told:
    """The append path stopped at every call, three ways. To reach: no fault."""
    command = [sys.executable, "-m", "tests.torture.points", str(base), "1"]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    return f"{told['tried']:,} stops at {told['calls']} calls, faults: {told['faults'] or 'none'}", len(told["faults"])


def p5(base: Path) -> Told:
    """States after a loss of power. To reach: 10,000 states, nothing acknowledged lost."""
    tried, faults = crashes.crashes(base, states=10_000, seed=int(time.time()))
    return f"{tried:,} states, faults: {faults[:5] or 'none'}", len(faults)


def p6(base: Path) -> Told:
    """8 writers, 10,000 lines each, one an hour late. To reach: no gap, at most 60 s, nobody waits 5 s."""
    crowd = writers.crowd(found(base), writers=8, each=10_000, pause=0.0)
    faults = crowd.lost + (crowd.lines != 80_006) + (crowd.longest > 5) + (crowd.seconds > 60)
    return (
        f"{crowd.lines:,} lines in {crowd.seconds:.0f} s, longest wait {crowd.longest:.2f} s, {crowd.lost} lost",
        faults,
    )


def p8(base: Path) -> Told:
    """Histories in any interleaving, cut and resumed anywhere. To reach: 1,000 with the same tables."""
    return _rounds("tests/unit/catalog/test_replay.py", 1000, base)


def p9(base: Path) -> Told:
    """Databases of the catalog damaged, seen and unseen by stat(2). To reach: 500 of 500 made again, no wrong row."""
    return _rounds("tests/unit/catalog/test_damage.py", 250, base)


def p11(_: Path) -> Told:
    """Random objects through our encoder and rfc8785. To reach: 100,000 equal."""
    chance = random.Random(11)  # noqa: S311 - the same objects in every run
    faults = sum(encode(value) != rfc8785.dumps(value) for value in (_value(chance, 4) for _ in range(100_000)))
    return f"100,000 objects, {faults} differ", faults


def p12(_: Path) -> Told:
    """Random alterations on both code paths. To reach: 10,000 without disagreement."""
    chance, signer, faults = random.Random(12), FakeSigner(), 0  # noqa: S311
    paths = keys._verify_one, openssl_verifies  # noqa: SLF001
    for _number in range(10_000):
        message = chance.randbytes(chance.randrange(100))
        parts = [bytearray(signer.public), bytearray(message + b"."), bytearray(signer.sign(message + b"."))]
        for _change in range(chance.randrange(3)):
            part = chance.choice(parts)
            part[chance.randrange(len(part))] ^= 1 << chance.randrange(8)
        public, data, signature = map(bytes, parts)
        answers = set()
        for path in paths:
            keys._verify_one = path  # noqa: SLF001
            answers.add(keys.verify(public, data, signature))
        faults += len(answers) > 1
    return f"10,000 alterations, {faults} disagreements", faults


def p16(base: Path) -> Told:
    """A service that is asked all the time is stopped, or its lease ends. To reach: p99 at most 10 s; lease ± 1 s."""
    stop, lease = (stops.trials(base, 200, trial) for trial in (stops.stopped, stops.expired))
    said = [
        f"{name} p50 {stops.percentile(found, 0.5):.2f} s, p99 {stops.percentile(found, 0.99):.2f} s, "
        f"from {found[0]:.2f} to {found[-1]:.2f} s"
        for name, found in (("stop to last answer", stop), ("end of lease to last answer", lease))
    ]
    late = sum(not -1 <= seconds <= 1 for seconds in lease)
    return f"200 trials each: {'; '.join(said)}; {late} leases off by more", late + (stops.percentile(stop, 0.99) > 10)


def _rounds(tests: str, rounds: int, base: Path) -> Told:
    """A file of tests whose short form has fewer rounds."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", f"--basetemp={base / 'tests'}", "--timeout=3600", tests]
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True,
        env={**os.environ, "SUREFOOT_ROUNDS": str(rounds)},
    )  # fmt: skip
    print(done.stdout if done.returncode else "", end="", flush=True)
    return f"{rounds} rounds: {done.stdout.strip().rpartition(chr(10))[2]}", int(done.returncode != 0)


def _value(chance: random.Random, levels: int) -> Any:
    kind = chance.randrange(7 if levels else 4)
    if kind == 0:
        return chance.choice([None, True, False])
    if kind == 1:
        return chance.randrange(-(2**53) + 1, 2**53)
    if kind <= 3:
        return _text(chance)
    if kind == 4:
        return [_value(chance, levels - 1) for _ in range(chance.randrange(5))]
    return {_text(chance): _value(chance, levels - 1) for _ in range(chance.randrange(5))}


def _text(chance: random.Random) -> str:
    points = (
        chance.choice([chance.randrange(0x80), chance.randrange(0xD800), chance.randrange(0xE000, 0x110000)])
        for _ in range(8)
    )
    return "".join(map(chr, points))[: chance.randrange(9)]


TESTS: dict[str, Callable[[Path], Told]] = {
    "P1": p1,
    "P1-bits": p1_bits,
    "P2": p2,
    "P3": p3,
    "P4": p4,
    "P5": p5,
    "P6": p6,
    "P8": p8,
    "P9": p9,
    "P11": p11,
    "P12": p12,
    "P16": p16,
}


MOST_SECONDS = {"P1": 60, "P1-bits": 900}


def main(names: list[str]) -> int:
    """Runs the tests that were named, or all of them."""
    faults = 0
    for name in names or TESTS:
        test = TESTS[name]
        print(f"{name}: {(test.__doc__ or '').strip()}", flush=True)
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            told, found_faults = test(Path(folder))
        seconds = time.perf_counter() - start
        faults += found_faults + (seconds > MOST_SECONDS.get(name, seconds))
        print(f"    {told}; {seconds:.0f} s", flush=True)
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
