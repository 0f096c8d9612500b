"""What the list of experiments shows, and what its steps choose from; asked of the project. No Qt here."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from surefoot.errors import SurefootError
from surefoot.experiments.facts import Criterion, Listed, Recipe
from surefoot.runs import tallies
from surefoot.runs.tallies import Best, Tally
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.drafts import folder
from surefoot_app.experiments import draft as drafts
from surefoot_app.experiments.draft import Draft, Known
from surefoot_app.theme import Tone

Standing = Literal["unreadable", "going", "met", "missed", "unjudged", "none"]
TONES: dict[Standing, Tone] = {
    "unreadable": "bad", "going": "info", "met": "ok", "missed": "warn", "unjudged": "neutral", "none": "neutral"
}  # fmt: skip
_METRICS = "SELECT DISTINCT name FROM run_names WHERE family = 'metric' ORDER BY name LIMIT 50"
_AROUND = 3


@dataclass(frozen=True, slots=True)
class Experiment:
    """One line of the list.

    Attributes:
        file: the recipe's name. text: what stands in it. name: as the recipe says it, or the file's.
        recipe: as it is read; None where it cannot be, and `error` says why.
        tally: its runs. best: the best of them by the first criterion.
    """

    file: str
    text: str
    name: str
    recipe: Recipe | None = None
    error: SurefootError | None = None
    tally: Tally = field(default_factory=Tally)
    best: Best | None = None

    @property
    def criterion(self) -> Criterion | None:
        """What it is judged by first."""
        return self.recipe.criteria[0] if self.recipe is not None and self.recipe.criteria else None

    @property
    def standing(self) -> Standing:
        """How it stands, in a word."""
        if self.recipe is None:
            return "unreadable"
        if self.tally.going:
            return "going"
        if not self.tally.runs or (self.recipe.criteria and self.best is None):
            return "none"
        if not self.recipe.criteria:
            return "unjudged"
        return "met" if self.tally.met else "missed"


@dataclass(frozen=True, slots=True)
class Overview:
    """All experiments, and the draft of a new one that was left."""

    experiments: tuple[Experiment, ...]
    draft: Draft | None = None


def overview(bench: Workbench) -> Overview:
    """Asks the project.

    Raises:
        InputRefusedError: the folder of recipes may not be looked into.
    """
    bench.catalog.catch_up()
    counted = tallies.tallies(bench.catalog)
    found = tuple(_experiment(bench, one, counted.get(_name(one), Tally())) for one in bench.experiments.list())
    return Overview(found, drafts.kept(folder(bench), ""))


def _name(listed: Listed) -> str:
    return listed.recipe.name if listed.recipe is not None else listed.path.stem


def _experiment(bench: Workbench, listed: Listed, tally: Tally) -> Experiment:
    recipe = listed.recipe
    best = None
    if recipe is not None and recipe.criteria and tally.runs:
        best = tallies.best(bench.catalog, recipe.name, recipe.criteria[0])
    return Experiment(listed.path.name, listed.text, _name(listed), recipe, listed.error, tally, best)


def known(bench: Workbench) -> Known:
    """Asks what the steps choose from."""
    bench.catalog.catch_up()
    listed = bench.experiments.list()
    capacity = bench.executors["local"].describe()
    return Known(
        datasets=tuple(sorted({version.name for version in bench.datasets.list()})),
        names=frozenset({one.path.stem for one in listed} | {_name(one) for one in listed}),
        metrics=tuple(row["name"] for row in bench.catalog.rows(_METRICS)),
        cores=capacity.cores,
        memory=capacity.memory_bytes,
        waiting=tallies.not_ended(bench.catalog),
    )


def asked(criterion: Criterion, words: Words) -> str:
    """A criterion as people read it: `auc ≥ 0.75`."""
    sign = words(f"app.experiments.sign_{criterion.rule}")
    return f"{criterion.metric} {sign} {words.figure(criterion.limit)}"


def meets(best: Best, criterion: Criterion) -> bool:
    """Whether the best figure keeps the limit that stands in the recipe now."""
    try:
        value = Decimal(best.figure)
    except InvalidOperation:
        return False
    return value >= criterion.limit if criterion.rule == "at_least" else value <= criterion.limit


def fits(one: Experiment, text: str) -> bool:
    """Whether a filter lets it through: each of its words stands in the name, the goal or the product."""
    where = f"{one.name} {one.recipe.goal} {one.recipe.product}" if one.recipe is not None else one.name
    return all(word in where.casefold() for word in text.casefold().split())


def around(one: Experiment) -> str:
    """The lines of a recipe around the one that cannot be read, with their numbers."""
    line = int(str(one.error.values.get("line", 1))) if one.error is not None else 1
    lines = one.text.split("\n")
    shown = range(max(1, line - _AROUND), min(len(lines), line + _AROUND) + 1)
    return "\n".join(f"{'→' if number == line else ' '} {number:3}  {lines[number - 1][:120]}" for number in shown)


def command(file: str) -> str:
    """What starts an experiment from a terminal."""
    return f"surefoot experiment start experiments/{file}"
