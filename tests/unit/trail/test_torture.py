"""P3 to P6 in short; packaging/torture.sh runs the long forms."""

import json
import subprocess
import sys
from pathlib import Path

from surefoot.trail import Verdict
from tests.fakes.trails import found
from tests.torture import crashes, writers

FINE = (Verdict.PASS, Verdict.REMARKS)


def test_p3_killed_writers_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    project = found(tmp_path)
    for seed in range(2):
        crowd = writers.killed(project, writers=2 + seed, seed=seed)
        assert crowd.acknowledged > 0
        assert crowd.lost == 0
        assert crowd.verdict in FINE


def test_p4_the_append_path_may_stop_at_any_call(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.points", tmp_path, "13"],
        cwd=writers.ROOT,
        env={"PYTHONPATH": f"{writers.ROOT / 'core'}:{writers.ROOT}", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["calls"] > 100
    assert told["tried"] > 30
    assert told["faults"] == []


def test_p5_power_may_fail_at_any_moment(tmp_path: Path) -> None:
    tried, faults = crashes.crashes(tmp_path, states=80, seed=5)
    assert tried == 80
    assert faults == []


def test_p6_writers_in_parallel_leave_no_gap(tmp_path: Path) -> None:
    project = found(tmp_path)
    crowd = writers.crowd(project, writers=3, each=40)
    assert (crowd.acknowledged, crowd.lost, crowd.lines) == (120, 0, 126)
    assert crowd.longest < 5
    assert crowd.verdict in FINE
