"""Makes the project of row 9, or makes it longer: small_project.py FOLDER LINES.

It is the sample's: a dataset, a run, its checks, a signed release and a service that was stopped. `label.set` lines,
which no verb shows, are added until its record has so many lines.
"""

import sys
from pathlib import Path

from surefoot.guide.sample import Journey
from surefoot.guide.telling import Story
from surefoot.texts import Words
from surefoot.trail import Draft, Subject
from surefoot.workbench import Workbench


def main() -> None:
    folder, lines = Path(sys.argv[1]), int(sys.argv[2])
    Journey(folder, Story(Words("en"), tell=lambda _text: None)).walk()
    with Workbench.open(folder, unlock=str) as bench:
        missing = max(0, lines - sum(bench.trail.sizes().values()))
        drafts = [Draft("label.set", (Subject("run_bench", "ab" * 32),), {"n": n}) for n in range(missing)]
        if drafts:
            bench.recorder.record(*drafts)
        print(sum(bench.trail.sizes().values()), bench.runs.list()[0].run)


if __name__ == "__main__":
    main()
