"""A run's model goes through the gate, and what the gate says is recorded once, with the run's end as its cause."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from surefoot.catalog import Catalog
from surefoot.errors import CancelledError, Code, IncompleteError
from surefoot.models import tables
from surefoot.models.facts import Model
from surefoot.models.service import Models, model_name
from surefoot.objects import Objects
from surefoot.runs.tables import REDUCERS as RUNS
from surefoot.texts import Words
from surefoot.trail import Draft, Subject
from surefoot.trail.ids import new
from surefoot.workers import Limits
from tests.fakes.catalog import assert_order_free, event
from tests.fakes.models import tiny_halves, tiny_model, tiny_vectors
from tests.fakes.recorder import FakeRecorder

SHA = "a" * 64


class Project:
    """A record, objects and a catalog, with runs that made what a test wants."""

    def __init__(self, folder: Path) -> None:
        self.recorder = FakeRecorder()
        self.machine = self.recorder.as_role("machine")
        self.objects = Objects(folder / "objects")
        self.catalog = Catalog.open(folder / "catalog", self.recorder, (*RUNS, *tables.REDUCERS))

    def run(self, outputs: dict[str, bytes], *, ending: str = "finished") -> str:
        run = new("run")
        subject = (Subject(run, SHA),)
        data = self.recorder.record(Draft("asset.registered", (Subject(new("ds"), SHA),), {"name": "credit"}))[0]
        asked = self.recorder.record(Draft("run.requested", subject, {"seed": 1}, (data.leaf,)))[0]
        if ending == "queued":
            return run
        started = self.machine.record(Draft("run.started", subject, {}, (asked.leaf,)))[0]
        stored: dict[str, Any] = {
            name: {"sha256": self.objects.put_bytes(data), "size": len(data)} for name, data in outputs.items()
        }
        self.machine.record(Draft(f"run.{ending}", subject, {"outputs": stored}, (started.leaf,)))
        return run

    def models(self, **settings: Any) -> Models:
        return Models(catalog=self.catalog, objects=self.objects, recorder=self.recorder, **settings)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.catalog.close()


def good() -> dict[str, bytes]:
    return {"model.onnx": tiny_model(), "vectors.json": tiny_vectors()}


def said(model: Model) -> list[str]:
    return [reason.key for reason in model.reasons]


def test_a_good_model_is_accepted_and_recorded_on_the_end_of_its_run(project: Project) -> None:
    run = project.run(good())
    model = project.models().accept(run)
    assert model.is_accepted
    (event,) = project.recorder.of_type("model.accepted")
    (finished,) = project.recorder.of_type("run.finished")
    assert event.cause == (finished.leaf,)
    assert event.subjects == (Subject(model.id, model.sha256),)
    body: Any = event.body
    assert body["run"] == run
    assert body["parity"]["rows"] == 60
    assert body["signature"]["inputs"][0] == {"name": "amount", "type": "float32", "shape": [None, 1]}


def test_what_is_shown_is_what_was_returned(project: Project) -> None:
    models = project.models()
    run = project.run(good())
    model = models.accept(run)
    assert models.show(model.id) == models.show(run) == models.show(model.sha256) == model
    assert models.list() == (model,)


def test_a_model_is_judged_once(project: Project) -> None:
    run = project.run(good())
    first = project.models().accept(run)
    assert project.models().accept(run) == first
    assert len(project.recorder.of_type("model.accepted")) == 1


def test_a_renamed_pickle_is_refused_by_name_and_the_refusal_is_recorded(project: Project) -> None:
    model = project.models().accept(project.run({"model.onnx": b"\x80\x04\x95\x00.", "vectors.json": tiny_vectors()}))
    assert not model.is_accepted
    assert said(model) == ["not-onnx"]
    (event,) = project.recorder.of_type("model.refused")
    assert event.body is not None
    assert event.body["reasons"] == [{"key": "not-onnx", "values": {"kind": "pickle"}}]
    assert project.models().show(model.id) == model


def test_a_pickle_under_its_own_name_is_refused_too(project: Project) -> None:
    assert said(project.models().accept(project.run({"model.pkl": b"\x80\x04\x95\x00."}))) == ["not-onnx"]


def test_a_model_without_vectors_is_refused(project: Project) -> None:
    assert said(project.models().accept(project.run({"model.onnx": tiny_model()}))) == ["vectors-missing"]


def test_a_model_that_loops_for_ever_is_refused_when_its_time_is_up(project: Project) -> None:
    run = project.run({"model.onnx": tiny_model(loop_for_ever), "vectors.json": tiny_vectors()})
    model = project.models(limits=Limits(wall_seconds=3.0, cpu_seconds=3)).accept(run)
    assert said(model) == ["too-slow"]
    again = project.models(limits=Limits(wall_seconds=3.0, cpu_seconds=3)).accept(run)
    assert again.id != model.id  # a lack of time may have been the machine's: it looked again


def loop_for_ever(model: Any) -> None:
    """Puts a Loop without an end before the sum: 2^62 rounds that each add nothing."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["condition_in"], ["condition_out"]),
            helper.make_node("Add", ["carried", "nothing"], ["carried_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("condition_in", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried", TensorProto.FLOAT, [None, 1]),
        ],
        [
            helper.make_tensor_value_info("condition_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("carried_out", TensorProto.FLOAT, [None, 1]),
        ],
    )
    graph = model.graph
    graph.initializer.append(helper.make_tensor("rounds", TensorProto.INT64, [], [2**62]))
    graph.initializer.append(helper.make_tensor("go", TensorProto.BOOL, [], [True]))
    graph.initializer.append(helper.make_tensor("nothing", TensorProto.FLOAT, [1], [0.0]))
    graph.node.insert(6, helper.make_node("Loop", ["rounds", "go", "sum"], ["looped"], body=body))
    graph.node[7].input[0] = "looped"


