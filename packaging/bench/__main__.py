"""Runs the benchmarks one after the other and writes docs/benchmarks.md.

Each script of this folder prints JSON lines: {row, size, what, ours, peer_or_limit, ratio, unit, goal, peer}. A figure
is a median of several runs; a ratio is measured in the same run as both of its figures. Time is never compared with
another day's.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
SCRIPTS = {
    "trail.py": ("11", "12"),
    "catalog.py": ("6", "13"),
    "create_runs.py": ("5",),
    "runs.py": ("4", "4b", "17"),
    "start.py": ("9",),
}
TITLES = {
    "4": "1,000 metric points of one run, one by one",
    "4b": "Many points in one run, whole process, durable at the end",
    "5": "Runs created with 10 parameters and 5 metrics each, through the trail",
    "6": "Filter and sort runs",
    "9": "Start of the command line",
    "11": "Append signed events, durable",
    "12": "Verify the trail",
    "13": "Rebuild the catalog from the trail",
    "17": "Cost of a local run beside its own work",
}


def measure(script: str, peer: str) -> list[dict[str, Any]]:
    print(f"{script} …", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, str(HERE / script), "--peer", peer],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=HERE.parents[1],
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()} {platform.release()}"


def versions() -> str:
    names = ("surefoot", "duckdb", "polars", "cryptography", "pynacl", "onnxruntime")
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])


def figure(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, int | float) else ("–" if value is None else str(value))


def page(rows: list[dict[str, Any]]) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `sh packaging/bench.sh`. Medians. The machine is shared, so read the ratios, which were measured",
        "in the same run, and not the absolute times. Row numbers are those of the performance goals.",
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions()}. Peers: MLflow 3.17.2, trackio 0.43.0.",
    ]
    table: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        table[str(row["row"])].append(row)
    for number in sorted(table, key=lambda text: (int(text.rstrip("b")), text)):
        lines += ["", f"## {number}. {TITLES[number]}", "", "| what | size | ours | beside | ratio | unit | goal |"]
        lines += ["| --- | ---: | ---: | ---: | ---: | --- | --- |"]
        for row in table[number]:
            beside = f"{row.get('peer', '')} {figure(row.get('peer_or_limit'))}".strip()
            cells = (
                row["what"],
                f"{row['size']:,}" if isinstance(row["size"], int) else row["size"],
                figure(row["ours"]),
            )
            rest = (beside, figure(row.get("ratio")), row["unit"], row.get("goal", ""))
            lines.append("| " + " | ".join((*cells, *rest)) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True, help="python of an environment that holds the peers")
    parser.add_argument("rows", nargs="*", help="row numbers; all where none is given")
    options = parser.parse_args()
    kept = PAGE.with_name(".benchmarks.jsonl")
    measured: list[dict[str, Any]] = []
    for script, rows in SCRIPTS.items():
        if not options.rows or set(rows) & set(options.rows):
            measured += measure(script, options.peer)
    again = {str(row["row"]) for row in measured}
    if kept.exists():
        measured += [row for row in map(json.loads, kept.read_text().splitlines()) if str(row["row"]) not in again]
    kept.write_text("".join(json.dumps(row) + "\n" for row in measured))
    PAGE.write_text(page(measured))
    print(PAGE)


if __name__ == "__main__":
    main()
