"""The bench of the table runs, quick, and measures everything that its page tells."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]


def test_the_quick_bench_measures_every_figure_of_the_table() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "bench" / "desktop.py"), "--quick"],
        capture_output=True, text=True, check=False, timeout=250,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": f"{ROOT / 'core'}:{ROOT / 'app'}"},
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, done.stderr[-2000:]
    told = " ".join(each["what"] for each in found)
    for word in (
        "start",
        "first paint",
        "frame",
        "jump",
        "sort",
        "filter",
        "pin",
        "stop",
        "memory",
        "50 runs going on",
    ):
        assert word in told
    assert {each["size"] for each in found} == {2_000}
    assert all(each["ours"] >= 0 for each in found)
