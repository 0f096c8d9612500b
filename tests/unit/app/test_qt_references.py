"""The Qt binding must not lose references: PySide6 6.12 on Python 3.11 takes one from True at every emit and aborts.

The pin in pyproject.toml keeps it out; this guard finds it, and its like, should the pin move.
"""

import subprocess
import sys

PROGRAM = """
import sys
from PySide6.QtCore import QObject, Signal

class Bell(QObject):
    rang = Signal(bool)

bell = Bell()
before = sys.getrefcount(None)
for _ in range(200_000):
    bell.rang.emit(True)
for _ in range(20_000):
    bell.blockSignals(False)
    bell.setObjectName("bell")
assert sys.getrefcount(None) >= before - 100, (before, sys.getrefcount(None))
print("kept")
"""


def test_emitting_and_calling_loses_no_reference() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "kept"), done.stderr[-2000:]
