"""The whole way of a run, with real processes and a real trail: start, supervisor, agent, record."""

import subprocess

import pytest

from surefoot.errors import Code, IncompleteError, InputRefusedError, SurefootError
from surefoot.runs import folders
from tests.fakes.runs import Yard, experiment, open_yard

GOOD = """
set -e
cat "$SUREFOOT_PARAMETERS"
for step in 1 2 3; do echo "{\\"step\\": $step, \\"auc\\": 0.7$step}" >> "$SUREFOOT_OUTPUT/metrics.jsonl"; done
echo "seed $SUREFOOT_SEED" > "$SUREFOOT_OUTPUT/result.txt"
"""


def test_a_run_goes_from_the_recipe_to_a_signed_end(yard: Yard) -> None:
    recipe = experiment(yard, GOOD, more="[parameters]\ndepth = [1, 2]\nrate = 0.5\n[criteria.auc]\nat_least = 0.73\n")
    started = yard.runs.start(recipe)
    assert len(started.runs) == 2
    first, second = yard.runs.wait(started.runs, seconds=60)
    assert (first.state, second.state) == ("finished", "finished")
    assert first.meets is True
    assert first.name == "x/1"
    assert second.parameters == {"depth": 2, "rate": "0.5"}
    assert first.metrics["auc"]["last"] == "0.73"
    assert yard.objects.read(first.outputs["result.txt"]["sha256"]) == b"seed 1\n"
    said, _ = yard.runs.log("x/1")
    assert b'"depth": 1' in said
    assert yard.story(first.run) == ["run.requested", "run.started", "run.finished"]


def test_how_far_a_script_was_shut_in_is_on_the_record_before_it_starts(yard: Yard) -> None:
    """Trail.md row 76: a local run is at level 1, whose network is open. Nothing says that it was shut."""
    recipe = experiment(yard, GOOD)
    (run,) = yard.runs.wait(yard.runs.start(recipe).runs, seconds=60)
    (started,) = (event for event in yard.trail.events(types={"run.started"}) if event.subjects[0].id == run.run)
    assert started.body is not None
    assert (started.body["sandbox"], started.body["network"]) == (1, "open")


def test_parts_run_at_the_same_time_and_all_of_them_end(yard: Yard) -> None:
    recipe = experiment(yard, GOOD, more="[parameters]\ndepth = [1, 2, 3, 4, 5, 6]\n")
    runs = yard.runs.wait(yard.runs.start(recipe).runs, seconds=120)
    assert {run.state for run in runs} == {"finished"}
    assert [run.number for run in runs] == [1, 2, 3, 4, 5, 6]
    assert [run.name for run in yard.runs.list(where="param.depth > 4", sort="number")] == ["x/5", "x/6"]
    differences = yard.runs.compare(["x/1", "x/2"])
    assert ("parameter", "depth", ("1", "2")) in [(one.kind, one.name, one.values) for one in differences]


def test_a_run_is_run_again_from_the_record_alone(yard: Yard) -> None:
    recipe = experiment(yard, GOOD, more="[parameters]\nrate = 0.25\n[criteria.auc]\nat_least = 0.7\n")
    (run,) = yard.runs.start(recipe).runs
    yard.runs.wait([run], seconds=60)
    for path in (recipe, yard.project / "train" / "x" / "train.sh"):
        path.unlink()
    folders.remove(yard.runs.folder / run)
    (again,) = yard.runs.reproduce("x/1").runs
    (second,) = yard.runs.wait([again], seconds=60)
    assert (second.state, second.reproduces, second.number) == ("finished", run, 2)
    found = yard.runs.agreement("x/2")
    assert (found.overall, found.same_environment) == ("exact", True)
    assert {(one.kind, one.agreement) for one in found.compared} == {("metric", "exact"), ("output", "exact")}
    assert (second.plan, second.parameters) == (yard.runs.show(run).plan, {"rate": "0.25"})


def test_what_was_not_committed_is_run_again_too(yard: Yard) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=tester", "-c", "user.email=tester@example.org")
        subprocess.run(["git", "-C", str(yard.project), *who, *words], check=True, capture_output=True)

    recipe = experiment(yard, GOOD.replace("seed $SUREFOOT_SEED", "committed"))
    git("init", "-q")
    git("add", "train", "experiments")
    git("commit", "-q", "-m", "one")
    experiment(yard, GOOD.replace("seed $SUREFOOT_SEED", "not committed"))
    (run,) = yard.runs.start(recipe).runs
    (first,) = yard.runs.wait([run], seconds=60)
    assert (first.dirty, first.commit is not None) == (True, True)
    assert b'+echo "not committed"' in yard.objects.read(str(first.patch))
    git("checkout", "-q", "--", ".")
    (again,) = yard.runs.reproduce(run).runs
    (second,) = yard.runs.wait([again], seconds=60)
    assert yard.objects.read(second.outputs["result.txt"]["sha256"]) == b"not committed\n"
    assert yard.runs.agreement(again).overall == "exact"
    assert (second.commit, second.patch) == (first.commit, first.patch)


def test_what_the_seed_does_not_hold_is_told(yard: Yard) -> None:
    chance = """
printf '{"auc": 0.7%s}\\n' "$(date +%N)" >> "$SUREFOOT_OUTPUT/metrics.jsonl"
date +%N > "$SUREFOOT_OUTPUT/result.txt"
"""
    (run,) = yard.runs.start(experiment(yard, chance)).runs
    yard.runs.wait([run], seconds=60)
    (again,) = yard.runs.reproduce(run).runs
    yard.runs.wait([again], seconds=60)
    found = yard.runs.agreement(again)
    assert found.overall == "differs"
    assert {(one.kind, one.agreement) for one in found.compared} == {("metric", "differs"), ("output", "differs")}


