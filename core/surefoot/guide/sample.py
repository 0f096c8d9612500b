"""The sample journey: every step for real on German Credit, each with the reason why it exists.

A second run continues where the first ended: each step looks into the record for what it would do. Nothing is asked,
nothing leaves this computer. The person it makes is a sample identity, valid for this one project.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from surefoot import resources
from surefoot.checks.facts import Result
from surefoot.datasets import plans
from surefoot.datasets.facts import DatasetVersion
from surefoot.deployments.facts import Deployment, State
from surefoot.errors import CancelledError, Code, GuardrailError, IncompleteError, InputRefusedError, RecordBrokenError
from surefoot.models.facts import Model
from surefoot.releases import Release
from surefoot.runs.facts import Run
from surefoot.texts import Words, figure
from surefoot.workbench import FOLDER, Workbench
from surefoot.workers.facts import Cancel

NAME = "german-credit"
PERSON = "Sample Person"
_MARK = "sample.json"
_ENVIRONMENT = "local"
_CHECKS = ("accuracy", "parity")

Tell = Callable[[str], None]


def never() -> bool:
    """Nobody cancels."""
    return False


def default_folder() -> Path:
    """Where the sample lies unless told otherwise."""
    return Path.home() / "Surefoot" / "samples" / NAME


@dataclass(slots=True)
class Outcome:
    """What the journey leaves behind.

    Attributes:
        project: its folder. report: the HTML page. url: where the service answers. token_file: its token.
        is_running: whether it was left up. release: name and version. seconds: how long the journey took.
        verdict: of the whole record.
    """

    project: Path
    report: Path
    url: str = ""
    token_file: str = ""
    is_running: bool = False
    release: str = ""
    seconds: float = 0.0
    verdict: str = ""


@dataclass(slots=True)
class Journey:
    """One walk through the sample.

    Attributes:
        folder: the project's. words: the language. tell: prints a line. fresh: begin anew. keep_serving: leave it up.
        cancel: asked between steps and while one waits.
    """

    folder: Path
    words: Words
    tell: Tell
    fresh: bool = False
    keep_serving: bool = False
    cancel: Cancel = never
    _number: int = field(default=0, init=False)

    def walk(self) -> Outcome:
        """Does every step that is not done yet.

        Raises:
            InputRefusedError: the folder holds something else.
            CancelledError: `cancel` said so; the next walk goes on from there.
            SurefootError: a step failed; what was done before stays, and the next walk goes on from there.
        """
        try:
            return self._walk()
        except CancelledError as error:
            raise CancelledError(Code.SAMPLE_LEFT, path=self.folder) from error

    def _walk(self) -> Outcome:
        began = time.monotonic()
        self._say("welcome")
        with self._project() as bench:
            version = self._dataset(bench)
            run = self._run(bench, version)
            model = self._checked(bench, run)
            release = self._release(bench, model)
            deployment = self._deployed(bench, release)
            outcome = Outcome(self.folder, self.folder / "report.html", release=f"{release.name} {release.version}")
            self._explained(bench, outcome)
            self._ended(bench, deployment, outcome)
        outcome.seconds = time.monotonic() - began
        self._farewell(outcome)
        return outcome

    # the steps

    def _project(self) -> Workbench:
        self._step("project")
        if self.folder.exists() and any(self.folder.iterdir()):
            if not (self.folder / _MARK).is_file():
                raise InputRefusedError(Code.SAMPLE_BLOCKED, path=self.folder)
            if self.fresh:
                self._move_aside()
        if (self.folder / FOLDER / "trail").is_dir():
            self._say("already", what=self.folder)
            return Workbench.open(self.folder, unlock=str)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / _MARK).write_text(json.dumps({"format": 1, "sample": NAME}) + "\n", encoding="utf-8")
        bench = Workbench.create(self.folder, name=NAME, person=PERSON, sample=True)
        self._say("project_done", ws=bench.ws[:8], path=self.folder)
        return bench

    def _move_aside(self) -> None:
        """Stops what runs in the earlier sample, and keeps it under another name."""
        try:
            with Workbench.open(self.folder, unlock=str) as bench:
                for found in bench.deployments.status():
                    if found.state is State.SERVING:
                        bench.deployments.stop(found.active.environment, reason="--fresh")
        except (RecordBrokenError, IncompleteError):
            # Whoever broke the sample to see what happens must be able to begin anew; it is kept as it is.
            self._say("left_as_is")
        aside = self.folder.with_name(f"{NAME}-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        self.folder.rename(aside)
        self._say("moved", path=aside)

    def _dataset(self, bench: Workbench) -> DatasetVersion:
        self._step("dataset")
        source = resources.path("samples", NAME)
        added = bench.datasets.add(source / "german_credit.csv", plans.load(source / "plan.toml"), cancel=self.cancel)
        version = added.version
        if not added.is_new:
            self._say("already", what=version.ref)
            return version
        self._say(
            "dataset_done",
            number=version.number,
            rows=f"{version.rows:,}",
            columns=len(version.columns),
            digest=version.version[:8],
            protected=", ".join(version.protected),
        )
        return version

    def _run(self, bench: Workbench, version: DatasetVersion) -> Run:
        self._step("experiment", limit="0.75")
        recipe = self.folder / "experiments" / f"{NAME}.toml"
        if recipe.exists():
            self._say("already", what=recipe.relative_to(self.folder))
        else:
            written = bench.experiments.new(NAME, template="tabular-classification", dataset=version.name)
            own = resources.path("samples", NAME, "recipe.toml").read_bytes()
            recipe.write_bytes(own)
            script = next(path for path in written if path.name == "train.py")
            self._say("experiment_done", recipe=recipe.relative_to(self.folder), script=script.relative_to(self.folder))
        self._step("run")
        found = bench.runs.list(where=f"experiment = '{NAME}' and state = 'finished'", sort="number")
        finished = next((run for run in found if run.reproduces is None), None)
        if finished is not None:
            self._say("already", what=finished.run)
            return finished
        going = bench.runs.list(where=f"experiment = '{NAME}' and (state = 'queued' or state = 'running')", limit=1)
        wanted = (going[0].run,) if going else bench.runs.start(recipe, cancel=self.cancel).runs
        run = bench.runs.wait(wanted, cancel=self.cancel)[0]
        self._tell_run(run)
        if run.state != "finished":
            raise GuardrailError(Code.SAMPLE_RUN_ENDED, state=run.state, run=run.run)
        return run

    def _tell_run(self, run: Run) -> None:
        figures = run.metrics.get("auc", {})
        verdict = self.words(f"say.sample.{'met' if run.meets else 'not_met'}")
        auc = figure(figures.get("last", "–"))
        self._say(
            "run_done",
            run=run.run,
            state=self.words.term("run-state", run.state),
            seconds=run.seconds,
            auc=auc,
            verdict=verdict,
        )

    def _checked(self, bench: Workbench, run: Run) -> Model:
        self._step("check")
        model = bench.models.accept(run.run, cancel=self.cancel)
        parity = model.parity
        if parity is not None:
            self._say("model_done", difference=figure(parity.max_difference), rows=parity.rows)
        done = [row.result for row in bench.checks.list(model.id) if row.kind in _CHECKS and row.result is not None]
        for result in done if len(done) == len(_CHECKS) else bench.checks.run(run.run, _CHECKS, cancel=self.cancel):
            self._say("check_done", sentence=self._sentence(result))
        return model

    def _sentence(self, result: Result) -> str:
        sentence = result.sentence
        return self.words(sentence.key, **sentence.values)

    def _release(self, bench: Workbench, model: Model) -> Release:
        self._step("release")
        signed = [release for release in bench.releases.list() if release.state == "signed"]
        if signed:
            self._say("already", what=f"{signed[0].name} {signed[0].version}")
            return signed[0]
        policy = bench.releases.policy()
        if policy.adopted is None and policy.path is not None:
            bench.releases.adopt(policy.path)
        release = bench.releases.draft(model.run, name=NAME, words=self.words)
        release = bench.releases.approve(release.id, reason=self.words("say.sample.reason"))
        for gate in bench.releases.check(release.id):
            mark = "✓" if gate.is_passed else "✗"
            self._say("gate", mark=mark, sentence=self.words.told(f"why.releases.{gate.why}", **gate.values))
        release = bench.releases.sign(release.id)
        self._say("release_done", name=release.name, version=release.version, digest=release.digest[:8])
        return release

    def _deployed(self, bench: Workbench, release: Release) -> Deployment:
        self._step("deploy")
        now = [each for each in bench.deployments.status(_ENVIRONMENT) if each.active.digest == release.digest]
        if now and now[0].state is State.SERVING:
            self._say("already", what=now[0].active.url)
            return now[0]
        if now and now[0].active.stop:
            deployed = bench.deployments.lift(_ENVIRONMENT, reason=self.words("say.sample.reason_lift"))
        else:
            deployed = bench.deployments.deploy(release.id, _ENVIRONMENT)
        probability = figure(deployed.answer.get("probability", "–"))
        self._say("deploy_done", url=deployed.deployment.active.url, probability=probability, seconds=deployed.seconds)
        return deployed.deployment

    def _explained(self, bench: Workbench, outcome: Outcome) -> None:
        self._step("audit")
        bench.catalog.catch_up()
        explanation = bench.audit.explain(_ENVIRONMENT)
        bench.audit.write_page(explanation, outcome.report, self.words)
        outcome.verdict = bench.verify().verdict.value
        lines = sum(bench.trail.sizes().values())
        self._say("audit_done", verdict=self.words.term("verdict", outcome.verdict), lines=lines, path=outcome.report)

    def _ended(self, bench: Workbench, deployment: Deployment, outcome: Outcome) -> None:
        self._step("stop")
        outcome.url, outcome.token_file = deployment.active.url, deployment.token_file
        if self.keep_serving:
            outcome.is_running = True
            self._say("kept", path=self.folder)
            return
        stopped = bench.deployments.stop(_ENVIRONMENT, reason=self.words("say.sample.reason_stop"))
        self._say("stop_done", seconds=stopped.seconds)

    # telling

    def _step(self, name: str, /, **values: object) -> None:
        if self.cancel():
            raise CancelledError(Code.CANCELLED)
        self._number += 1
        self._say("step", number=self._number, title=self.words(f"say.sample.{name}"))
        self._say(f"{name}_why", **values)

    def _say(self, key: str, /, **values: object) -> None:
        self.tell(self.words(f"say.sample.{key}", **values))

    def _farewell(self, outcome: Outcome) -> None:
        self._say("end", seconds=f"{outcome.seconds:.0f}")
        self._say("end_project", path=outcome.project)
        self._say("end_report", path=outcome.report)
        state = self.words(f"say.sample.{'running' if outcome.is_running else 'stopped'}")
        self._say("end_service", url=outcome.url, token=outcome.token_file, state=state)
        self._say("end_next")
