"""What the verbs answer to a user who looks for a reason, asks for a file, or writes something that cannot be."""

import base64
import json
import re
import shutil

import pytest

from surefoot import resources
from tests.e2e.conftest import Home
from tests.e2e.test_own_table import ADD

TABLE = resources.path("samples", "german-credit", "german_credit.csv")


def test_a_failed_run_says_why_in_the_list_and_by_itself(home: Home) -> None:
    home.call("experiment", "new", "broken", "--template", "plain-command")
    for path in (home.project / "train" / "broken").iterdir():
        path.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    run, *_ = home.json("experiment", "start", "broken", exit_code=3)["runs"]
    assert (run["why"], run["exit_code"]) == ("exit-code", 3)
    assert "The command ended with an error. (3)" in home.call("run", "list").stdout
    assert "The command ended with an error. (3)" in home.call("run", "show", run["run"]).stdout
    shown = home.call("run", "show", run["run"]).stdout
    assert re.search(r"^requested by +Ada Lovelace$", shown, re.MULTILINE)
    assert "per_" not in shown
    assert "Lệnh kết thúc với lỗi. (3)" in home.call("run", "list", "--lang", "vi").stdout


def test_a_locale_that_is_not_installed_still_says_the_language(home: Home) -> None:
    home.environment["LC_ALL"] = "vi_VN.UTF-8"
    assert home.call("--version").stdout.startswith("surefoot ")
    told = home.call("run", "show", "nobody", exit_code=9).stderr
    assert "Dự án này không có lượt chạy `nobody`." in told
    assert "SF-2301" in told


def test_a_list_is_sorted_downwards_as_the_help_says(home: Home) -> None:
    home.call("experiment", "new", "one", "--template", "plain-command")
    home.call("experiment", "start", "one")
    for sort in (("--sort", "-number"), ("--sort=-number",), ("--sort", "-metric.error")):
        assert len(home.json("run", "list", *sort)["runs"]) == 3
    numbers = [run["name"] for run in home.json("run", "list", "--sort", "-number")["runs"]]
    assert numbers == sorted(numbers, reverse=True)
    told = home.call("run", "list", "--where", "metric.error > 'x'", exit_code=8).stderr
    assert "SF-1405" in told
    assert "0.89" in told


def test_a_release_that_is_not_there_is_said_to_be_none(home: Home) -> None:
    assert "SF-2605" in home.call("release", "check", "nobody@1.0.0", exit_code=9).stderr
    assert "SF-2605" in home.call("release", "approve", "nobody", exit_code=9).stderr


def test_a_named_policy_file_is_shown_and_a_missing_one_is_missed(home: Home) -> None:
    text = (home.project / "policies" / "baseline.toml").read_text(encoding="utf-8")
    (home.project / "mine.toml").write_text(text.replace("baseline", "of my own"), encoding="utf-8")
    told = home.call("policy", "show", "mine.toml").stdout
    assert "mine.toml says: policy “of my own”" in told
    assert "surefoot policy adopt mine.toml" in told
    home.call("policy", "adopt", "mine.toml")
    assert "byte for byte" in home.call("policy", "show", "mine.toml").stdout
    assert "SF-1006" in home.call("policy", "show", "none.toml", exit_code=9).stderr


def test_a_table_is_read_as_its_owner_says(home: Home) -> None:
    rows = "".join(f"{n};{n % 7},5;{'ja' if n % 2 else 'nein'};{'x' if n % 5 else 'n.v.'}\n" for n in range(60))
    (home.project / "odd.csv").write_bytes(rows.replace("ja", "jä").encode("latin-1"))
    home.call("dataset", "add", "odd.csv", exit_code=8)
    words = ("--no-header", "--delimiter", ";", "--encoding", "latin-1", "--missing", "n.v.")
    shares = ("--split", "train=0.6,validation=0.2,test=0.2", "--split-by", "row")
    made = home.json("dataset", "add", "odd.csv", *words, *shares)
    assert made["rows"] == 60
    assert sorted(made["split"]["counts"]) == ["test", "train", "validation"]
    kinds = {each["name"]: each["type"] for each in made["columns"]}
    name = next(iter(kinds))
    again = home.json("dataset", "add", "odd.csv", "--type", f"{name}=text")
    assert {each["name"]: each["type"] for each in again["columns"]}[name] == "text"
    assert "SF-3007" in home.call("dataset", "add", "odd.csv", "--type", "age", exit_code=2).stderr


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("run", "show", "nobody"), "SF-2301", 9),
        (("run", "list", "--where", "auc >"), "SF-1406", 8),
        (("dataset", "add", "none.csv"), "SF-1006", 9),
        (("nonsense",), "SF-3001", 2),
    ],
)
def test_an_error_is_json_too_where_json_was_asked_for(
    home: Home, words: tuple[str, ...], code: str, exit_code: int
) -> None:
    told = json.loads(home.call(*words, "--json", exit_code=exit_code).stdout)["error"]
    assert (told["code"], told["exit"]) == (code, exit_code)
    assert all(told[part] for part in ("what", "means", "do"))


