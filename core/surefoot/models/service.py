"""The verbs of models: let the gate judge what a run has made, show what it said.

The gate works in a worker on bytes whose SHA-256 it hands back; what is recorded is about these bytes and no others.
A file that crashes the worker, or needs more memory or time than the gate allows, is refused like any other.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import PurePosixPath

import msgspec

from surefoot import workers
from surefoot.catalog import Catalog
from surefoot.errors import Code, IncompleteError, InputRefusedError, RecordBrokenError
from surefoot.models import tables
from surefoot.models.facts import INSIDE, PREPROCESSING, Model, Verdict
from surefoot.models.rules import refuse
from surefoot.objects import Objects
from surefoot.runs import tables as runs
from surefoot.trail import Draft, Event, Json, Recorder, Subject
from surefoot.trail.ids import new
from surefoot.workers import Cancel, Limits, Progress, quiet

GATE = Limits(memory_bytes=4 * 2**30, cpu_seconds=120, wall_seconds=120.0, file_bytes=2**20, reply_bytes=2**24)
VECTORS = "vectors.json"
_TASK = "surefoot.models.gate:task"
# What is judged together with a model, by the names the gate's worker knows.
_BESIDE = {"preprocessing": PREPROCESSING, "vectors": VECTORS}
# Ends of a worker that are the file's doing, and the reason each becomes.
_DEATHS = {
    Code.WORKER_TIMEOUT: "too-slow",
    Code.WORKER_MEMORY: "too-hungry",
    Code.WORKER_DIED: "crashed",
    Code.WORKER_DISK: "crashed",
    Code.WORKER_REPLY: "crashed",
}
# On a busier machine these can be the machine's doing, so asking again looks again.
_MAY_PASS_LATER = {"too-slow", "too-hungry", "crashed"}


class Models:
    """The models of a project.

    Args:
        catalog: with the reducers of runs and models.
        objects: where outputs of runs lie.
        recorder: a person's, who signs the verdict.
        limits: what the gate's worker may use.
    """

    def __init__(self, *, catalog: Catalog, objects: Objects, recorder: Recorder, limits: Limits = GATE) -> None:
        self._catalog = catalog
        self._objects = objects
        self._recorder = recorder
        self._limits = limits

    def accept(self, run: str, *, progress: Progress = quiet, cancel: Cancel | None = None) -> Model:
        """Lets the gate judge the model that a run has made, and records what it says.

        Asked again about the same files, it returns what was recorded, unless that was a lack of time or memory.

        Args:
            run: a run that has finished: its id, a part of it, or `experiment/number`.
            progress: told how far the worker is.
            cancel: asked whether to stop.

        Returns:
            the model; `state` says whether it was accepted, `reasons` why not.

        Raises:
            IncompleteError: there is no such run, it has not finished, or it made no file that is said to be a model.
            RecordBrokenError: the bytes are not those that the run's end names.
            CancelledError: `cancel` said so.
        """
        self._catalog.catch_up()
        made = runs.run(self._catalog, runs.find(self._catalog, run))
        if made.state != "finished" or made.ended is None:
            raise IncompleteError(Code.MODEL_RUN_STATE, run=made.run, state=made.state)
        name = model_name(tuple(made.outputs))
        if name is None:
            raise IncompleteError(Code.MODEL_NONE, run=made.run, outputs=", ".join(sorted(made.outputs)) or "-")
        sha256 = str(made.outputs[name]["sha256"])
        beside = {key: str(made.outputs[file]["sha256"]) for key, file in _BESIDE.items() if file in made.outputs}
        known = tables.judged(self._catalog, made.run, sha256, beside)
        if known is not None and not any(reason.key in _MAY_PASS_LATER for reason in known.reasons):
            return known
        verdict = self._judge({"model": sha256, **beside}, progress, cancel)
        draft = _draft(verdict, run=made.run, ended=made.ended, sha256=sha256, beside=beside)
        event = self._recorder.record(draft)[0]
        self._catalog.catch_up()
        return _model(verdict, event, run=made.run, beside=beside)

    def show(self, ref: str) -> Model:
        """The model of an id (`mod_…`) or SHA-256, or the newest that a run made.

        Raises:
            IncompleteError: there is none.
        """
        self._catalog.catch_up()
        found = tables.find(self._catalog, ref)
        if found is None:
            raise IncompleteError(Code.MODEL_UNKNOWN, ref=ref)
        return found

    def list(self, *, limit: int = 1000) -> tuple[Model, ...]:
        """The models judged last, newest first."""
        self._catalog.catch_up()
        return tables.newest(self._catalog, limit)

    def _judge(self, names: Mapping[str, str], progress: Progress, cancel: Cancel | None) -> Verdict:
        with ExitStack() as stack:
            files = {name: stack.enter_context(self._objects.open(one)).fileno() for name, one in names.items()}
            try:
                answer = workers.run(_TASK, {}, limits=self._limits, files=files, progress=progress, cancel=cancel)
            except InputRefusedError as error:
                if error.code not in _DEATHS:
                    raise
                return Verdict(reasons=(refuse(_DEATHS[error.code]),), kind="unknown")
        for name, found in answer["sha256"].items():
            if found != names.get(name):
                raise RecordBrokenError(Code.OBJECT_DAMAGED, sha256=names.get(name, "-"))
        return msgspec.convert(answer["verdict"], Verdict)


def model_name(outputs: tuple[str, ...]) -> str | None:
    """The output that is said to be the model: `model.onnx`, else the only `.onnx`, else the only `model.*`.

    `preprocessing.onnx` is never meant: it stands beside a model.
    """
    if "model.onnx" in outputs:
        return "model.onnx"
    for chosen in (
        [name for name in outputs if name.endswith(".onnx") and name != PREPROCESSING],
        [name for name in outputs if PurePosixPath(name).stem == "model"],
    ):
        if len(chosen) == 1:
            return chosen[0]
    return None


def _draft(verdict: Verdict, *, run: str, ended: str, sha256: str, beside: Mapping[str, str]) -> Draft:
    body = {
        "run": run,
        "model": sha256,
        "vectors": beside.get("vectors"),
        "kind": verdict.kind,
        "signature": verdict.signature,
        "opset": verdict.opset,
        "producer": verdict.producer,
        "parity": verdict.parity,
        "preprocessing": beside.get("preprocessing", INSIDE),
        "reasons": verdict.reasons,
    }
    plain: dict[str, Json] = msgspec.json.decode(msgspec.json.encode(body))
    kind = "model.refused" if verdict.reasons else "model.accepted"
    return Draft(kind, (Subject(new("mod"), sha256),), plain, (ended,), "reviewed")


def _model(verdict: Verdict, event: Event, *, run: str, beside: Mapping[str, str]) -> Model:
    return Model(
        id=event.subjects[0].id,
        sha256=event.subjects[0].sha256,
        run=run,
        vectors=beside.get("vectors"),
        state="refused" if verdict.reasons else "accepted",
        leaf=event.leaf,
        at=event.at,
        signature=verdict.signature,
        parity=verdict.parity,
        opset=verdict.opset,
        producer=verdict.producer,
        reasons=verdict.reasons,
        preprocessing=beside.get("preprocessing"),
    )
