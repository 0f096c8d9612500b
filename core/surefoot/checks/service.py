"""The verbs of checks: run them on an accepted model, list what ran and what did not.

Every check measures on copies of its own, so that none can change what another sees. Each result is recorded as
soon as it is there: with its figures, the limit and who set it, and the evidence as an object.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import msgspec

import surefoot
from surefoot.catalog import Catalog
from surefoot.checks import plugins, rules, tables
from surefoot.checks.facts import Case, Check, Data, Finding, Judged, Limit, Measure, Result, Row
from surefoot.datasets.facts import DatasetVersion, Placed
from surefoot.errors import CancelledError, Code, GateFailedError, IncompleteError, SurefootError
from surefoot.experiments.rules import criteria_of
from surefoot.models import Model, Models
from surefoot.objects import Objects
from surefoot.runs import tables as runs
from surefoot.trail import Draft, Json, Recorder, Subject
from surefoot.trail.canonical import encode
from surefoot.trail.ids import new
from surefoot.workers import Cancel, Progress, quiet

TEST = "test"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Shelf(Protocol):
    """Where dataset versions are laid out from; the datasets' service is one."""

    def show(self, ref: str) -> DatasetVersion:
        """The version that a reference means."""
        ...

    def materialise(self, version: DatasetVersion, folder: Path, *, held_back: bool = True) -> Placed:
        """Lays a version out in a folder; without `held_back`, also the rows that training is not given."""
        ...


class Checks:
    """The checks of a project.

    Args:
        catalog: with the reducers of runs, models and checks.
        objects: where models and evidence lie.
        recorder: a person's, who signs the results.
        models: the gate, for models it has not judged yet.
        datasets: lays out the held-out rows.
        checks: by kind; the installed ones unless given.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        objects: Objects,
        recorder: Recorder,
        models: Models,
        datasets: Shelf,
        checks: Mapping[str, Check] | None = None,
    ) -> None:
        self._catalog = catalog
        self._objects = objects
        self._recorder = recorder
        self._models = models
        self._datasets = datasets
        self._checks = plugins.discover() if checks is None else dict(checks)

    def run(
        self, ref: str, kinds: Sequence[str] | None = None, *, progress: Progress = quiet, cancel: Cancel | None = None
    ) -> tuple[Result, ...]:
        """Runs checks on a model and records each result.

        Args:
            ref: a model, its SHA-256, or the run that made it; a run's model goes through the gate first.
            kinds: which; all that are installed unless given.
            progress: told how far it is.
            cancel: asked whether to stop; results that are recorded by then stay.

        Raises:
            UsageError: there is no check of a kind.
            GateFailedError: the gate has refused the model.
            IncompleteError: there is no such model or run, or it names no dataset.
            InputRefusedError: the model cannot be asked about the held-out rows.
        """
        chosen = plugins.chosen(self._checks, kinds)
        model = self._accepted(ref, progress, cancel)
        results = []
        with self._case(model) as case:
            for number, check in enumerate(chosen):
                if cancel is not None and cancel():
                    raise CancelledError(Code.CANCELLED)
                progress("checks.run", number, len(chosen))
                results.append(self._one(check, case, progress, cancel))
        self._catalog.catch_up()
        return tuple(results)

    def list(self, ref: str | None = None) -> tuple[Row, ...]:
        """What ran on a model and what did not: a line for each installed check and each one that ever ran.

        Args:
            ref: as for `run`; the newest model unless given.

        Raises:
            IncompleteError: there is no such model.
        """
        self._catalog.catch_up()
        if ref is None:
            newest = self._models.list(limit=1)
            if not newest:
                return ()
            ref = newest[0].id
        model = self._models.show(ref)
        done = {one.kind: one for one in tables.latest(self._catalog, model.id)}
        kinds = [*self._checks, *sorted(set(done) - set(self._checks))]
        return tuple(Row(kind, model.id, done.get(kind), kind in self._checks) for kind in kinds)

    def _accepted(self, ref: str, progress: Progress, cancel: Cancel | None) -> Model:
        is_model = ref.startswith("mod_") or _SHA256.fullmatch(ref) is not None
        model = self._models.show(ref) if is_model else self._models.accept(ref, progress=progress, cancel=cancel)
        if not model.is_accepted:
            reasons = ", ".join(reason.key for reason in model.reasons)
            raise GateFailedError(Code.MODEL_REFUSED, model=model.id, reasons=reasons)
        return model

    @contextmanager
    def _case(self, model: Model) -> Iterator[Case]:
        run = runs.run(self._catalog, model.run)
        named: Any = run.body.get("data")
        if not named:
            raise IncompleteError(Code.CHECK_NO_DATA, run=model.run)
        with tempfile.TemporaryDirectory(prefix="surefoot-check-") as name:
            folder = Path(name)
            onnx, vectors = folder / "model.onnx", folder / "vectors.json"
            self._objects.copy_to(model.sha256, onnx)
            self._objects.copy_to(model.vectors or "", vectors)
            data = self._data(named, folder / "data")
            yield Case(model, onnx, vectors, data, _criteria(run.body.get("criteria")), run.seed)

    def _data(self, named: Mapping[str, Any], folder: Path) -> Data:
        """The first of a run's datasets that has a target, else the first; laid out with its held-out side."""
        versions = [self._datasets.show(f"{one['id']}@{one['version']}") for one in named.values()]
        version = next((one for one in versions if one.target), versions[0])
        target = version.target or {}
        column, positive = target.get("column"), target.get("positive")
        test = self._datasets.materialise(version, folder, held_back=False).sides.get(TEST)
        return Data(
            id=version.id,
            version=version.version,
            name=version.name,
            number=version.number,
            test=test if test is not None and test.is_file() else None,  # a folder of files has no rows
            target=None if column is None else str(column),
            positive=None if positive is None else str(positive),
            leaf=version.leaf,
        )

    def _one(self, check: Check, case: Case, progress: Progress, cancel: Cancel | None) -> Result:
        if rules.is_possible(check, case):
            finding = check.measure(case, progress=progress, cancel=cancel)
        else:
            finding = rules.unseen(check)
        if {one.metric for one in finding.measures} != set(check.metrics):
            raise SurefootError(Code.CHECK_BROKEN, kind=check.kind, detail="it measured something else than it says")
        return self._recorded(check, case, finding)

    def _recorded(self, check: Check, case: Case, finding: Finding) -> Result:
        judged = rules.judge(finding, case.criteria)
        state = rules.worst([one.state for one in judged])
        result = Result(
            id=new("chk"),
            leaf="",
            at="",
            model=case.model.id,
            run=case.model.run,
            kind=check.kind,
            state=state,
            judged=judged,
            rows=finding.rows,
            seed=case.seed,
            sentence=rules.sentence_of(check.kind, judged, finding.rows),
            cannot_show=f"say.checks.{check.kind}.cannot_show",
            data=case.data.id,
            data_version=case.data.version,
            evidence=self._objects.put_bytes(encode(_evidence(check, case, finding))),
        )
        subject = (Subject(result.id, result.evidence),)
        causes = (case.model.leaf, case.data.leaf)
        event = self._recorder.record(Draft(f"check.{state}", subject, _body(result, case.data), causes, "reviewed"))[0]
        return replace(result, leaf=event.leaf, at=event.at)


