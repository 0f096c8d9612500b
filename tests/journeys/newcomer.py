"""From an own table to a model that answers: what a newcomer does in the window, whichever hand does it."""

import shutil
from pathlib import Path

from tests.e2e.conftest import Home
from tests.e2e.test_own_table import TABLE
from tests.independent.checker import Checker
from tests.journeys.hands import Hand

PERSON = "Ada Lovelace"
PASSPHRASE = "correct horse battery staple"
GIVEN_UP = "A simple model, since anybody can read it"
REASON = "Better than the list of today"
LED_UP_TO_IT = (
    "workspace.created", "asset.registered", "run.requested", "run.finished", "model.accepted", "check.passed",
    "policy.adopted", "release.proposed", "approval.given", "release.approved", "environment.declared",
    "release.activated", "service.leased", "service.started",
)  # fmt: skip
"""What the trail holds of the way, in this order; between them there may be more."""


def begin(hand: Hand) -> None:
    """Makes a project, with a key that a passphrase guards."""
    hand.press("New project")
    hand.fill("Name of the project", "risk")
    hand.fill("Your name", PERSON)
    hand.fill("Passphrase for your key", PASSPHRASE)
    hand.fill("The same once more", PASSPHRASE)
    hand.press("Make the project")
    hand.desktop.see("Getting started", role="label", within=60)


def add_data(hand: Hand, table: Path) -> None:
    """Adds a table in six steps."""
    hand.press("Add data")
    hand.press("Add a dataset")
    hand.fill("Source", str(table))
    hand.fill("Dataset", "customers")
    hand.press("Continue")
    hand.pick("Columns", "credit_risk")
    hand.choose("Counts as yes", "good")
    hand.press("Continue")
    hand.fill("Owner", "Sales")
    hand.choose("Legal basis", "contract")
    hand.fill("Purpose", "Judge credit risk")
    hand.press("Continue")
    hand.desktop.see("Could the test be known beforehand?", role="label")
    hand.press("Continue")
    hand.desktop.see("Nothing stands out.")
    hand.press("Continue")
    hand.press("Create version")
    hand.fill("Passphrase of your key", PASSPHRASE)
    hand.press("Unlock and sign")
    hand.desktop.see("All datasets", role="push button")
    hand.desktop.see("customers@1", role="label")


def train(hand: Hand) -> None:
    """Plans an experiment in seven steps, and sees its run end."""
    hand.go("Experiments")
    hand.press("New experiment")
    hand.fill("Goal", "Tell who is likely to pay back a loan")
    hand.fill("Name", "risk")
    hand.press("Continue")
    hand.press("Yes-or-no question about rows of a table")
    hand.press("Continue")
    hand.fill("Values 1", "logistic")
    hand.press("Continue")
    hand.press("Add a criterion")
    hand.fill("Metric 1", "auc")
    hand.fill("Limit 1", "0.7")
    for _ in ("criteria", "guardrails", "executor"):
        hand.press("Continue")
    hand.press("Start the run")
    hand.go("Runs")
    hand.desktop.see("Finished", role="table cell", within=90)


def check(hand: Hand) -> None:
    """Has the model checked."""
    hand.go("Checks")
    hand.press("Run checks")
    hand.desktop.see("Release this run", role="push button", within=150)
    hand.ready("Run checks", ("push button",), within=90)


def release(hand: Hand) -> None:
    """Makes a release, adopts the policy that it lacks, approves it alone, and signs it."""
    hand.press("Release this run")
    hand.press("Continue")
    hand.press("Continue")
    hand.press("See the policy")
    hand.press("Adopt this policy")
    hand.press("Adopt and sign")
    hand.desktop.see("Policy “baseline”", role="label")
    hand.press("All releases")
    hand.open("Releases", "risk/1")
    hand.press("Continue")
    hand.fill("What do you give up, for what?", GIVEN_UP)
    hand.press("Continue")
    hand.press("Propose the release")
    hand.desktop.see("Propose again", role="push button", within=30)
    hand.press("Continue")
    hand.fill("Why do you approve it?", REASON)
    hand.press("Approve in my name")
    hand.desktop.see("self-approved", within=30)
    hand.press("Continue")
    hand.press("Sign and publish")
    hand.desktop.see("Cancel", role="push button")
    hand.press("Sign and publish")
    hand.desktop.see("risk 1.0.0 is signed and published", within=30)


def deploy(hand: Hand) -> None:
    """Has it run here, and asks it."""
    hand.press("Deploy")
    hand.desktop.see("Run it here", role="check box")
    hand.press("Deploy")
    hand.desktop.see("The token of this place", role="label", within=40)
    hand.press("I have it")
    hand.press("Ask the model")
    answer = hand.desktop.see("The model answered", role="label")
    hand.desktop.until(lambda: answer.is_in_sight, "the answer is out of sight")


def walk(hand: Hand, home: Path) -> None:
    """The whole way; then the record is asked whether all of it happened."""
    table = Path(shutil.copy(TABLE, home / "customers.csv"))
    made = Home(home, home / "Surefoot" / "risk")
    try:
        begin(hand)
        add_data(hand, table)
        train(hand)
        check(hand)
        release(hand)
        deploy(hand)
        is_on_record(made)
    finally:
        if made.project.is_dir() and made.is_serving():
            made.call("stop", "--passphrase-file", str(_secret(home)))


def _secret(home: Path) -> Path:
    secret = home / "passphrase"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    secret.chmod(0o600)
    return secret


def is_on_record(made: Home) -> None:
    """Dataset version, run, checks, approval, release and deployment, in the catalog and in a trail that verifies."""
    (data,) = made.json("dataset", "list")["datasets"]
    assert (data["ref"], data["rows"], data["owner"], data["target"]["positive"]) == (
        "customers@1",
        1000,
        "Sales",
        "good",
    )
    (run,) = made.json("run", "list")["runs"]
    assert (run["name"], run["state"], run["meets"]) == ("risk/1", "finished", True)
    (signed,) = made.json("release", "list")["releases"]
    assert (signed["name"], signed["version"], signed["state"], signed["approvals"]) == ("risk", "1.0.0", "signed", 1)
    proposed = made.json("release", "show", "risk@1.0.0")["proposed"]
    assert (proposed["run"], proposed["trade_off"], set(proposed["checks"])) == (
        run["run"],
        GIVEN_UP,
        {"accuracy", "parity"},
    )
    (live,) = made.json("status")["deployments"]
    assert (live["release"], live["state"]) == (signed["id"], "serving")
    assert made.json("audit", "verify")["verdict"] == "PASS"
    checker = Checker(made.project / ".surefoot")
    assert checker.faults == []
    lines = sorted((line for _, line in checker.later), key=lambda line: line["hlc"])
    first = dict.fromkeys(line["type"] for line in lines)
    assert [kind for kind in first if kind in LED_UP_TO_IT] == list(LED_UP_TO_IT)
    about = {line["type"]: line["subj"] for line in lines}
    for kind in ("release.proposed", "approval.given", "release.approved"):
        assert about[kind] == [[signed["id"], signed["digest"]]]
    assert about["release.activated"] == [[live["activation"], signed["digest"]]]
    ((_, runs),) = about["service.started"]
    assert runs == signed["digest"], "what was signed is what runs"
    told = made.call("audit", "explain").stdout
    assert f"{PERSON} approved it" in told
    assert REASON in told
