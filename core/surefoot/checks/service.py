"""The verbs of checks: run them on an accepted model, list what ran and what did not.

Every check measures on copies of its own, so that none can change what another sees. Each result is recorded as
soon as it is there: with its figures, the limit and who set it, and the evidence as an object.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

import surefoot
from surefoot.catalog import Catalog
from surefoot.checks import plugins, rules, tables
from surefoot.checks.facts import Asked, Case, Check, Data, Finding, Judged, Limit, Measure, Result, Row, Subject
from surefoot.checks.ground import NOBODY, Outside, Shelf, Sources, Surroundings
from surefoot.datasets.facts import DatasetVersion
from surefoot.errors import CancelledError, Code, GateFailedError, IncompleteError
from surefoot.experiments.rules import criteria_of
from surefoot.models import Model, Models
from surefoot.models.facts import PREPROCESSING
from surefoot.objects import Objects
from surefoot.runs import tables as runs
from surefoot.trail import Draft, Json, Recorder
from surefoot.trail import Subject as Named
from surefoot.trail.canonical import encode
from surefoot.trail.ids import new
from surefoot.workers import Cancel, Progress, quiet
from surefoot.workers.scratch import scratch_folder

TEST = "test"
TRAIN = "train"
_NOTHING = Asked()
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Checks:
    """The checks of a project.

    Args:
        catalog: with the reducers of runs, models and checks.
        objects: where models and evidence lie.
        recorder: a person's, who signs the results.
        models: the gate, for models it has not judged yet.
        datasets: lays out the rows.
        checks: by kind; the installed ones unless given.
        policy: what the policy in force asks, by kind.
        outside: what other rooms know.
    """

    def __init__(  # noqa: PLR0913 - the rooms it stands on, and answers from rooms above it
        self,
        *,
        catalog: Catalog,
        objects: Objects,
        recorder: Recorder,
        models: Models,
        datasets: Shelf,
        checks: Mapping[str, Check] | None = None,
        policy: Callable[[], Mapping[str, Asked]] = dict,
        outside: Outside = NOBODY,
    ) -> None:
        self._catalog = catalog
        self._objects = objects
        self._recorder = recorder
        self._models = models
        self._checks = plugins.discover() if checks is None else dict(checks)
        self._policy = policy
        self._sources = Sources(objects, datasets, outside)

    def run(
        self, ref: str, kinds: Sequence[str] | None = None, *, progress: Progress = quiet, cancel: Cancel | None = None
    ) -> tuple[Result, ...]:
        """Runs checks on a model and records each result.

        Args:
            ref: a model, its SHA-256, or the run that made it; a run's model goes through the gate first.
            kinds: which; all that can run here and have something to look at unless given.
            progress: told how far it is.
            cancel: asked whether to stop; results that are recorded by then stay.

        Raises:
            UsageError: there is no check of a kind.
            GateFailedError: the gate has refused the model.
            IncompleteError: there is no such model or run, it names no dataset, or a named check lacks its packages.
            InputRefusedError: the model cannot be asked about the held-out rows, or the policy chooses what a check
                does not have.
        """
        chosen = plugins.chosen(self._checks, kinds)
        asked = self._policy()
        settled = {
            one.kind: plugins.settings(one, asked.get(one.kind, _NOTHING).settings) for one in chosen
        }  # before anything runs
        self._recorder.ready()
        model = self._accepted(ref, progress, cancel)
        results = []
        with self._case(model, needs_rows=any(check.needs_rows for check in chosen)) as case:
            for number, check in enumerate(chosen):
                if cancel is not None and cancel():
                    raise CancelledError(Code.CANCELLED)
                progress(f"checks.{check.kind}", number, len(chosen))
                own = replace(case, settings=settled[check.kind], seed=_seed(settled[check.kind], case.seed))
                if kinds is None and not plugins.applies(check, own):
                    continue
                finding = self._measured(check, own, progress, cancel)
                limits = asked.get(check.kind, _NOTHING).limits
                results.append(self._recorded(check, own, finding, limits))
        self._catalog.catch_up()
        return tuple(results)

    def required(self) -> frozenset[str]:
        """The kinds of check that the policy in force requires."""
        return frozenset(self._policy())

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
        lacking = {kind: plugins.lacking(check) for kind, check in self._checks.items()}
        return tuple(Row(kind, model.id, done.get(kind), kind in self._checks, lacking.get(kind, ())) for kind in kinds)

    def subjects(self, *, limit: int = 500) -> tuple[Subject, ...]:
        """The runs that finished last, with what was checked of their models; newest first."""
        self._catalog.catch_up()
        return tables.subjects(self._catalog, limit)

    def evidence(self, result: Result) -> Mapping[str, Any]:
        """What a result rests on, as it was kept; empty where this project's store does not hold it.

        Raises:
            RecordBrokenError: the object is damaged.
        """
        if not self._objects.has(result.evidence):
            return {}
        try:
            kept = msgspec.json.decode(self._objects.read(result.evidence))
        except msgspec.DecodeError:  # somebody else's, in a form of its own
            return {}
        return kept if isinstance(kept, dict) else {}

    def _accepted(self, ref: str, progress: Progress, cancel: Cancel | None) -> Model:
        is_model = ref.startswith("mod_") or _SHA256.fullmatch(ref) is not None
        model = self._models.show(ref) if is_model else self._models.accept(ref, progress=progress, cancel=cancel)
        if not model.is_accepted:
            reasons = ", ".join(reason.key for reason in model.reasons)
            raise GateFailedError(Code.MODEL_REFUSED, model=model.id, reasons=reasons)
        return model

    @contextmanager
    def _case(self, model: Model, *, needs_rows: bool) -> Iterator[Case]:
        run = runs.run(self._catalog, model.run)
        named: Any = run.body.get("data")
        if not named:
            raise IncompleteError(Code.CHECK_NO_DATA, run=model.run)
        with scratch_folder(self._sources.datasets.scratch) as folder:
            onnx, vectors = folder / "model.onnx", folder / "vectors.json"
            self._objects.copy_to(model.sha256, onnx)
            self._objects.copy_to(model.vectors or "", vectors)
            before = None if model.preprocessing is None else folder / PREPROCESSING
            if before is not None:
                self._objects.copy_to(str(model.preprocessing), before)
            version = self._version(named)
            data = _data(version, self._rows(version, folder / "data") if needs_rows else {})
            ground = Surroundings(self._sources, model=model, run=run, version=version, folder=folder)
            yield Case(model, onnx, vectors, data, _criteria(run.body.get("criteria")), run.seed, {}, ground, before)

    def _version(self, named: Mapping[str, Any]) -> DatasetVersion:
        """The first of a run's datasets that has a target, else the first."""
        versions = [self._sources.datasets.show(f"{one['id']}@{one['version']}") for one in named.values()]
        return next((one for one in versions if one.target), versions[0])

    def _rows(self, version: DatasetVersion, folder: Path) -> Mapping[str, Path]:
        """The sides of a table, laid out with the one that was held back; a folder of files has no rows."""
        sides = self._sources.datasets.materialise(version, folder, held_back=False).sides
        return {side: path for side, path in sides.items() if path.is_file()}

    def _measured(self, check: Check, case: Case, progress: Progress, cancel: Cancel | None) -> Finding:
        if rules.is_possible(check, case):
            finding = check.measure(case, progress=progress, cancel=cancel)
        else:
            finding = rules.unseen(check)
        return rules.complete(check, finding, case.criteria)

    def _recorded(self, check: Check, case: Case, finding: Finding, limits: Sequence[Limit]) -> Result:
        judged = rules.judge(finding, case.criteria, limits)
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
            cannot_show=rules.cannot_show(check.kind),
            data=case.data.id,
            data_version=case.data.version,
            evidence=self._objects.put_bytes(encode(_evidence(check, case, finding))),
        )
        subject = (Named(result.id, result.evidence),)
        causes = (case.model.leaf, case.data.leaf)
        event = self._recorder.record(Draft(f"check.{state}", subject, _body(result, case.data), causes, "reviewed"))[0]
        return replace(result, leaf=event.leaf, at=event.at)