def _body(result: Result, data: Data) -> dict[str, Json]:
    """The details of the event: the main figure in the open, every figure under `judged`."""
    main = rules.main(result.judged)
    return {
        "model": result.model,
        "run": result.run,
        "kind": result.kind,
        "metric": main.measure.metric,
        "figure": main.measure.figure,
        "low": main.measure.low,
        "high": main.measure.high,
        "limit": _limit(main),
        "state": result.state,
        "judged": msgspec.json.decode(msgspec.json.encode(result.judged)),
        "sentence": {"key": result.sentence.key, "values": dict(result.sentence.values)},
        "cannot_show": result.cannot_show,
        "data": {"id": data.id, "version": data.version, "number": data.number},
        "seed": result.seed,
        "rows": result.rows,
        "evidence": result.evidence,
    }


def _evidence(check: Check, case: Case, finding: Finding) -> dict[str, Json]:
    """What is kept: enough to see what was measured on what, and to measure it again."""
    return {
        "format": 1,
        "check": check.kind,
        "check_version": check.version,
        "surefoot": surefoot.__version__,
        "model": case.model.sha256,
        "vectors": case.model.vectors,
        "data": {"id": case.data.id, "version": case.data.version, "side": TEST if check.needs_rows else None},
        "seed": case.seed,
        "rows": finding.rows,
        "measures": [_measure(one) for one in finding.measures],
        "found": dict(finding.evidence),
    }


def _measure(one: Measure) -> dict[str, Json]:
    return {"metric": one.metric, "figure": one.figure, "low": one.low, "high": one.high, "smallest": one.smallest}


def _limit(judged: Judged) -> dict[str, Json] | None:
    limit = judged.limit
    return None if limit is None else {"rule": limit.rule, "value": limit.value, "from": limit.origin}


def _criteria(recorded: Any) -> tuple[tuple[str, Limit], ...]:
    """The recipe's criteria, each with its metric; one metric may have a limit on each side."""
    return tuple((one.metric, Limit(one.rule, str(one.limit), "recipe")) for one in criteria_of(recorded))
