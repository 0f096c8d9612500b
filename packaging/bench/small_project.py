"""Makes a project whose record has so many lines, for the start-up figures: small_project.py FOLDER LINES."""

import sys
from pathlib import Path

from surefoot.trail import Draft, Subject
from surefoot.workbench import Workbench

folder, lines = Path(sys.argv[1]), int(sys.argv[2])
with Workbench.create(folder, name="small", person="bench", sample=True) as bench:
    for start in range(0, lines, 10_000):
        count = min(10_000, lines - start)
        bench.recorder.record(*(Draft("label.set", (Subject("run_bench", "ab" * 32),), {"n": n}) for n in range(count)))
