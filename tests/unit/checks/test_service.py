"""Checks on a judged model: measured in workers on held-out rows, judged by the recipe, recorded with evidence."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from surefoot.catalog import Catalog
from surefoot.checks import accuracy, parity, plugins, rules, tables
from surefoot.checks.facts import Asked, Case, Check, Finding, Limit, Measure, Parameter
from surefoot.checks.ground import Outside
from surefoot.checks.service import Checks
from surefoot.datasets.facts import DatasetVersion, Placed, Plan
from surefoot.datasets.service import Datasets
from surefoot.datasets.tables import REDUCERS as DATASETS
from surefoot.errors import (
    CancelledError,
    Code,
    GateFailedError,
    IncompleteError,
    InputRefusedError,
    SurefootError,
    UsageError,
)
from surefoot.models import Models
from surefoot.models.tables import REDUCERS as MODELS
from surefoot.objects import Objects
from surefoot.runs.tables import REDUCERS as RUNS
from surefoot.texts import LANGUAGES, Words
from surefoot.trail import Draft, Event, Subject
from surefoot.trail.ids import new
from surefoot.workers import Cancel, Progress
from tests.fakes.catalog import assert_order_free, event
from tests.fakes.models import tiny_answers, tiny_model, tiny_vectors
from tests.fakes.recorder import FakeRecorder

SHA = "a" * 64
BUILT_IN: Mapping[str, Check] = {"accuracy": accuracy.CHECK, "parity": parity.CHECK}


def held_out(rows: int = 300, seed: int = 1) -> pl.DataFrame:
    """Rows whose truth is drawn with the very probabilities of the tiny model."""
    source = np.random.default_rng(seed)
    amounts = [None if source.random() < 0.05 else float(source.uniform(0, 4000)) for _ in range(rows)]
    jobs = [str(source.choice(["clerk", "pilot", "diver"])) for _ in range(rows)]
    bad = source.random(rows) < tiny_answers(amounts, jobs)
    return pl.DataFrame(
        {"id": [f"A{row}" for row in range(rows)], "amount": amounts, "job": jobs, "risk": np.where(bad, "bad", "good")}
    )


class FakeShelf:
    """One dataset version whose held-out rows are what a test wants."""

    def __init__(
        self, test: pl.DataFrame | None, leaf: str, id_: str, target: Mapping[str, Any] | None, *, scratch: Path
    ) -> None:
        self.test = test
        self.scratch = scratch
        self.laid_out = 0
        known: dict[str, Any] = {
            "id": id_, "name": "credit", "version": SHA, "number": 1, "leaf": leaf, "target": target,
            "protected": ("sex",), "columns": ({"name": "amount", "type": "number"},),
        }  # fmt: skip
        filled: dict[str, Any] = {one.name: known.get(one.name) for one in fields(DatasetVersion)}
        self.version = DatasetVersion(**filled)

    def show(self, ref: str) -> DatasetVersion:
        assert ref == f"{self.version.id}@{SHA}"
        return self.version

    def materialise(self, version: DatasetVersion, folder: Path, *, held_back: bool = True) -> Placed:
        assert version == self.version
        self.laid_out += 1
        assert not held_back
        assert folder.is_relative_to(self.scratch), "where a killed process's rows are cleared away"
        folder.mkdir(parents=True)
        sides = {"train": folder / "train.parquet"}
        if self.test is not None:
            self.test.write_parquet(folder / "test.parquet")
            sides["test"] = folder / "test.parquet"
        return Placed(folder, sides, folder / "schema.json")


class Project:
    """A finished run of the tiny model on a dataset with held-out rows."""

    def __init__(self, folder: Path) -> None:
        self.recorder = FakeRecorder()
        self.machine = self.recorder.as_role("machine")
        self.objects = Objects(folder / "objects")
        self.scratch = folder / "scratch"
        self.catalog = Catalog.open(folder / "catalog", self.recorder, (*DATASETS, *RUNS, *MODELS, *tables.REDUCERS))
        self.models = Models(catalog=self.catalog, objects=self.objects, recorder=self.recorder)
        self.run = ""
        self.data: Event | None = None

    def train(
        self,
        criteria: Mapping[str, tuple[str, str]],
        *,
        model: bytes | None = None,
        vectors: bytes | None = None,
        data: tuple[str, str, str] | None = None,
        outputs: Mapping[str, bytes] | None = None,
        packages: str | None = None,
    ) -> None:
        leaf, id_, version = data or self.register()
        self.run = new("run")
        run = (Subject(self.run, SHA),)
        asked: dict[str, Any] = {
            "seed": 7,
            "data": {"table": {"id": id_, "version": version, "number": 1}},
            "environment": {
                "kind": "workbench",
                "digest": None if packages is None else self.objects.put_bytes(packages.encode()),
            },
            "criteria": [{"metric": name, "rule": rule, "limit": limit} for name, (rule, limit) in criteria.items()],
        }
        requested = self.recorder.record(Draft("run.requested", run, asked, (leaf,)))[0]
        started = self.machine.record(Draft("run.started", run, {}, (requested.leaf,)))[0]
        files = {"model.onnx": model or tiny_model(), "vectors.json": vectors or tiny_vectors(), **(outputs or {})}
        made: dict[str, Any] = {
            name: {"sha256": self.objects.put_bytes(data), "size": len(data)} for name, data in files.items()
        }
        self.machine.record(Draft("run.finished", run, {"outputs": made}, (started.leaf,)))

    def register(self) -> tuple[str, str, str]:
        self.data = self.recorder.record(Draft("asset.registered", (Subject(new("ds"), SHA),), {"name": "credit"}))[0]
        return self.data.leaf, self.data.subjects[0].id, SHA

    def checks(
        self,
        test: pl.DataFrame | None,
        *,
        checks: Mapping[str, Check] = BUILT_IN,
        target: Mapping[str, Any] | None = None,
        policy: Mapping[str, Asked] | None = None,
    ) -> Checks:
        assert self.data is not None
        said = {"column": "risk", "positive": "bad"} if target is None else target
        self.shelf = FakeShelf(test, self.data.leaf, self.data.subjects[0].id, said, scratch=self.scratch)
        return Checks(
            catalog=self.catalog,
            objects=self.objects,
            recorder=self.recorder,
            models=self.models,
            datasets=self.shelf,
            checks=checks,
            policy=lambda: policy or {},
        )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.catalog.close()


def test_both_checks_run_are_judged_and_recorded_with_their_causes(project: Project) -> None:
    project.train({"auc": ("at_least", "0.6")})
    accurate, same = project.checks(held_out()).run(project.run)
    assert (accurate.kind, accurate.state) == ("accuracy", "passed")
    assert (same.kind, same.state) == ("parity", "passed")
    (accepted,) = project.recorder.of_type("model.accepted")
    assert project.data is not None
    for recorded, result in zip(project.recorder.of_type("check.passed"), (accurate, same), strict=True):
        body: Any = recorded.body
        assert recorded.cause == (accepted.leaf, project.data.leaf)
        assert recorded.subjects == (Subject(result.id, result.evidence),)
        assert (body["model"], body["run"], body["seed"]) == (accepted.subjects[0].id, project.run, 7)
        assert body["data"] == {"id": project.data.subjects[0].id, "version": SHA, "number": 1}
    body = project.recorder.of_type("check.passed")[0].body
    assert body["metric"] == "auc"
    assert body["limit"] == {"rule": "at_least", "value": "0.6", "from": "recipe"}
    assert float(body["low"]) < float(body["figure"]) < float(body["high"])
    assert body["rows"] == 300


def test_the_real_datasets_hand_over_the_side_that_training_never_saw(project: Project, tmp_path: Path) -> None:
    source = tmp_path / "credit.csv"
    held_out(900).write_csv(source)
    datasets = Datasets(
        catalog=project.catalog,
        objects=project.objects,
        recorder=project.recorder,
        project=tmp_path,
        state=tmp_path / "state",
    )
    version = datasets.add(source, Plan(name="credit", target="risk", positive="bad", key=("id",))).version
    project.train({"auc": ("at_least", "0.6")}, data=(version.leaf, version.id, version.version))
    checks = Checks(
        catalog=project.catalog,
        objects=project.objects,
        recorder=project.recorder,
        models=project.models,
        datasets=datasets,
        checks=BUILT_IN,
    )
    accurate, _ = checks.run(project.run)
    assert accurate.state == "passed"
    assert accurate.rows == version.split["counts"]["test"]  # type: ignore[index, call-overload]  # a JSON value
    assert (accurate.data, accurate.data_version) == (version.id, version.version)


class Curious:
    """Asks for everything that only some checks ask for, and keeps what it was told."""

    kind = "curious"
    version = 1
    metrics: tuple[str, ...] = ("things",)
    needs_rows = False

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        ground = case.ground
        assert ground is not None
        self.told = {"profile": ground.profile, "before": ground.before, "packages": ground.packages}
        for name, path in (("answers", ground.answers), ("live", ground.live)):
            self.told[name] = None if path is None else path.read_bytes()
        return Finding((Measure("things", "1", smallest=100),), 0, {})


def test_what_only_some_checks_ask_for_comes_from_the_record(project: Project, tmp_path: Path) -> None:
    datasets = Datasets(
        catalog=project.catalog,
        objects=project.objects,
        recorder=project.recorder,
        project=tmp_path,
        state=tmp_path / "state",
    )
    source = tmp_path / "credit.csv"
    versions = []
    for rows in (300, 400):
        held_out(rows).write_csv(source)
        versions.append(datasets.add(source, Plan(name="credit", target="risk", positive="bad", key=("id",))).version)
    live = project.objects.put_bytes(b"another model")

    def asked(version: DatasetVersion, live: str | None, outputs: Mapping[str, bytes], packages: str | None) -> Any:
        project.train({}, data=(version.leaf, version.id, version.version), outputs=outputs, packages=packages)
        curious = Curious()
        Checks(
            catalog=project.catalog,
            objects=project.objects,
            recorder=project.recorder,
            models=project.models,
            datasets=datasets,
            checks={"curious": curious},
            outside=Outside(live=lambda: None if live is None else (live, None)),
        ).run(project.run)
        return curious.told

    told = asked(versions[1], live, {"cross_fit.parquet": b"claims"}, "numpy==1.0\n")
    assert (told["profile"]["rows"], told["before"]["rows"]) == (400, 300)
    assert (told["answers"], told["live"], told["packages"]) == (b"claims", b"another model", "numpy==1.0\n")
    same = project.models.show(project.run).sha256
    told = asked(versions[0], same, {}, None)
    assert told == {"profile": told["profile"], "before": None, "packages": None, "answers": None, "live": None}


def test_cancelling_in_the_middle_of_a_check_ends_its_worker_and_keeps_what_was_recorded(project: Project) -> None:
    project.train({})
    reached: list[str] = []
    with pytest.raises(CancelledError):
        project.checks(held_out()).run(
            project.run, progress=lambda stage, *_: reached.append(stage), cancel=lambda: "checks.parity" in reached
        )
    assert [one.body and one.body["kind"] for one in project.recorder.of_type(*tables.TYPES)] == ["accuracy"]


def test_the_figures_are_those_of_the_model_on_the_held_out_rows(project: Project) -> None:
    project.train({})
    table = held_out()
    (result,) = project.checks(table).run(project.run, ["accuracy"])
    chance = tiny_answers(table["amount"].to_list(), table["job"].to_list())
    bad = (table["risk"] == "bad").to_numpy()
    pairs = chance[bad][:, None] - chance[~bad][None, :]
    area = ((pairs > 1e-7).mean() + (pairs >= -1e-7).mean()) / 2
    auc, right = (one.measure for one in result.judged)
    assert float(auc.figure or 0) == pytest.approx(area, abs=1e-4)
    assert float(right.figure or 0) == pytest.approx(((chance > 0.5) == bad).mean())


def test_the_evidence_holds_counts_and_no_row(project: Project) -> None:
    project.train({"auc": ("at_least", "0.6")})
    (result,) = project.checks(held_out()).run(project.run, ["accuracy"])
    data = project.objects.read(result.evidence)
    evidence = json.loads(data)
    assert hashlib.sha256(data).hexdigest() == result.evidence
    assert sum(evidence["found"]["confusion"].values()) == 300
    assert evidence["model"] == project.models.show(project.run).sha256
    assert b"A17" not in data
    assert "clerk" not in data.decode()


def test_a_broken_limit_fails_and_a_crossed_one_is_close(project: Project) -> None:
    project.train({"auc": ("at_least", "0.99")})
    (failed,) = project.checks(held_out()).run(project.run, ["accuracy"])
    assert failed.state == "failed"
    figure = float(failed.judged[0].measure.figure or 0)
    project.train({"auc": ("at_least", str(round(figure - 0.01, 6)))})
    (close,) = project.checks(held_out()).run(project.run, ["accuracy"])
    assert float(close.judged[0].measure.low or 0) < figure - 0.01
    assert close.state == "close"


def test_the_worst_figure_decides_but_auc_stays_the_main_one(project: Project) -> None:
    project.train({"auc": ("at_least", "0.5"), "accuracy": ("at_least", "0.999")})
    (result,) = project.checks(held_out()).run(project.run, ["accuracy"])
    assert result.state == "failed"
    body: Any = project.recorder.of_type("check.failed")[0].body
    assert body["metric"] == "auc"
    assert body["sentence"]["key"] == "say.checks.accuracy.accuracy.failed"


def test_few_rows_or_few_of_a_kind_are_not_judged(project: Project) -> None:
    project.train({"auc": ("at_least", "0.5")})
    (few,) = project.checks(held_out(29)).run(project.run, ["accuracy"])
    assert few.state == "undetermined"
    table = held_out(200)
    rare = pl.concat([table.filter(pl.col("risk") == "good"), table.filter(pl.col("risk") == "bad").head(8)])
    (result,) = project.checks(rare).run(project.run, ["accuracy"])
    assert result.state == "undetermined"
    assert "8" in Words("en")(result.sentence.key, **result.sentence.values)


@pytest.mark.parametrize(
    ("test", "target", "key"),
    [
        (None, {"column": "risk", "positive": "bad"}, "no_rows"),
        (held_out(100), {"column": None, "positive": None}, "no_rows"),
        (held_out(0), {"column": "risk", "positive": "bad"}, "one_class"),
        (held_out(100).with_columns(risk=pl.lit("bad")), {"column": "risk", "positive": "bad"}, "one_class"),
        (held_out(100), {"column": "risk", "positive": None}, "no_positive"),
    ],
)
def test_what_cannot_be_measured_is_undetermined_and_says_why(
    project: Project, test: pl.DataFrame | None, target: Mapping[str, Any], key: str
) -> None:
    project.train({"auc": ("at_least", "0.5")})
    (result,) = project.checks(test, target=target).run(project.run, ["accuracy"])
    assert result.state == "undetermined"
    assert result.sentence.key == f"say.checks.accuracy.auc.{key}"
    assert Words("vi")(result.sentence.key, **result.sentence.values)


def test_rows_whose_answer_is_not_known_are_left_out(project: Project) -> None:
    project.train({})
    table = held_out(100).with_columns(risk=pl.when(pl.col("id") < "A3").then(None).otherwise(pl.col("risk")))
    (result,) = project.checks(table).run(project.run, ["accuracy"])
    assert result.rows == 100 - table["risk"].null_count()


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (held_out(50).drop("job"), Code.CHECK_COLUMNS),
        (held_out(50).drop("risk"), Code.CHECK_COLUMNS),
        (held_out(50).with_columns(amount=pl.lit("much")), Code.CHECK_COLUMNS),
        (held_out(50).with_columns(job=pl.lit(5)), Code.CHECK_COLUMNS),
    ],
)
def test_rows_that_do_not_fit_the_model_are_said_and_nothing_is_recorded(
    project: Project, table: pl.DataFrame, code: Code
) -> None:
    project.train({})
    with pytest.raises(InputRefusedError) as caught:
        project.checks(table).run(project.run, ["accuracy"])
    assert caught.value.code == code
    assert not project.recorder.of_type(*tables.TYPES)


def test_a_table_that_is_no_parquet_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.train({})
    monkeypatch.setattr(pl.DataFrame, "write_parquet", lambda _, path: path.write_bytes(b"PAR1 nonsense PAR1"))
    with pytest.raises(SurefootError):
        project.checks(held_out()).run(project.run, ["accuracy"])
    assert not project.recorder.of_type(*tables.TYPES)


def test_a_refused_model_is_not_checked(project: Project) -> None:
    project.train({}, model=b"\x80\x04\x95.")
    with pytest.raises(GateFailedError) as caught:
        project.checks(held_out()).run(project.run)
    assert caught.value.code == Code.MODEL_REFUSED
    assert not project.recorder.of_type(*tables.TYPES)


def test_an_unknown_kind_or_model_is_said_before_anything_runs(project: Project) -> None:
    project.train({})
    with pytest.raises(UsageError) as caught:
        project.checks(held_out()).run(project.run, ["accuracy", "magic"])
    assert caught.value.values["known"] == "accuracy, parity"
    with pytest.raises(IncompleteError):
        project.checks(held_out()).run("mod_nothing")
    assert not project.recorder.of_type(*tables.TYPES, "model.accepted")


def test_cancelling_records_nothing(project: Project) -> None:
    project.train({})
    with pytest.raises(CancelledError):
        project.checks(held_out()).run(project.run, cancel=lambda: True)
    assert not project.recorder.of_type(*tables.TYPES)


def test_the_list_shows_what_ran_and_what_did_not(project: Project) -> None:
    project.train({})
    checks = project.checks(held_out())
    assert checks.list() == ()
    (first,) = checks.run(project.run, ["accuracy"])
    rows = checks.list(project.run)
    assert [(row.kind, row.result is not None) for row in rows] == [("accuracy", True), ("parity", False)]
    assert rows[0].result == first
    (second,) = checks.run(project.run, ["accuracy"])
    assert checks.list()[0].result == second
    orphan = project.checks(held_out(), checks={"parity": parity.CHECK}).list()
    assert [(row.kind, row.is_known) for row in orphan] == [("parity", True), ("accuracy", False)]


def test_results_do_not_depend_on_the_order_in_which_events_arrive() -> None:
    bodies: list[dict[str, Any] | None] = [
        {"model": "mod_a", "kind": "accuracy", "figure": "0.8", "judged": [], "sentence": {"key": "x", "values": {}}},
        {"model": "mod_a", "kind": "parity", "figure": None},
        None,
    ]
    events = [
        event(kind, f"chk_{number}", feed=feed, seq=number, hlc=10**15 + number % 2, body=bodies[number % 3])
        for feed in ("a", "b")
        for number, kind in enumerate([*tables.TYPES, *tables.TYPES])
    ]
    assert_order_free(tables.REDUCERS[0], events)


# ------------------------------------------------------------------ plug-ins


class Coin:
    """Somebody else's check."""

    kind = "coin"
    version = 1
    metrics: tuple[str, ...] = ("heads",)
    needs_rows = False

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        return Finding((Measure("heads", str(case.seed / 10), smallest=100),), 100, {"throws": 100})