def test_a_model_that_asks_for_all_memory_is_refused(project: Project) -> None:
    def change(model: Any) -> None:
        graph = model.graph
        graph.initializer.append(helper.make_tensor("shape", TensorProto.INT64, [2], [2**31, 64]))
        graph.node.append(helper.make_node("ConstantOfShape", ["shape"], ["huge"]))
        graph.node.append(helper.make_node("ReduceSum", ["huge"], ["total"], keepdims=0))
        graph.node[5].input[1] = "shifted"
        graph.node.append(helper.make_node("Add", ["offset", "total"], ["shifted"]))
        order = [*graph.node[:5], *graph.node[9:], *graph.node[5:9]]
        nodes = [type(node).FromString(node.SerializeToString()) for node in order]
        del graph.node[:]
        graph.node.extend(nodes)

    model = project.models().accept(project.run({"model.onnx": tiny_model(change), "vectors.json": tiny_vectors()}))
    assert said(model)[0] in {"too-hungry", "does-not-run", "does-not-load", "crashed"}


@pytest.mark.parametrize("ending", ["failed", "interrupted", "cancelled", "lost", "queued"])
def test_a_run_that_has_not_finished_has_no_model(project: Project, ending: str) -> None:
    run = project.run(good(), ending=ending)
    with pytest.raises(IncompleteError) as caught:
        project.models().accept(run)
    assert caught.value.code == Code.MODEL_RUN_STATE
    assert not project.recorder.of_type("model.accepted", "model.refused")


def test_an_unknown_run_or_model_is_said(project: Project) -> None:
    with pytest.raises(IncompleteError) as caught:
        project.models().accept("run_nothing")
    assert caught.value.code == Code.RUN_UNKNOWN
    with pytest.raises(IncompleteError) as caught:
        project.models().show("mod_nothing")
    assert caught.value.code == Code.MODEL_UNKNOWN


def test_a_run_without_a_model_is_said(project: Project) -> None:
    with pytest.raises(IncompleteError) as caught:
        project.models().accept(project.run({"report.txt": b"fine"}))
    assert caught.value.code == Code.MODEL_NONE


def test_a_cancelled_judgement_records_nothing(project: Project) -> None:
    run = project.run(good())
    with pytest.raises(CancelledError):
        project.models().accept(run, cancel=lambda: True)
    assert not project.recorder.of_type("model.accepted", "model.refused")


def test_a_lost_object_is_said_and_nothing_is_recorded(project: Project, tmp_path: Path) -> None:
    run = project.run(good())
    other = Models(catalog=project.catalog, objects=Objects(tmp_path / "elsewhere"), recorder=project.recorder)
    with pytest.raises(IncompleteError):
        other.accept(run)
    assert not project.recorder.of_type("model.accepted", "model.refused")


