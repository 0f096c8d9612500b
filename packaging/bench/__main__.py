"""Runs the benchmarks one after the other and writes docs/benchmarks.md, a section at a time.

Each script of this folder takes `--peer PYTHON` (an interpreter with MLflow, empty where there is none) and prints a
line of JSON for each finding: {row, what, size, ours, unit, goal, peer, peer_or_limit, ratio, spread, beside_spread},
where `goal` reads `≤ 3 at 5,000` (ours) or `≥ 4×` (times better than the peer). Time is never compared with another
day's.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from page import TITLES, written

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
OURS = ("surefoot", "duckdb", "polars", "cryptography", "pynacl")


@dataclass(frozen=True, slots=True)
class Script:
    """One script.

    Attributes:
        name: the file. rows: which it measures. by_row: whether it takes the rows that are wanted.
        peers: packages of the peers that it can stand beside; the first is MLflow.
        can_be_quick: whether it takes `--quick`.
    """

    name: str
    rows: tuple[str, ...]
    by_row: bool = False
    peers: tuple[str, ...] = ()
    can_be_quick: bool = False


SCRIPTS = (
    Script("start.py", ("9",), peers=("mlflow",)),
    Script("runs.py", ("17", "4", "4b"), by_row=True, peers=("mlflow", "wandb", "aim", "trackio")),
    Script("trail.py", ("11", "12")),
    Script("catalog.py", ("6", "13"), peers=("mlflow",)),
    Script("create_runs.py", ("5",), peers=("mlflow",)),
    Script("serving.py", ("14", "15", "16"), by_row=True, peers=("mlflow", "fastapi"), can_be_quick=True),
    Script("checks.py", ("checks",)),
    Script("desktop.py", ("10",), can_be_quick=True),
)


def environments(folder: Path) -> dict[str, str]:
    """Package of each peer that is installed to the interpreter that has it."""
    return {path.parent.name: str(path.parent / "bin/python") for path in sorted(folder.glob("*/ready"))}


def peer_version(package: str, python: str) -> str:
    code = f"from importlib.metadata import version; print(version({package!r}))"
    done = subprocess.run([python, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    return f"{package} {done.stdout.strip()}"


def measure(
    script: Script, rows: Sequence[str], peers: dict[str, str], *, is_quick: bool = False
) -> list[dict[str, Any]]:
    print(f"{script.name} {' '.join(rows)} …", file=sys.stderr, flush=True)
    command = [sys.executable, str(HERE / script.name), "--peer", peers.get("mlflow", "")]
    for tracker in script.peers[1:]:
        if tracker in peers:
            command += ["--tracker", f"{tracker}={peers[tracker]}"]
    command += ["--quick"] if is_quick and script.can_be_quick else []
    # As it runs for users: with compiled modules kept, which some developers' settings forbid.
    variables = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    found: list[dict[str, Any]] = []
    with subprocess.Popen(
        [*command, *(rows if script.by_row else ())], stdout=subprocess.PIPE, text=True, cwd=PAGE.parents[1],
        env=variables,
    ) as running:  # fmt: skip
        for line in running.stdout or ():
            sys.stderr.write(line)
            if line.startswith("{"):
                found.append(json.loads(line))
    if running.returncode:
        raise SystemExit(f"{script.name} failed ({running.returncode}); the page keeps what it had of its rows")
    return [line for line in found if str(line["row"]) in rows]


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()} {platform.release()}"


def measured(script: Script, peers: dict[str, str]) -> str:
    """When, where and with what, in one paragraph."""
    ours = ", ".join((f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in OURS)))
    text = f"Measured {datetime.now(UTC):%Y-%m-%d}. {machine()}. {ours}."
    there = [peer_version(package, peers[package]) for package in script.peers if package in peers]
    text += f" Peers: {', '.join(there)}." if there else ""
    missing = [package for package in script.peers if package not in peers]
    return text + (f" Could not be had here, and is not compared: {', '.join(missing)}." if missing else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, required=True, help="folder that holds an environment for each peer")
    parser.add_argument(
        "rows", nargs="*", choices=[*TITLES, "desktop", []], help="row numbers; all where none is given"
    )
    parser.add_argument("--quick", action="store_true", help="one short round where a script can; writes no page")
    options = parser.parse_args()
    options.rows = ["10" if row == "desktop" else row for row in options.rows]
    peers = environments(options.peers)
    for script in SCRIPTS:
        rows = [row for row in script.rows if not options.rows or row in options.rows]
        if not rows:
            continue
        found = measure(script, rows, peers, is_quick=options.quick)
        if options.quick:
            continue
        old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(written(old, found, measured=measured(script, peers)), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()