class Loaded(Coin):
    """A plug-in with a choice, a default limit and a package that is nowhere."""

    parameters: Mapping[str, Parameter] = {
        "side": Parameter("heads", ("heads", "tails")),
        "throws": Parameter(100, least="30", most="1000"),
        "columns": Parameter([]),
        "weight": Parameter("0.5", least="0", most="1"),
    }
    needs: tuple[str, ...] = ()

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        said: dict[str, Any] = {"settings": dict(case.settings), "seed": case.seed}
        one = Measure("heads", str(case.settings["weight"]), smallest=100, names={"group": "a\n{b}" + "c" * 200})
        return Finding((one,), 100, said, {"heads": Limit("at_most", "0.4", "check")})


class Liar(Coin):
    metrics: tuple[str, ...] = ("tails",)


COIN = Coin()


def test_a_plug_in_measures_and_the_ruling_judges(project: Project) -> None:
    project.train({"heads": ("at_least", "0.9")})
    found = plugins.discover([EntryPoint("coin", f"{__name__}:COIN", plugins.GROUP)])
    (result,) = project.checks(held_out(), checks=found).run(project.run)
    assert (result.kind, result.state) == ("coin", "failed")


def test_a_plug_in_that_measures_something_else_is_said(project: Project) -> None:
    project.train({})
    with pytest.raises(SurefootError) as caught:
        project.checks(held_out(), checks={"coin": Liar()}).run(project.run)
    assert caught.value.code == Code.CHECK_BROKEN


