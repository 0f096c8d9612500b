"""A release whose check fails: why it is shut is seen, the way out that the screen names is gone by clicks."""

from typing import Any

from tests.e2e.conftest import Home
from tests.journeys.hands import Mouse
from tests.journeys.screen import Desktop


def gates(served: Home, run: str) -> dict[str, str]:
    """How the gates of a run stand, by the command line; without a draft some are open still."""
    found: list[dict[str, Any]] = served.json("release", "check", run, exit_code=3)["gates"]
    return {one["name"]: one["state"] for one in found}


def test_a_shut_gate_says_why_and_leads_to_a_run_that_passes_it(served: Home, opened: Desktop) -> None:
    runs = {run["name"]: run["run"] for run in served.json("run", "list")["runs"]}
    worst = next(name for name, run in sorted(runs.items()) if _is_shut(served, run))
    assert gates(served, runs[worst])["check.fairness"] == "failed"
    hand = Mouse(opened)
    hand.go("Releases")
    hand.press("New release")
    hand.pick("Runs that can be released", worst)
    opened.see(f"1. Candidate: {worst}")
    hand.press("Continue")
    hand.press("Continue")
    opened.see(part="Fairness: failed")
    opened.see("Check: Fairness", role="label")
    assert "enabled" not in opened.see("Continue", role="push button").states
    opened.see(part="Choose a run that passes", role="label")
    chosen = served.json("release", "show", "german-credit@1.0.0")["proposed"]["run"]
    better = next(name for name, run in runs.items() if run == chosen)
    hand.press(f"1. Candidate: {worst}")
    hand.pick("Runs that can be released", better)
    opened.see(f"1. Candidate: {better}")
    hand.press("Continue")
    hand.press("Continue")
    opened.gone("Check: Fairness")
    hand.press("Continue")
    opened.see("What do you give up, for what?", role="text")
    assert gates(served, chosen)["check.fairness"] in {"passed", "close"}
    assert served.json("audit", "verify")["verdict"] == "PASS"


def _is_shut(served: Home, run: str) -> bool:
    checks = {one["kind"]: one["result"] for one in served.json("check", "list", run)["checks"]}
    return bool(checks["fairness"] and checks["fairness"]["state"] == "failed")
