"""The sample's candidates: one recipe, several models, the same rules for each; the best that passes goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from surefoot.checks.facts import Result
from surefoot.checks.rules import is_well
from surefoot.errors import Code, GateFailedError, GuardrailError
from surefoot.guide.telling import Story
from surefoot.models.facts import Model
from surefoot.runs.facts import Run
from surefoot.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trained model and what came out of its checks."""

    run: Run
    model: Model
    results: tuple[Result, ...]

    @property
    def auc(self) -> Decimal:
        """Its cross-validated AUC."""
        return Decimal(str(self.run.metrics["auc"]["last"]))

    @property
    def failed(self) -> tuple[Result, ...]:
        """The checks that it does not pass."""
        return tuple(result for result in self.results if not is_well(result.state))


class Trials:
    """Trains, judges and chooses.

    Args:
        bench: the project. story: where it is told. experiment: its name.
    """

    def __init__(self, bench: Workbench, story: Story, experiment: str) -> None:
        self._bench = bench
        self._story = story
        self._experiment = experiment

    def trained(self, recipe: Path) -> Sequence[Run]:
        """The experiment's runs, all finished: those of the record, or new ones.

        Raises:
            GuardrailError: one ended otherwise.
        """
        self._story.step("run")
        before = self._runs()
        wanted = tuple(run.run for run in before) or self._bench.runs.start(recipe, cancel=self._story.cancel).runs
        runs = self._bench.runs.wait(wanted, cancel=self._story.cancel)
        if before and all(run.has_ended for run in before):
            self._story.say("already", what=", ".join(f"{run.experiment}/{run.number}" for run in before))
        for run in runs:
            if run.state != "finished":
                raise GuardrailError(Code.SAMPLE_RUN_ENDED, state=run.state, run=run.run)
            self._tell_run(run)
        return runs

    def judged(self, runs: Sequence[Run]) -> tuple[Candidate, ...]:
        """Every candidate through the gate and the checks that the policy asks for."""
        self._story.step("check")
        return tuple(self._judged(run) for run in runs)

    def checked(self, run: Run) -> tuple[Model, tuple[Result, ...]]:
        """A run's model through the gate and the checks; what is recorded already is not done again."""
        model = self._bench.models.accept(run.run, cancel=self._story.cancel)
        known = {row.kind: row.result for row in self._bench.checks.list(model.id) if row.result is not None}
        wanted = sorted(self._bench.checks.required())
        missing = [kind for kind in wanted if kind not in known]
        made = self._bench.checks.run(run.run, missing, cancel=self._story.cancel) if missing else ()
        known |= {result.kind: result for result in made}
        return model, tuple(known[kind] for kind in wanted)

    def chosen(self, candidates: Sequence[Candidate]) -> Candidate:
        """The one with the best AUC among those that pass everything.

        Raises:
            GateFailedError: none does.
        """
        self._story.step("choice")
        passing = [candidate for candidate in candidates if not candidate.failed]
        if not passing:
            raise GateFailedError(Code.SAMPLE_NONE_PASSES, count=len(candidates))
        best = max(candidates, key=lambda candidate: candidate.auc)
        taken = max(passing, key=lambda candidate: candidate.auc)
        if best.failed:
            kinds = ", ".join(self._story.words.term("kind", result.kind) for result in best.failed)
            self._story.say("choice_best", name=self.name(best.run), auc=f"{best.auc:.3f}", kinds=kinds)
        self._story.say(
            "choice_done",
            name=self.name(taken.run),
            auc=f"{taken.auc:.3f}",
            cost=f"{best.auc - taken.auc:.3f}",
            spread=f"{Decimal(str(taken.run.metrics['auc_spread']['last'])):.3f}",
            run=f"{taken.run.experiment}/{taken.run.number}",
        )
        return taken

    def name(self, run: Run) -> str:
        """How a candidate is called: its model, and what it may not look at."""
        parameters = dict(run.body.get("parameters", {}))
        dropped = str(parameters.get("drop", ""))
        key = "candidate_without" if dropped else "candidate_all"
        return self._story.words(f"say.sample.{key}", model=parameters.get("model", ""), dropped=dropped)

    def _runs(self) -> Sequence[Run]:
        runs = self._bench.runs.list(where=f"experiment = '{self._experiment}'", sort="number", limit=1000)
        alive = [run for run in runs if run.reproduces is None and run.state in {"queued", "running", "finished"}]
        return [run for run in alive if run.recipe == alive[-1].recipe]

    def _judged(self, run: Run) -> Candidate:
        model, results = self.checked(run)
        candidate = Candidate(run, model, results)
        mark = "✗" if candidate.failed else "✓"
        self._story.say("candidate", mark=mark, name=self.name(run), run=f"{run.experiment}/{run.number}")
        passed = [self._story.words.term("kind", one.kind) for one in results if one not in candidate.failed]
        self._story.say("candidate_passed", kinds=", ".join(passed))
        for result in candidate.failed:
            self._story.say("candidate_failed", sentence=self._story.sentence(result))
        return candidate

    def _tell_run(self, run: Run) -> None:
        verdict = self._story.words(f"say.sample.{'met' if run.meets else 'not_met'}")
        auc = str(run.metrics.get("auc", {}).get("last", "–"))[:5]
        name = self.name(run)
        where = f"{run.experiment}/{run.number}"
        self._story.say("run_done", name=name, run=where, seconds=run.seconds, auc=auc, verdict=verdict)