@pytest.mark.parametrize("place", ["nowhere.at.all:CHECK", "json:dumps", f"{__name__}:COIN"])
def test_a_plug_in_that_does_not_load_or_is_no_check_is_said(place: str) -> None:
    with pytest.raises(SurefootError) as caught:
        plugins.discover([EntryPoint("other", place, plugins.GROUP)])
    assert caught.value.code == Code.CHECK_BROKEN


def test_two_plug_ins_of_one_name_are_refused() -> None:
    point = EntryPoint("coin", f"{__name__}:COIN", plugins.GROUP)
    with pytest.raises(UsageError) as caught:
        plugins.discover([point, point])
    assert caught.value.code == Code.CHECK_TWICE


def test_our_own_checks_load_by_the_same_path() -> None:
    points = [EntryPoint(kind, f"surefoot.checks.{kind}:CHECK", plugins.GROUP) for kind in ("parity", "accuracy")]
    assert list(plugins.discover(points)) == ["accuracy", "parity"]


def test_our_own_checks_are_those_that_are_installed() -> None:
    for kind, check in plugins.discover().items():
        assert check.kind == kind
        assert plugins.settings(check, {}) == {
            name: parameter.default for name, parameter in getattr(check, "parameters", {}).items()
        }


def test_every_installed_check_has_its_words_in_both_languages() -> None:
    for language in LANGUAGES:
        words = Words(language)
        for kind in plugins.discover():
            assert words.has(f"say.checks.kind.{kind}")
            assert words.has(f"say.checks.{kind}.why")
            assert words.has(f"say.checks.{kind}.cannot_show")
            assert words.has(f"stage.checks.{kind}")


