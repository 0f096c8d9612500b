"""Row 9, command line: whole processes from start to end, in turn with a peer's, medians of eleven."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

SUREFOOT = (sys.executable, "-m", "surefoot.cli")
REPEATS = 11


def seconds(command: Sequence[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def pair(what: str, size: int, ours: Sequence[str], peer: tuple[str, Sequence[str]], goal: str) -> None:
    environment = dict(os.environ)
    seconds(ours, environment)
    seconds(peer[1], environment)
    mine, theirs = [], []
    for _ in range(REPEATS):
        mine.append(seconds(ours, environment))
        theirs.append(seconds(peer[1], environment))
    ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
    row = {
        "row": "9", "what": what, "size": size, "ours": statistics.median(mine), "peer": peer[0],
        "peer_or_limit": statistics.median(theirs), "ratio": ratio, "unit": "s", "goal": goal,
    }  # fmt: skip
    print(json.dumps(row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True)
    peer = parser.parse_args().peer
    bare = ("bare interpreter", (sys.executable, "-c", ""))
    mlflow = ("mlflow --version", (peer, "-m", "mlflow", "--version"))
    pair("`surefoot --help`", 1, (*SUREFOOT, "--help"), bare, "≤ 0.15 s")
    pair("`surefoot --help`", 1, (*SUREFOOT, "--help"), mlflow, "≤ 0.15 s")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = f"{folder}/state"
        os.environ["XDG_DATA_HOME"] = f"{folder}/data"
        for lines in (0, 100, 1000):
            project = Path(folder) / f"p{lines}"
            make = Path(__file__).with_name("small_project.py")
            subprocess.run((sys.executable, str(make), str(project), str(lines)), check=True)
            for verb in (("run", "list"), ("dataset", "list"), ("release", "list")):
                command = (*SUREFOOT, *verb, "--project", str(project))
                pair(f"`surefoot {' '.join(verb)}`", lines, command, bare, "≤ 0.5 s")


if __name__ == "__main__":
    main()
