"""The sample journey: every step for real on German Credit, each with the reason why it exists.

A second run continues where the first ended: each step looks into the record for what it would do. Nothing is asked,
nothing leaves this computer. The person it makes is a sample identity, valid for this one project.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from surefoot import resources
from surefoot.datasets import plans
from surefoot.datasets.facts import DatasetVersion
from surefoot.deployments.facts import Deployment, State
from surefoot.errors import CancelledError, Code, IncompleteError, InputRefusedError, RecordBrokenError
from surefoot.experiments import recipe as recipes
from surefoot.files import KEPT, write_whole
from surefoot.guide.candidates import Candidate, Trials
from surefoot.guide.serving import ENVIRONMENT, Services
from surefoot.guide.telling import Story
from surefoot.releases import Release
from surefoot.texts import figure
from surefoot.workbench import Workbench

NAME = "german-credit"
PERSON = "Sample Person"
_MARK = "sample.json"
_POLICY = f"policies/{NAME}.toml"


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


class Journey:
    """One walk through the sample.

    Args:
        folder: the project's. story: how it is told. fresh: begin anew. keep_serving: leave the service up.
    """

    def __init__(self, folder: Path, story: Story, *, fresh: bool = False, keep_serving: bool = False) -> None:
        self._folder = folder
        self._story = story
        self._fresh = fresh
        self._keep_serving = keep_serving

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
            raise CancelledError(Code.SAMPLE_LEFT, path=self._folder) from error

    def _walk(self) -> Outcome:
        began = time.monotonic()
        self._story.say("welcome")
        with self._project() as bench:
            trials, services = Trials(bench, self._story, NAME), Services(bench, self._story, NAME)
            recipe = self._recipe(bench, self._dataset(bench))
            self._rules(bench)
            candidate = trials.chosen(trials.judged(trials.trained(recipe)))
            first = self._release(services, candidate)
            services.deployed(first)
            deployment = services.replaced(first, services.again(candidate, trials))
            outcome = Outcome(self._folder, self._folder / "report.html", release=f"{first.name} {first.version}")
            self._explained(bench, outcome)
            self._ended(bench, deployment, outcome)
        outcome.seconds = time.monotonic() - began
        self._farewell(outcome)
        return outcome

    # the steps

    def _project(self) -> Workbench:
        self._story.step("project")
        if self._folder.exists() and any(self._folder.iterdir()):
            if not (self._folder / _MARK).is_file():
                raise InputRefusedError(Code.SAMPLE_BLOCKED, path=self._folder)
            if self._fresh:
                self._move_aside()
        if (self._folder / KEPT / "trail").is_dir():
            self._story.say("already", what=self._folder)
            return Workbench.open(self._folder, unlock=str)
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / _MARK).write_text(json.dumps({"format": 1, "sample": NAME}) + "\n", encoding="utf-8")
        bench = Workbench.create(self._folder, name=NAME, person=PERSON, sample=True)
        self._story.say("project_done", ws=bench.ws[:8], path=self._folder)
        return bench

    def _move_aside(self) -> None:
        """Stops what runs in the earlier sample, and keeps it under another name."""
        try:
            with Workbench.open(self._folder, unlock=str) as bench:
                for found in bench.deployments.status():
                    if found.state is State.SERVING:
                        bench.deployments.stop(found.active.environment, reason="--fresh")
        except (RecordBrokenError, IncompleteError):
            # Whoever broke the sample to see what happens must be able to begin anew; it is kept as it is.
            self._story.say("left_as_is")
        aside = self._folder.with_name(f"{NAME}-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        self._folder.rename(aside)
        self._story.say("moved", path=aside)

    def _dataset(self, bench: Workbench) -> DatasetVersion:
        self._story.step("dataset")
        source = resources.path("samples", NAME)
        added = bench.datasets.add(
            source / "german_credit.csv", plans.load(source / "plan.toml"), cancel=self._story.cancel
        )
        version = added.version
        if not added.is_new:
            self._story.say("already", what=version.ref)
            return version
        self._story.say(
            "dataset_done",
            number=version.number,
            rows=self._story.words.count(version.rows),
            columns=len(version.columns),
            digest=version.version[:8],
            protected=", ".join(version.protected),
        )
        return version

    def _recipe(self, bench: Workbench, version: DatasetVersion) -> Path:
        recipe, ours = self._folder / "experiments" / f"{NAME}.toml", resources.path("samples", NAME, "recipe.toml")
        asked = recipes.read((recipe if recipe.exists() else ours).read_bytes(), name=recipe.name).criteria
        limits = ", ".join(f"{one.metric} {self._story.words.term('rule', one.rule)} {one.limit}" for one in asked)
        self._story.step("experiment", limits=limits or "–")
        if recipe.exists():
            self._story.say("already", what=recipe.relative_to(self._folder))
            return recipe
        written = bench.experiments.new(NAME, template="tabular-classification", dataset=version.name)
        write_whole(recipe, ours.read_bytes())
        script = next(path for path in written if path.name == "train.py").relative_to(self._folder)
        self._story.say("experiment_done", recipe=recipe.relative_to(self._folder), script=script)
        return recipe

    def _rules(self, bench: Workbench) -> None:
        self._story.step("policy")
        adopted = bench.releases.policy().adopted
        if adopted is not None:
            self._story.say("already", what=adopted.policy.name)
            return
        path = self._folder / _POLICY
        if not path.exists():
            write_whole(path, resources.path("samples", NAME, "policy.toml").read_bytes())
        bench.releases.adopt(path)
        kinds = ", ".join(self._story.words.term("kind", kind) for kind in sorted(bench.checks.required()))
        self._story.say("policy_done", path=_POLICY, kinds=kinds)

    def _release(self, services: Services, candidate: Candidate) -> Release:
        self._story.step("release")
        parity = candidate.model.parity
        if parity is not None:
            self._story.say("model_done", difference=figure(parity.max_difference), rows=parity.rows)
        return services.released(candidate.model, reason="reason")

    def _explained(self, bench: Workbench, outcome: Outcome) -> None:
        self._story.step("audit")
        bench.catalog.catch_up()
        explanation = bench.audit.explain(ENVIRONMENT)
        bench.audit.write_page(explanation, outcome.report, self._story.words)
        outcome.verdict = bench.verify().verdict.value
        lines = sum(bench.trail.sizes().values())
        self._story.say(
            "audit_done", verdict=self._story.words.term("verdict", outcome.verdict), lines=lines, path=outcome.report
        )

    def _ended(self, bench: Workbench, deployment: Deployment, outcome: Outcome) -> None:
        self._story.step("stop")
        outcome.url, outcome.token_file = deployment.active.url, deployment.token_file
        if self._keep_serving:
            outcome.is_running = True
            self._story.say("kept", path=self._folder)
            return
        stopped = bench.deployments.stop(ENVIRONMENT, reason=self._story.words("say.sample.reason_stop"))
        self._story.say("stop_done", seconds=stopped.seconds)

    def _farewell(self, outcome: Outcome) -> None:
        self._story.say("end", seconds=f"{outcome.seconds:.0f}")
        self._story.say("end_project", path=outcome.project)
        self._story.say("end_report", path=outcome.report)
        state = self._story.words(f"say.sample.{'running' if outcome.is_running else 'stopped'}")
        self._story.say("end_service", url=outcome.url, token=outcome.token_file, state=state)
        self._story.say("end_next")