def test_a_plug_in_without_texts_is_still_told_in_words(project: Project) -> None:
    project.train({"heads": ("at_least", "0.9")})
    (result,) = project.checks(held_out(), checks={"coin": COIN}).run(project.run)
    for language in LANGUAGES:
        told = Words(language)(result.sentence.key, **result.sentence.values)
        assert "heads" in told
        assert Words(language).decimal("0.7") in told
        assert "0.70" not in told
        assert Words(language)(result.cannot_show)


def test_rows_are_laid_out_only_where_a_check_asks_for_them(project: Project) -> None:
    project.train({})
    checks = project.checks(held_out())
    checks.run(project.run, ["parity"])
    assert project.shelf.laid_out == 0
    checks.run(project.run)
    assert project.shelf.laid_out == 1


# ------------------------------------------------------------------ what the policy chooses


def test_a_limit_of_the_policy_stands_beside_the_recipe_and_says_whose_it_is(project: Project) -> None:
    project.train({"auc": ("at_least", "0.5")})
    asked = Asked((Limit("at_least", "0.99", "policy"),))
    (result,) = project.checks(held_out(), policy={"accuracy": asked}).run(project.run, ["accuracy"])
    assert result.state == "failed"
    assert [one.limit and one.limit.origin for one in result.judged] == ["recipe", "policy", None]
    body: Any = project.recorder.of_type("check.failed")[0].body
    assert body["limit"] == {"rule": "at_least", "value": "0.99", "from": "policy"}
    origin = rules.set_by(result.judged)
    assert origin is not None
    assert origin.key == "say.checks.origin.policy"


