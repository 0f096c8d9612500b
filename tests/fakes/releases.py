"""A model's life up to its release, recorded on any recorder with the bodies that the rooms below really write."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from surefoot.trail import Draft, Event, Recorder, Subject
from surefoot.trail.ids import new
from tests.fakes.models import parted

POLICY = b'[policy]\nname = "baseline"\n[require.accuracy]\n[require.parity]\n'


class Store(Protocol):
    def put_bytes(self, data: bytes) -> str: ...


def small_model(weight: float = 1.0) -> bytes:
    """A graph with two inputs `age` [N,1] and `job` [N,1] (text), outputs `label` and `probability`."""
    graph = helper.make_graph(
        [
            helper.make_node("Mul", ["age", "w"], ["scaled"]),
            helper.make_node("Sigmoid", ["scaled"], ["probability"]),
            helper.make_node("Identity", ["job"], ["word"]),
            helper.make_node("Identity", ["word"], ["label"]),
        ],
        "small",
        [
            helper.make_tensor_value_info("age", TensorProto.FLOAT, ["N", 1]),
            helper.make_tensor_value_info("job", TensorProto.STRING, ["N", 1]),
        ],
        [
            helper.make_tensor_value_info("label", TensorProto.STRING, ["N", 1]),
            helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["N", 1]),
        ],
        [numpy_helper.from_array(np.array([weight], dtype=np.float32), "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def small_vectors(weight: float = 1.0, rows: int = 50) -> bytes:
    """Parity vectors of `small_model`."""
    ages = [float(row) / 10 for row in range(rows)]
    answers = [[float(1 / (1 + np.exp(-np.float32(age) * np.float32(weight))))] for age in ages]
    return json.dumps(
        {
            "format": 1,
            "tolerance": "0.0001",
            "inputs": {"age": ages, "job": ["clerk"] * rows},
            "outputs": {"label": [["clerk"]] * rows, "probability": answers},
        }
    ).encode()


@dataclass
class Story:
    """Records step by step; each part of a body can be changed before its step by `change[type]`.

    With `is_parted`, raw rows go through a graph of preprocessing before the model.
    """

    recorder: Recorder
    machine: Recorder
    objects: Store
    change: dict[str, dict[str, Any]] = field(default_factory=dict)
    weight: float = 1.0
    is_parted: bool = False
    preprocessing: str = "inside"
    data: Event | None = None
    run: str = ""
    model: str = ""
    model_sha: str = ""
    accepted: Event | None = None

    def _record(self, recorder: Recorder, draft: Draft) -> Event:
        body = {**draft.body, **self.change.get(draft.type, {})}
        return recorder.record(Draft(draft.type, draft.subjects, body, draft.cause, draft.mean))[0]

    def _code(self) -> str:
        script = {"path": "train.py", "sha256": self.objects.put_bytes(b"print(1)"), "size": 8}
        return self.objects.put_bytes(json.dumps({"format": 1, "files": [script]}).encode())

    def dataset(self) -> Event:
        """asset.registered."""
        columns = [
            {"name": "age", "type": "number", "missing": 0, "distinct": 53, "min": "19.0", "max": "75.0"},
            {
                "name": "job",
                "type": "text",
                "missing": 0,
                "distinct": 2,
                "values": {"clerk": 600, "none": 400},
                "rare": 0,
            },
            {
                "name": "risk",
                "type": "text",
                "missing": 0,
                "distinct": 2,
                "values": {"bad": 300, "good": 700},
                "rare": 0,
            },
        ]
        profile = self.objects.put_bytes(json.dumps({"format": 1, "rows": 1000, "columns": columns}).encode())
        body: dict[str, Any] = {
            "name": "credit",
            "number": 1,
            "version": "3" * 64,
            "manifest": self.objects.put_bytes(b"manifest"),
            "rows": 1000,
            "columns": [
                {"name": "age", "type": "float", "unit": "years", "confidence": "1.0"},
                {"name": "job", "type": "text", "confidence": "1.0"},
                {"name": "risk", "type": "text", "role": "target", "confidence": "1.0"},
            ],
            "target": {"column": "risk", "positive": "bad"},
            "key": "id",
            "protected": ["age"],
            "special": [],
            "owner": "Ada",
            "purpose": "credit decisions",
            "legal_basis": "contract",
            "jurisdiction": "EU",
            "expiry": "2099-12-31",
            "profile": profile,
            "storage": "stored",
        }
        self.data = self._record(
            self.recorder, Draft("asset.registered", (Subject(new("ds"), "3" * 64),), body, mean="created")
        )
        return self.data

    def trained(self) -> Event:
        """run.requested, run.started, run.finished."""
        data = self.data or self.dataset()
        self.run = new("run")
        model, vectors = small_model(self.weight), small_vectors(self.weight)
        beside: dict[str, Any] = {}
        if self.is_parted:
            before, model = parted(model, scaled=(TensorProto.FLOAT, 1), word=(TensorProto.STRING, 1))
            self.preprocessing = self.objects.put_bytes(before)
            beside = {"preprocessing.onnx": {"sha256": self.preprocessing, "size": len(before)}}
        self.model_sha = self.objects.put_bytes(model)
        recipe = self.objects.put_bytes(b'[experiment]\nname = "credit"\n')
        plan = self.objects.put_bytes(self.run.encode())
        requested = self._record(
            self.recorder,
            Draft(
                "run.requested",
                (Subject(self.run, plan),),
                {
                    "experiment": "credit",
                    "goal": "Tell who may not pay back",
                    "product": "German Credit",
                    "number": 1,
                    "recipe": recipe,
                    "plan": plan,
                    "code": {"commit": None, "dirty": False, "patch": None, "files": self._code()},
                    "environment": {"kind": "workbench", "digest": self.objects.put_bytes(b"environment")},
                    "seed": 1,
                    "repeat": 1,
                    "parameters": {"model": "logistic"},
                    "data": {"credit": {"id": data.subjects[0].id, "version": data.subjects[0].sha256, "number": 1}},
                    "executor": "local",
                },
                (data.leaf,),
            ),
        )
        started = self._record(
            self.machine,
            Draft(
                "run.started",
                requested.subjects,
                {"executor": "local", "place": "here", "host": {"cores": 2, "memory": 1}, "agent": "1",
                 "network": "open", "sandbox": 1},
                (requested.leaf,),
            ),
        )  # fmt: skip
        ended: dict[str, Any] = {
            "exit_code": 0,
            "metrics": {"auc": {"last": "0.78", "min": "0.7", "max": "0.8", "count": 5}},
            "outputs": {
                "model.onnx": {"sha256": self.model_sha, "size": len(model)},
                "vectors.json": {"sha256": self.objects.put_bytes(vectors), "size": len(vectors)},
                **beside,
            },
            "verdict": {
                "meets": True,
                "criteria": [{"metric": "auc", "rule": "at_least", "limit": "0.7", "value": "0.78", "meets": True}],
            },
        }
        self.finished = self._record(self.machine, Draft("run.finished", started.subjects, ended, (started.leaf,)))
        self.vectors_sha = ended["outputs"]["vectors.json"]["sha256"]
        return self.finished

    def accept(self) -> Event:
        """model.accepted."""
        self.model = new("mod")
        tensor = {"type": "float32", "shape": ["N", 1]}
        text = {"type": "string", "shape": ["N", 1]}
        body: dict[str, Any] = {
            "run": self.run,
            "model": self.model_sha,
            "vectors": self.vectors_sha,
            "signature": {
                "inputs": [{"name": "age", **tensor}, {"name": "job", **text}],
                "outputs": [{"name": "label", **text}, {"name": "probability", **tensor}],
            },
            "opset": {"": 18},
            "producer": "test",
            "parity": {
                "rows": 50,
                "max_difference": "0.0",
                "share_over": "0.0",
                "tolerance": "0.0001",
                "worst_row": 0,
            },
            "preprocessing": self.preprocessing,
            "reasons": [],
        }
        subject = Subject(self.model, self.model_sha)
        self.accepted = self._record(
            self.recorder, Draft("model.accepted", (subject,), body, (self.finished.leaf,), "reviewed")
        )
        return self.accepted

    def check(self, kind: str, state: str = "passed", **changed: Any) -> Event:
        """check.<state> of a kind."""
        assert self.accepted is not None
        assert self.data is not None
        evidence = self.objects.put_bytes(f"{kind} {self.model}".encode())
        body: dict[str, Any] = {
            "model": self.model,
            "run": self.run,
            "kind": kind,
            "metric": "auc" if kind == "accuracy" else "max_difference",
            "figure": "0.78" if kind == "accuracy" else "0.0",
            "low": "0.72" if kind == "accuracy" else None,
            "high": "0.84" if kind == "accuracy" else None,
            "limit": {"rule": "at_least", "value": "0.7", "from": "recipe"},
            "state": state,
            "data": {"id": self.data.subjects[0].id, "version": self.data.subjects[0].sha256},
            "seed": 1,
            "rows": 300,
            "evidence": evidence,
        }
        body.update(changed)
        return self._record(
            self.recorder,
            Draft(
                f"check.{state}",
                (Subject(new("chk"), evidence),),
                body,
                (self.accepted.leaf, self.data.leaf),
                "reviewed",
            ),
        )

    def tell(self, checks: Mapping[str, str] | None = None) -> "Story":
        """All steps up to the checks."""
        self.dataset()
        self.trained()
        self.accept()
        for kind, state in ({"accuracy": "passed", "parity": "passed"} if checks is None else checks).items():
            self.check(kind, state)
        return self
