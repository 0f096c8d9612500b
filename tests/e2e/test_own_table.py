"""A user's own table, by the commands of the README: the way that succeeds, and what goes wrong on it."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from surefoot import resources
from tests.e2e.conftest import Home
from tests.independent.checker import Checker

TABLE = resources.path("samples", "german-credit", "german_credit.csv")
ADD = (
    "dataset", "add", "customers.csv", "--key", "applicant_id", "--target", "credit_risk", "--positive", "good",
    "--owner", "Sales", "--purpose", "Judge credit risk", "--legal-basis", "contract", "--subject", "applicant_id",
)  # fmt: skip


def lines(home: Home) -> int:
    return sum(home.json("audit", "verify")["sizes"].values())


def test_the_readme_s_way_from_a_table_to_a_stopped_service(home: Home) -> None:
    shutil.copy(TABLE, home.project / "customers.csv")
    home.call(*ADD)
    home.call("experiment", "new", "risk", "--dataset", "customers")
    (run,) = home.json("experiment", "start", "risk")["runs"]
    assert run["state"] == "finished"
    assert home.json("run", "list", "--where", "metric.auc > 0.7")["runs"][0]["run"] == run["run"]
    home.call("release", "draft", run["run"], exit_code=9)
    # What the policy asks for; on a table parted by chance, another check may fail by chance.
    home.call("check", "run", run["run"], "--kind", "accuracy", "--kind", "parity")
    home.call("policy", "adopt", "policies/baseline.toml")
    home.call("release", "draft", run["run"], "--name", "risk")
    home.call("release", "sign", "risk@1.0.0", exit_code=5)
    home.call("release", "approve", "risk@1.0.0", "--reason", "Better than the list of today")
    assert "approved it before" in home.call("release", "approve", "risk@1.0.0", "--reason", "Something else").stdout
    home.call("release", "sign", "risk@1.0.0")
    home.call("deploy", "risk@1.0.0")
    assert home.is_serving()
    assert "Ada Lovelace approved it" in home.call("audit", "explain").stdout
    home.call("stop", "--reason", "The end of a test")
    assert not home.is_serving()
    home.call("deploy", "risk@1.0.0", exit_code=3)
    home.call("lift", "--reason", "Once more")
    assert home.is_serving()
    home.call("stop")
    assert Checker(home.project / ".surefoot").faults == []


def test_a_passphrase_comes_from_a_private_file_or_a_terminal_and_from_nowhere_else(home: Home) -> None:
    shutil.copy(TABLE, home.project / "customers.csv")
    options, home.options = home.options, ()
    assert "SF-3003" in home.call(*ADD, exit_code=2).stderr
    home.environment["SUREFOOT_PASSPHRASE"] = "correct horse battery staple"
    assert "SF-3003" in home.call(*ADD, exit_code=2).stderr
    wrong = home.folder / "wrong"
    wrong.write_text("wrong horse battery staple", encoding="utf-8")
    wrong.chmod(0o600)
    assert "SF-1104" in home.call(*ADD, "--passphrase-file", str(wrong), exit_code=8).stderr
    wrong.chmod(0o644)
    assert "SF-1107" in home.call(*ADD, "--passphrase-file", str(wrong), exit_code=8).stderr
    home.options = options
    home.call(*ADD)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", 8),
        ("no-rows.csv", b"a,b\n", 8),
        ("broken.csv", b'a,b\n1,2\n3\n"x', 8),
        ("missing.csv", None, 9),
        ("pickle.csv", b"\x80\x04\x95\x00\x00\x00\x00", 8),
    ],
)
def test_a_table_that_cannot_be_used_leaves_nothing_behind(
    home: Home, name: str, content: bytes | None, code: int
) -> None:
    before = lines(home)
    if content is not None:
        (home.project / name).write_bytes(content)
    told = home.call("dataset", "add", name, exit_code=code).stderr
    assert "SF-" in told
    assert lines(home) == before
    assert not list((home.project / ".surefoot" / "objects").rglob("*.draft*"))


def test_a_script_that_fails_ends_as_failed_and_its_words_can_be_read(home: Home) -> None:
    home.call("experiment", "new", "broken", "--template", "plain-command")
    for path in (home.project / "train" / "broken").iterdir():
        path.write_text("#!/bin/sh\necho this went wrong >&2\nexit 3\n", encoding="utf-8")
    run, *_ = home.json("experiment", "start", "broken", exit_code=3)["runs"]
    assert run["state"] == "failed"
    assert "this went wrong" in home.call("run", "log", run["run"]).stdout
    home.call("check", "run", run["run"], exit_code=9)


def test_what_a_script_left_out_is_told_at_its_end(home: Home) -> None:
    home.call("experiment", "new", "picky", "--template", "plain-command")
    for path in (home.project / "train" / "picky").iterdir():
        path.write_text("#!/bin/sh\necho 'left out: note (why)'\necho done\nexit 3\n", encoding="utf-8")
    told = home.call("experiment", "start", "picky", exit_code=3).stdout
    assert told.splitlines()[-1] == "Nothing was learned from: note (why)"
    run = home.json("run", "list")["runs"][0]["run"]
    assert "Nothing was learned from: note (why)\n" in home.call("run", "show", run).stdout


def test_two_programs_at_once_in_one_project_lose_nothing(home: Home) -> None:
    home.call("experiment", "new", "one", "--template", "plain-command")
    home.call("experiment", "new", "two", "--template", "plain-command")
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda name: home.json("experiment", "start", name)["runs"], ("one", "two")))
    found = {each["run"]: each["state"] for each in home.json("run", "list")["runs"]}
    assert found == {run["run"]: "finished" for runs in ended for run in runs}
    assert Checker(home.project / ".surefoot").faults == []


def test_a_record_that_was_put_back_to_yesterday_is_refused(home: Home) -> None:
    kept = home.folder / "yesterday"
    shutil.copytree(home.project / ".surefoot", kept)
    home.call("policy", "adopt", "policies/baseline.toml")
    shutil.rmtree(home.project / ".surefoot")
    shutil.copytree(kept, home.project / ".surefoot")
    home.call("policy", "show", exit_code=7)
    assert "SF-12" in home.call("policy", "adopt", "policies/baseline.toml", exit_code=7).stderr
    assert (
        json.loads(home.call("audit", "verify", "--json", exit_code=7).stdout or "{}").get("verdict", "FAIL") == "FAIL"
    )


def test_a_changed_permission_is_recorded_and_told_and_the_same_one_is_neither(home: Home) -> None:
    shutil.copy(TABLE, home.project / "customers.csv")
    home.call(*ADD)
    before = lines(home)
    assert "nothing was recorded" in home.call(*ADD).stdout
    assert lines(home) == before
    told = home.call(*ADD, "--owner", "Risk").stdout
    assert "was recorded" in told
    assert "nothing was recorded" not in told
    assert lines(home) == before + 1
    assert home.json("dataset", "show", "customers")["owner"] == "Risk"


def test_a_referenced_table_that_changes_silently_is_found_and_trains_nothing(home: Home) -> None:
    table = home.project / "customers.csv"
    shutil.copy(TABLE, table)
    home.call(*ADD, "--reference")
    home.call("experiment", "new", "risk", "--dataset", "customers")
    assert home.json("dataset", "check", "customers")["findings"] == []
    before = table.stat()
    table.write_text(table.read_text(encoding="utf-8").replace(",good\n", ",bad\n", 1), encoding="utf-8")
    os.utime(table, ns=(before.st_atime_ns, before.st_mtime_ns))
    (found,) = home.json("dataset", "check", "customers", exit_code=3)["findings"]
    assert (found["what"], found["path"].endswith("customers.csv")) == ("changed", True)
    (run,) = home.json("experiment", "start", "risk", exit_code=3)["runs"]
    assert run["state"] == "failed"
    assert run["metrics"] == {}


def test_odd_places_and_counts_are_told_in_words(home: Home) -> None:
    assert "SF-3001" in home.call("run", "list", "--limit", "-1", exit_code=2).stderr
    (home.folder / "file").write_text("x", encoding="utf-8")
    assert "SF-1004" in home.call("init", str(home.folder / "file"), "--person", "Ada", exit_code=8).stderr
    gone = home.folder / "gone"
    gone.mkdir()
    program = f"cd '{gone}' && rmdir '{gone}' && exec {sys.executable} -m surefoot.cli run list"
    done = subprocess.run(["sh", "-c", program], env=home.environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "SF-1006" in done.stderr) == (9, True), done.stderr