def test_two_proposals_of_one_version_are_told_apart(home: Home) -> None:
    shutil.copy(TABLE, home.project / "customers.csv")
    home.call(*ADD)
    home.call("experiment", "new", "risk", "--dataset", "customers")
    (run,) = home.json("experiment", "start", "risk")["runs"]
    home.call("check", "run", "risk/1", "--kind", "accuracy", "--kind", "parity")
    assert "surefoot policy adopt" in home.call("release", "check", "risk/1", exit_code=3).stdout
    home.call("policy", "adopt", "policies/baseline.toml")
    first = home.json("release", "draft", run["run"])
    told = home.call("release", "draft", "risk/1").stdout
    assert f"takes the place of the proposal {first['id']}" in told
    newest, older = home.json("release", "list")["releases"]
    assert (newest["state"], older["state"]) == ("proposed", "replaced")
    for words in ((), ("--reason", " ")):  # an approval without a reason would stand in the record for ever
        assert "--reason" in home.call("release", "approve", "risk@1.0.0", *words, exit_code=2).stderr
        assert "--reason" in home.call("release", "refuse", "risk@1.0.0", *words, exit_code=2).stderr
    assert "cannot be signed" in home.call("release", "refuse", newest["id"], "--reason", "Too wide a gap").stdout
    for verb in (("sign",), ("approve", "--reason", "It is good")):
        said = home.call("release", verb[0], newest["id"], *verb[1:], exit_code=3).stderr
        assert "Too wide a gap" in said
        assert "SF-2629" in said
    newest = home.json("release", "draft", run["run"])
    told = home.call("release", "approve", "risk@1.0.0", "--reason", "It is good").stdout
    assert f"the newest is meant: {newest['id']}" in told
    home.call("release", "sign", "risk@1.0.0")
    assert "SF-2609" in home.call("release", "approve", older["id"], "--reason", "It is good", exit_code=8).stderr


def test_of_two_copies_the_one_that_stays_behind_is_refused_and_told_why(home: Home) -> None:
    copy = home.folder / "copy"
    shutil.copytree(home.project, copy)
    home.call("policy", "adopt", "policies/baseline.toml")
    told = home.call("policy", "show", cwd=copy, exit_code=7).stderr
    assert "SF-1206" in told
    assert "surefoot explain copies" in told
    assert "forked" in home.call("explain", "copies").stdout
    home.call("policy", "show")


def test_whoever_has_no_key_here_reads_everything_and_records_nothing(home: Home) -> None:
    shutil.copy(TABLE, home.project / "customers.csv")
    home.call(*ADD)
    home.call("policy", "adopt", "policies/baseline.toml")
    reader = Home(home.folder / "reader", home.project)
    reader.folder.mkdir()
    for verb in (
        ("run", "list"), ("dataset", "list"), ("dataset", "show", "customers"), ("release", "list"), ("check", "list"),
        ("policy", "show"), ("status",), ("doctor",),
    ):  # fmt: skip
        reader.call(*verb)
    before = home.json("audit", "verify")["sizes"]
    secret = ("--passphrase-file", str(home.folder / "passphrase"))
    for act in (("policy", "adopt", "customers.csv"), ADD, ("experiment", "start", "nothing")):
        assert "SF-" in reader.call(*act, *secret, exit_code=8 if "adopt" in act else 9).stderr
    assert "SF-1102" in reader.call(*ADD, *secret, exit_code=9).stderr
    assert home.json("audit", "verify")["sizes"] == before