@pytest.mark.parametrize(
    ("outputs", "name"),
    [
        (("model.onnx", "other.onnx"), "model.onnx"),
        (("net.onnx", "vectors.json"), "net.onnx"),
        (("a.onnx", "b.onnx"), None),
        (("net.onnx", "preprocessing.onnx", "vectors.json"), "net.onnx"),
        (("preprocessing.onnx", "vectors.json"), None),
        (("model.joblib", "vectors.json"), "model.joblib"),
        (("report.txt",), None),
        ((), None),
    ],
)
def test_the_output_that_is_said_to_be_the_model_is_found(outputs: tuple[str, ...], name: str | None) -> None:
    assert model_name(outputs) == name


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_reason_has_words(project: Project, language: str) -> None:
    words = Words(language)
    bad = json.loads(tiny_vectors())
    bad["outputs"]["probability"][3] = [0.9]
    for outputs in (
        {"model.onnx": b""},
        {"model.onnx": tiny_model()},
        {"model.onnx": tiny_model(), "vectors.json": json.dumps(bad).encode()},
        {"model.onnx": tiny_model(lambda model: model.ClearField("opset_import")), "vectors.json": tiny_vectors()},
        {**good(), "preprocessing.onnx": b""},
        {**good(), "preprocessing.onnx": tiny_model()},
    ):
        model = project.models().accept(project.run(outputs))
        assert model.reasons
        for reason in model.reasons:
            assert words(f"say.models.reason.{reason.key}", **reason.values)


def test_what_stands_of_a_model_does_not_depend_on_the_order_of_events() -> None:
    bodies: list[dict[str, Any] | None] = [
        {"run": "run_a", "vectors": None, "reasons": [{"key": "size", "values": {}}]},
        {"run": "run_a", "vectors": SHA, "reasons": [], "opset": {"ai.onnx": 18}},
        None,
    ]
    events = [
        event(kind, f"mod_{number % 2}", feed=feed, seq=number, hlc=10**15 + number % 3, body=bodies[number % 3])
        for feed in ("a", "b")
        for number, kind in enumerate(["model.accepted", "model.refused"] * 3)
    ]
    assert_order_free(tables.REDUCERS[0], events, rounds=8)


def test_an_erased_verdict_is_shown_without_its_details(project: Project) -> None:
    run = project.run(good())
    model = project.models().accept(run)
    (recorded,) = project.recorder.of_type("model.accepted")
    project.recorder.log[project.recorder.log.index(recorded)] = replace(recorded, body=None)
    project.catalog.rebuild()
    found = project.models().show(model.id)
    assert (found.sha256, found.run, found.signature, found.reasons) == (model.sha256, "", None, ())


def parted() -> dict[str, bytes]:
    before, after = tiny_halves()
    return {"model.onnx": after, "preprocessing.onnx": before, "vectors.json": tiny_vectors()}


def test_a_model_behind_preprocessing_is_recorded_with_the_digests_of_both(project: Project) -> None:
    outputs = parted()
    run = project.run(outputs)
    model = project.models().accept(run)
    assert model.is_accepted
    assert model.signature is not None
    assert [one.name for one in model.signature.inputs] == ["amount", "job"]
    (event,) = project.recorder.of_type("model.accepted")
    body: Any = event.body
    expected = {name: hashlib.sha256(data).hexdigest() for name, data in outputs.items()}
    assert (body["model"], body["preprocessing"]) == (expected["model.onnx"], expected["preprocessing.onnx"])
    assert (model.sha256, model.preprocessing) == (expected["model.onnx"], expected["preprocessing.onnx"])
    assert project.models().show(model.id) == model
    assert project.models().accept(run) == model
    assert len(project.recorder.of_type("model.accepted")) == 1


def test_a_model_that_was_judged_without_the_preprocessing_beside_it_is_judged_again(project: Project) -> None:
    outputs = parted()
    run = project.run(outputs)
    (ended,) = project.recorder.of_type("run.finished")
    sha256, vectors = (hashlib.sha256(outputs[name]).hexdigest() for name in ("model.onnx", "vectors.json"))
    body: dict[str, Any] = {"run": run, "vectors": vectors, "preprocessing": "inside", "reasons": []}
    project.recorder.record(Draft("model.accepted", (Subject(new("mod"), sha256),), body, (ended.leaf,), "reviewed"))
    model = project.models().accept(run)
    assert model.preprocessing == hashlib.sha256(outputs["preprocessing.onnx"]).hexdigest()


def test_preprocessing_for_another_model_is_refused_and_recorded(project: Project) -> None:
    model = project.models().accept(project.run({**good(), "preprocessing.onnx": tiny_halves()[0]}))
    assert said(model) == ["preprocessing-lacks", "preprocessing-spare"]
    (event,) = project.recorder.of_type("model.refused")
    assert event.body is not None
    assert event.body["preprocessing"] == hashlib.sha256(tiny_halves()[0]).hexdigest()