@pytest.mark.parametrize(("limit", "state"), [(None, "failed"), ("0.6", "passed")])
def test_a_default_limit_gives_way_to_the_policys(project: Project, limit: str | None, state: str) -> None:
    project.train({})
    asked = Asked(() if limit is None else (Limit("at_most", limit, "policy"),))
    (result,) = project.checks(held_out(), checks={"coin": Loaded()}, policy={"coin": asked}).run(project.run)
    assert result.state == state


def test_a_tolerance_that_training_declared_gives_way_to_no_policy(project: Project) -> None:
    project.train({})
    asked = Asked((Limit("at_most", "0.5", "policy"),))
    (result,) = project.checks(held_out(), policy={"parity": asked}).run(project.run, ["parity"])
    assert [one.limit and one.limit.origin for one in result.judged] == ["vectors", "policy", "vectors"]


def test_what_the_policy_chooses_reaches_the_check_and_its_evidence(project: Project) -> None:
    project.train({})
    chosen: dict[str, Any] = {"side": "tails", "columns": ["sex"], "seed": 11}
    policy = {"coin": Asked(settings=chosen)}
    (result,) = project.checks(held_out(), checks={"coin": Loaded()}, policy=policy).run(project.run)
    evidence = json.loads(project.objects.read(result.evidence))
    assert evidence["settings"] == {"side": "tails", "throws": 100, "columns": ["sex"], "weight": "0.5", "seed": 11}
    assert (evidence["found"]["seed"], result.seed) == (11, 11)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sides", "tails"),
        ("side", "edge"),
        ("side", 1),
        ("throws", 29),
        ("throws", "50"),
        ("throws", True),
        ("columns", "sex"),
        ("columns", [1]),
        ("weight", "1.01"),
        ("weight", "much"),
        ("weight", "NaN"),
        ("seed", -1),
    ],
)
def test_a_choice_that_a_check_does_not_have_is_refused_before_anything_runs(
    project: Project, name: str, value: Any
) -> None:
    project.train({})
    policy = {"coin": Asked(settings={name: value})}
    with pytest.raises(InputRefusedError) as caught:
        project.checks(held_out(), checks={**BUILT_IN, "coin": Loaded()}, policy=policy).run(project.run)
    assert caught.value.code == Code.CHECK_SETTING
    assert not project.recorder.of_type(*tables.TYPES)


