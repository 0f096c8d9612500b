"""`[SECONDS] [SEED]`: walks of 2,000 steps, one seed after the other, until the time is over or one ends in a fault."""

import contextlib
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QStandardPaths

from surefoot_app.__main__ import application
from tests.unit.app.walks import project, walk

_STEPS = 2000


def main() -> int:
    """Returns 1 where there was a fault."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000
    QStandardPaths.setTestModeEnabled(True)
    application(["monkey"])
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        with tempfile.TemporaryDirectory(prefix="surefoot-monkey-", ignore_cleanup_errors=True) as name:
            home = Path(name)
            for key in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
                os.environ[key] = str(home)
            try:
                with project(home) as made:
                    monkey = walk(made, seed, steps=_STEPS, seconds=left)
            finally:
                _end_all(home)
        print(
            f"seed {seed}: {monkey.count:,} steps, slowest {monkey.slowest[0]:.3f} s ({monkey.slowest[1]})", flush=True
        )
        print(
            f"{monkey.grown / 2**20:+.0f} MB since it was warm:",
            *(round(each / 2**20) for each in monkey.memory),
            flush=True,
        )
        print(*monkey.slow, sep="\n")
        if monkey.faults:
            print(monkey.told())
            return 1
        seed += 1
    return 0


def _end_all(home: Path) -> None:
    """Ends what the walk started: processes that name its folder, which nobody else knows."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.fsencode(home) in (place / "cmdline").read_bytes() and int(place.name) != os.getpid():
                os.kill(int(place.name), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