def _data(version: DatasetVersion, sides: Mapping[str, Path]) -> Data:
    target = version.target or {}
    column, positive = target.get("column"), target.get("positive")
    return Data(
        id=version.id,
        version=version.version,
        name=version.name,
        number=version.number,
        test=sides.get(TEST),
        target=None if column is None else str(column),
        positive=None if positive is None else str(positive),
        leaf=version.leaf,
        train=sides.get(TRAIN),
        protected=tuple(version.protected),
        types={str(one["name"]): str(one["type"]) for one in version.columns},
    )


def _seed(settings: Mapping[str, Json], run: int) -> int:
    chosen = settings.get(plugins.SEED)
    return chosen if isinstance(chosen, int) else run


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
        "judged": [_told(one) for one in result.judged],
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
        **({"preprocessing": case.model.preprocessing} if case.model.preprocessing else {}),
        "vectors": case.model.vectors,
        "data": {"id": case.data.id, "version": case.data.version, "side": TEST if check.needs_rows else None},
        "seed": case.seed,
        **({"settings": dict(case.settings)} if case.settings else {}),
        "rows": finding.rows,
        "measures": [_measure(one) for one in finding.measures],
        "found": dict(finding.evidence),
    }


def _measure(one: Measure) -> dict[str, Json]:
    return {"metric": one.metric, "figure": one.figure, "low": one.low, "high": one.high, "smallest": one.smallest}


def _told(judged: Judged) -> Json:
    """A figure as it is recorded; what names nothing has no names."""
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(judged))
    if not told["measure"]["names"]:
        del told["measure"]["names"]
    return told


def _limit(judged: Judged) -> dict[str, Json] | None:
    limit = judged.limit
    return None if limit is None else {"rule": limit.rule, "value": limit.value, "from": limit.origin}


def _criteria(recorded: Any) -> tuple[tuple[str, Limit], ...]:
    """The recipe's criteria, each with its metric; one metric may have a limit on each side."""
    return tuple((one.metric, Limit(one.rule, str(one.limit), "recipe")) for one in criteria_of(recorded))