def test_a_check_whose_packages_are_missing_is_left_out_named_and_refused_when_asked_for(project: Project) -> None:
    class Heavy(Loaded):
        needs: tuple[str, ...] = ("json", "surefoot_no_such_package")

    project.train({})
    checks = project.checks(held_out(), checks={**BUILT_IN, "coin": Heavy()})
    assert [one.kind for one in checks.run(project.run)] == ["accuracy", "parity"]
    (row,) = [one for one in checks.list(project.run) if one.result is None]
    assert (row.kind, row.lacking) == ("coin", ("surefoot_no_such_package",))
    with pytest.raises(IncompleteError) as caught:
        checks.run(project.run, ["coin"])
    assert caught.value.code == Code.CHECK_EXTRA
    assert f"{sys.executable} -m pip install 'surefoot[checks]'" in Words("vi").error(caught.value).do


def test_a_check_with_nothing_to_look_at_runs_only_when_it_is_named(project: Project) -> None:
    class Idle(Coin):
        def applies(self, case: Case) -> bool:
            return case.seed != 7

    project.train({})
    checks = project.checks(held_out(), checks={"coin": Idle()})
    assert checks.run(project.run) == ()
    assert [one.kind for one in checks.run(project.run, ["coin"])] == ["coin"]


def test_names_from_the_data_are_made_fit_for_a_sentence(project: Project) -> None:
    project.train({})
    (result,) = project.checks(held_out(), checks={"coin": Loaded()}).run(project.run)
    assert result.sentence.values["group"].startswith("a {b}c")
    assert len(result.sentence.values["group"]) == 120


def test_the_page_on_checks_names_every_check_figure_and_choice() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
    for kind, check in plugins.discover().items():
        named = [*check.metrics, *getattr(check, "parameters", {})]
        assert f"| {kind} |" in page
        assert [name for name in named if f"`{name}`" not in page] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_a_check_has_a_name_that_people_read(language: str) -> None:
    words = Words(language)
    names = [metric for check in plugins.discover().values() for metric in check.metrics]
    assert len(names) > 25
    assert [name for name in names if not words.has(f"say.term.metric.{name.replace('_', '-')}")] == []
    told = words.told("say.audit.check_passed_plain", kind="privacy", metric="membership_auc", figure="0.512",
                      rule="at_most", limit="0.55", rows="300")  # fmt: skip
    assert "membership_auc" not in told
    assert words.term("metric", "membership_auc") in told