def test_a_project_of_a_newer_version_is_left_alone_and_says_so(home: Home) -> None:
    (root,) = (home.project / ".surefoot" / "trail" / "roots").iterdir()
    envelope = json.loads(root.read_bytes())
    payload = json.loads(base64.b64decode(envelope["payload"]))
    envelope["payload"] = base64.b64encode(json.dumps({**payload, "v": 99}).encode()).decode()
    root.chmod(0o600)
    root.write_text(json.dumps(envelope), encoding="utf-8")
    for verb in (("run", "list"), ("policy", "adopt", "policies/baseline.toml")):
        told = home.call(*verb, exit_code=9).stderr
        assert "SF-1003" in told
        assert "newer Surefoot" in told


def test_what_was_said_about_a_dataset_is_shown_with_it(home: Home) -> None:
    shutil.copy(TABLE, home.project / "customers.csv")
    said = ("--special", "housing", "--jurisdiction", "EU", "--expiry", "2031-01-01", "--split-by", "group")
    home.call(*ADD, *said, "--group", "purpose", "--test", "0.25")
    told = home.call("dataset", "show", "customers").stdout
    for part in (
        "special category  housing",
        "EU",
        "2031-01-01",
        "by purpose",
        "applicant_id",
        "contract",
        "Judge credit risk",
    ):
        assert part in told, part
    assert "theo purpose" in home.call("dataset", "show", "customers", "--lang", "vi").stdout


def test_a_run_that_misses_its_criteria_says_by_how_much(home: Home) -> None:
    shutil.copy(TABLE, home.project / "customers.csv")
    home.call(*ADD)
    home.call("experiment", "new", "risk", "--dataset", "customers")
    recipe = home.project / "experiments" / "risk.toml"
    home.call("experiment", "start", "risk")
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("at_least = 0.70", "at_least = 0.99"), "utf-8")
    home.call(*ADD, "--drop", "telephone")
    told = home.call("experiment", "start", "risk", exit_code=3).stdout
    assert "✗ auc at least 0.99: 0.7" in told
    assert "changed since the commit" not in home.call("run", "show", "risk/2").stdout, "there is no commit"
    compared = home.call("run", "compare", "risk/1", "risk/2").stdout
    assert "customers@1" in compared
    assert "customers@2" in compared


def test_a_code_is_explained_without_the_marks_of_its_text(home: Home) -> None:
    told = home.call("explain", "SF-2610").stdout
    assert "‹release› does not pass: ‹gates›." in told
    assert "{" not in told
    assert "SF-1001" in home.call("explain").stdout
    assert "supervise" not in home.call("frobnicate", exit_code=2).stderr


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("dataset", "add", "."), "SF-2034", 8),
        (("dataset", "add", ".surefoot/trail"), "SF-2034", 8),
        (("dataset", "add", "t.csv", "--drop", "misspelt"), "SF-2014", 8),
        (("dataset", "add", "t.csv", "--plan", "."), "SF-1501", 8),
        (("policy", "show", "policies"), "SF-1501", 8),
        (("audit", "explain"), "SF-2803", 9),
        (("audit", "explain", "production"), "SF-2801", 9),
        (("audit", "report", "--output", "/proc/none/x.html"), "SF-2803", 9),
        (("dataset", "show", "a\nb'\""), "SF-2001", 9),
        (("run", "show", "a\nb'\""), "SF-2301", 9),
        (("release", "show", "a\nb'\""), "SF-2605", 9),
        (("experiment", "new", "../x", "--template", "plain-command"), "SF-2108", 8),
        (("init", "/proc/none", "--person", "Ada"), "SF-1004", 8),
        (("init", "x" * 300, "--person", "Ada"), "SF-1004", 8),
        (("audit", "verify", "--anchor", "xyz"), "SF-3001", 2),
        (("run", "compare", "one/1"), "SF-3001", 2),
        (("dataset", "add", "t.csv", "--split-by", "group"), "SF-2018", 8),
    ],
)
def test_what_cannot_be_is_told_in_three_sentences(
    home: Home, words: tuple[str, ...], code: str, exit_code: int
) -> None:
    (home.project / "t.csv").write_text("id,a\n" + "".join(f"{n},{n % 3}\n" for n in range(50)), encoding="utf-8")
    told = home.call(*words, exit_code=exit_code).stderr.splitlines()
    assert told[-1] == f"({code})"
    assert len(told) == 4