BAD = {
    "crashes": ("echo x > /dev/null; exit 3", "", "failed", "exit-code"),
    "writes-nothing": ("true", "", "failed", "outputs-missing"),
    "writes-a-nan": (
        'echo \'{"auc": NaN}\' >> "$SUREFOOT_OUTPUT/metrics.jsonl"; sleep 30', "", "interrupted", "finite",
    ),
    "hangs": ("sleep 60", '[guardrails]\ntime = "700ms"\n', "interrupted", "time"),
    "fills-its-quota": (
        'head -c 30000000 /dev/zero > "$SUREFOOT_OUTPUT/result.txt"; sleep 30',
        '[guardrails]\ndisk = "8MB"\n', "interrupted", "disk",
    ),
    "makes-a-link": ('ln -s /etc/passwd "$SUREFOOT_OUTPUT/result.txt"', "", "failed", "outputs-missing"),
    "cannot-be-started": ("", "", "failed", "not-started"),
    "leaves-a-daemon": (
        'echo done > "$SUREFOOT_OUTPUT/result.txt"; (setsid sleep 300 >/dev/null 2>&1 &)', "", "finished", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_script_ends_in_the_state_it_deserves(yard: Yard, name: str) -> None:
    script, more, state, why = BAD[name]
    recipe = experiment(yard, script, more=more)
    if name == "cannot-be-started":
        recipe.write_text(recipe.read_text().replace('"sh"', '"no-such-program"'))
    (run,) = yard.runs.wait(yard.runs.start(recipe).runs, seconds=60)
    assert (run.state, run.why) == (state, why)
    assert run.meets is None
    assert "passwd" not in run.outputs
    if name == "makes-a-link":
        assert [entry["name"] for entry in run.refused] == ["result.txt"]


def test_a_recipe_that_cannot_be_started_leaves_nothing_behind(yard: Yard) -> None:
    before = yard.trail.sizes()
    recipe = experiment(yard, GOOD)
    text = recipe.read_text()
    wrong = {
        "unknown key": text + '[guardrails]\ntyme = "1h"\n',
        "secret": text + '[parameters]\npassword = "hunter2hunter2"\n',
        "executor": text + '[executor]\nname = "moon"\n',
        "too large": text + "[executor]\ncpu = 4096\n",
        "lock": text.replace('"own"', '"lock"'),
        "data": text + '[data.t]\nversion = "nothing"\n',
        "code": text.replace('name = "x"', 'name = "y"'),
        "too many": text + "[parameters]\na = { from = 1, to = 9000, step = 1 }\nb = [1, 2]\n",
    }
    for name, changed in wrong.items():
        recipe.write_text(changed)
        with pytest.raises(SurefootError):
            yard.runs.start(recipe)
        assert yard.trail.sizes() == before, name
    with pytest.raises(IncompleteError):
        yard.runs.start(recipe.with_name("none.toml"))
    assert yard.runs.list() == []
    assert not yard.runs.folder.exists()


def test_ended_runs_cannot_be_stopped_and_going_ones_not_repeated(yard: Yard) -> None:
    (run,) = yard.runs.start(experiment(yard, GOOD.replace("set -e", "sleep 1"))).runs
    with pytest.raises(InputRefusedError) as going:
        yard.runs.reproduce(run)
    yard.runs.wait([run], seconds=60)
    with pytest.raises(InputRefusedError) as ended:
        yard.runs.cancel(run)
    with pytest.raises(InputRefusedError) as alone:
        yard.runs.agreement(run)
    codes = [caught.value.code for caught in (going, ended, alone)]
    assert codes == [Code.RUN_GOING, Code.RUN_ENDED, Code.NOT_A_REPRODUCTION]


def test_a_record_with_gaps_cannot_be_repeated_and_says_what_is_missing(yard: Yard) -> None:
    (run,) = yard.runs.start(experiment(yard, GOOD)).runs
    yard.runs.wait([run], seconds=60)
    folders.remove(yard.project / ".surefoot" / "objects")
    with pytest.raises(IncompleteError) as caught:
        yard.runs.reproduce(run)
    assert caught.value.code is Code.RECORD_LACKS


def test_two_starts_at_once_get_different_numbers(yard: Yard) -> None:
    recipe = experiment(yard, GOOD)
    with open_yard(yard.project, yard.home) as other:
        numbers = {yard.runs.start(recipe).number, other.runs.start(recipe).number, yard.runs.start(recipe).number}
        assert numbers == {1, 2, 3}
        assert {run.state for run in other.runs.wait([run.run for run in other.runs.list()], seconds=60)} == {
            "finished"
        }


def test_the_log_is_read_while_it_grows_and_after_the_end(yard: Yard) -> None:
    (run,) = yard.runs.start(experiment(yard, f"echo first\nsleep 1\n{GOOD}\necho last")).runs
    said, place = b"", 0
    while b"first" not in said:
        more, place = yard.runs.log(run, offset=place)
        said += more
    yard.runs.wait([run], seconds=60)
    rest, end = yard.runs.log(run, offset=place)
    assert rest.endswith(b"last\n")
    assert yard.runs.log(run, offset=end) == (b"", end)
    assert (said + rest).startswith(b"first\n")
