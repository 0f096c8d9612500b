"""Row 9, command line: whole processes from start to end, in turn with a bare interpreter.

Every verb that only reads is asked, in a project that holds something to be read. The size is the number of lines of
its record; verbs that verify it check every signature, whatever the size.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from measuring import in_turn, seconds, tell
from surefoot.cli.table import VERBS

SUREFOOT = str(Path(sys.executable).with_name("surefoot"))
REPEATS = 5
LINES = (0, 1_000, 10_000)
SMALL = 1_000  # lines of the record up to which a project is called small
READING: dict[tuple[str, ...], tuple[str, ...]] = {
    ("dataset", "list"): (),
    ("dataset", "show"): ("german-credit",),
    ("dataset", "diff"): ("german-credit@1", "german-credit@1"),
    ("dataset", "check"): ("german-credit",),
    ("run", "list"): (),
    ("run", "show"): ("RUN",),
    ("run", "log"): ("RUN",),
    ("run", "compare"): ("RUN", "german-credit/1"),
    ("check", "list"): ("RUN",),
    ("policy", "show"): (),
    ("release", "list"): (),
    ("release", "show"): ("german-credit",),
    ("release", "check"): ("german-credit",),
    ("status",): (),
    ("audit", "verify"): (),
    ("audit", "explain"): (),
    ("audit", "report"): ("--output", "report.html"),
    ("explain",): (),
    ("doctor",): (),
}
ACTING = {
    ("init",), ("dataset", "add"), ("experiment", "new"), ("experiment", "start"), ("run", "cancel"),
    ("run", "reproduce"), ("check", "run"), ("policy", "adopt"), ("release", "draft"), ("release", "approve"),
    ("release", "sign"), ("deploy",), ("stop",), ("lift",), ("rollback",), ("catalog", "rebuild"), ("sample", "run"),
    ("supervise",), ("release", "export"), ("release", "waive"), ("score",), ("drill", "stop"),
    ("advisories", "import"),
    # These read, and want what only a service or a release leaves behind.
    ("release", "verify"), ("audit", "answer"),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="", help="python of an environment with MLflow")
    peer = parser.parse_args().peer
    unknown = {verb.words for verb in VERBS} - set(READING) - ACTING
    if unknown:
        raise SystemExit(f"Say in {__file__} whether these verbs read or act: {sorted(unknown)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        variables = {**os.environ, "XDG_STATE_HOME": f"{name}/state", "XDG_DATA_HOME": f"{name}/data"}
        bare = partial(seconds, (sys.executable, "-c", ""), variables, folder)
        ours, theirs = in_turn(partial(seconds, (SUREFOOT, "--help"), variables, folder), bare, repeats=REPEATS)
        limit = ("bare interpreter", theirs)
        tell("9", "`surefoot --help`", 0, ours, beside=limit, unit="s", goal="≤ 0.15 s")
        if peer:
            command = (peer, "-m", "mlflow", "--help")
            ours, theirs = in_turn(
                partial(seconds, (SUREFOOT, "--help"), variables, folder),
                partial(seconds, command, variables, folder),
                repeats=3,
            )
            tell("9", "`surefoot --help`", 0, ours, beside=("`mlflow --help`", theirs), unit="s", goal="≤ 0.15 s")
        for lines in LINES:
            every_verb(folder / "project", lines, variables)


def every_verb(project: Path, lines: int, variables: dict[str, str]) -> None:
    """All reading verbs in a project whose record has at least so many lines."""
    make = (sys.executable, str(Path(__file__).with_name("small_project.py")), str(project), str(lines))
    done = subprocess.run(make, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    size, run = done.stdout.split()[-2:]
    for verb, words in READING.items():
        command = (SUREFOOT, *verb, *(run if word == "RUN" else word for word in words))
        ours, theirs = in_turn(
            partial(seconds, command, variables, project),
            partial(seconds, (sys.executable, "-c", ""), variables, project),
            repeats=REPEATS,
        )
        limit = ("bare interpreter", theirs)
        goal = "≤ 0.5 s" if int(size) <= SMALL else ""
        tell("9", f"`surefoot {' '.join(verb)}`", int(size), ours, beside=limit, unit="s", goal=goal)


if __name__ == "__main__":
    main()
