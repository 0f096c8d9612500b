"""An experiment while it is thought out: what stands in the fields of the seven steps, and the recipe that it makes.

No Qt here. A draft begins with the text of a template or of a recipe; what is written changes keys in that text and
leaves the rest, comments among it, as it stands.
"""

import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from math import prod
from pathlib import Path
from typing import Any

from surefoot.errors import Code, InputRefusedError, SurefootError
from surefoot.experiments import templates
from surefoot.experiments.editing import Where, edited, quoted, typed, values
from surefoot.experiments.facts import Recipe
from surefoot.experiments.recipe import is_name, read
from surefoot.experiments.rules import MOST_RUNS
from surefoot_app.bridge import drafts

STEPS = ("goal", "script", "parameters", "criteria", "guardrails", "executor", "priority")
SCRIPT, PARAMETERS, GUARDRAILS = (STEPS.index(step) for step in ("script", "parameters", "guardrails"))
_NAME = "@NAME@"
TEMPLATES = ("tabular-classification", "plain-command", templates.OWN)
_PLACES: Mapping[str, int] = {
    "experiment": 0, "data": 1, "run.command": 1, "run.outputs": 1, "environment": 1, "evaluate": 1, "parameters": 2,
    "run.seed": 2, "run.repeats": 2, "criteria": 3, "guardrails": 4, "executor": 5, "executor.priority": 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the fields, as it was typed.

    Attributes:
        file: of the recipe that is changed, by its name; empty for a new one. base: the text it begins with.
        template: one of `TEMPLATES`. folder: of the user's own code, to be copied.
        data: input and dataset version. command, outputs: as a shell takes them. environment: its kind.
        parameters: name and values. criteria: metric, rule and limit. explores: nothing is to be judged.
        step: where it was left. seen: steps that were looked at. again: of them, those to look at once more.
    """

    file: str = ""
    base: str = ""
    template: str = TEMPLATES[0]
    folder: str = ""
    name: str = ""
    goal: str = ""
    product: str = ""
    data: tuple[tuple[str, str], ...] = ()
    command: str = ""
    outputs: str = ""
    environment: str = "workbench"
    parameters: tuple[tuple[str, str], ...] = ()
    seeds: str = "1"
    repeats: str = "1"
    criteria: tuple[tuple[str, str, str], ...] = ()
    explores: bool = False
    time: str = "2h"
    memory: str = "8GiB"
    disk: str = "10GiB"
    executor: str = "local"
    cpu: str = "1"
    priority: str = "normal"
    step: int = 0
    seen: tuple[int, ...] = (0,)
    again: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the steps choose from.

    Attributes:
        datasets: their names. names: of experiments that are there. metrics: that runs have told.
        cores, memory: of this computer. waiting: runs that have not ended.
    """

    datasets: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    metrics: tuple[str, ...] = ()
    cores: int = 1
    memory: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """What a draft comes to.

    Attributes:
        draft: it. text: the recipe. recipe: as it is read; None where it cannot be.
        runs: how many it makes; 0 where unknown.
        reasons: by step, the key of a text that says what is missing. error, at: what the recipe is refused for, and
            the step where it stands.
    """

    draft: Draft
    text: str
    recipe: Recipe | None
    runs: int
    reasons: Mapping[int, str]
    error: SurefootError | None = None
    at: int = -1

    @property
    def is_ready(self) -> bool:
        """Whether it may be started."""
        return not self.reasons and self.error is None


def fresh(template: str, known: Known, *, like: Draft | None = None) -> Draft:
    """A draft that begins with a template; what was said of the goal is kept from an earlier one."""
    dataset = known.datasets[0] if len(known.datasets) == 1 else ""
    draft = opened(templates.text(template, name="name", dataset=dataset or "name"), template=template)
    # The name is not known yet; where it will stand, in comments too, the text keeps a mark.
    draft = replace(draft, base=templates.text(template, name=_NAME, dataset=dataset))
    said = like or Draft()
    goal = said.goal if like is not None else ""
    return replace(
        draft, name=said.name, goal=goal, product=said.product, criteria=(), step=said.step, seen=said.seen,
        data=tuple((name, dataset) for name, _ in draft.data),
    )  # fmt: skip


def opened(text: str, *, file: str = "", template: str = templates.OWN) -> Draft:
    """A draft of a recipe's text; every step of one that is there was seen.

    Raises:
        SurefootError: it is no recipe that can be read.
    """
    recipe = read(text.encode(), name=file or "recipe.toml")
    whole = tomllib.loads(text, parse_float=Decimal)
    usual, rails = Draft(), whole.get("guardrails", {})
    return Draft(
        file=file,
        base=text,
        template=template,
        name=recipe.name,
        goal=recipe.goal,
        product=recipe.product,
        data=tuple((need.name, need.version) for need in recipe.data),
        command=shlex.join(recipe.command),
        outputs=shlex.join(recipe.outputs),
        environment=recipe.environment,
        parameters=tuple((name, typed(value)) for name, value in whole.get("parameters", {}).items()),
        seeds=", ".join(map(str, recipe.seeds)),
        repeats=str(recipe.repeats),
        criteria=tuple((one.metric, one.rule, str(one.limit)) for one in recipe.criteria),
        explores=bool(file) and not recipe.criteria,
        executor=recipe.placement.name,
        cpu=str(recipe.placement.cpu),
        priority=recipe.placement.priority,
        seen=tuple(range(len(STEPS))) if file else (0,),
        time=rails.get("time", usual.time),
        memory=rails.get("memory", usual.memory),
        disk=rails.get("disk", usual.disk),
    )


def written(draft: Draft) -> str:
    """The recipe's text.

    Raises:
        ValueError: a command cannot be parted into words.
    """
    return edited(draft.base, dict(_changes(draft))).replace(_NAME, draft.name)


def _changes(draft: Draft) -> Iterator[tuple[Where, str | None]]:
    whole = tomllib.loads(draft.base, parse_float=Decimal)
    experiment, seeds = whole.get("experiment", {}), [seed.strip() for seed in draft.seeds.split(",") if seed.strip()]
    yield ("experiment", "name"), quoted(draft.name)
    for name, said in (("goal", draft.goal), ("product", draft.product)):
        if said or name in experiment:
            yield ("experiment", name), quoted(said)
    for name, version in draft.data:
        yield ("data", name, "version"), quoted(version)
    yield ("run", "command"), _list(draft.command)
    yield ("run", "outputs"), _list(draft.outputs)
    numbers = [_number(seed) for seed in seeds]
    yield ("run", "seed"), numbers[0] if len(numbers) == 1 else f"[{', '.join(numbers)}]"
    if draft.repeats != "1" or "repeats" in whole.get("run", {}):
        yield ("run", "repeats"), _number(draft.repeats)
    yield ("environment", "kind"), quoted(draft.environment)
    yield from _listed_changes(draft, whole)
    yield from ((("guardrails", name), quoted(getattr(draft, name).strip())) for name in ("time", "memory", "disk"))
    yield ("executor", "name"), quoted(draft.executor)
    yield ("executor", "cpu"), _number(draft.cpu)
    yield ("executor", "priority"), quoted(draft.priority)


def _listed_changes(draft: Draft, whole: Mapping[str, Any]) -> Iterator[tuple[Where, str | None]]:
    """What was put in and taken out among parameters and criteria."""
    named = {name for name, _ in draft.parameters}
    yield from ((("parameters", name), None) for name in whole.get("parameters", {}) if name not in named)
    yield from ((("parameters", name), values(said)) for name, said in draft.parameters if name)
    wanted = {} if draft.explores else {(metric, rule): limit for metric, rule, limit in draft.criteria if metric}
    metrics = {metric for metric, _ in wanted}
    for metric, limits in whole.get("criteria", {}).items():
        if metric not in metrics:
            yield ("criteria", metric), None
        else:
            yield from ((("criteria", metric, rule), None) for rule in limits if (metric, rule) not in wanted)
    yield from ((("criteria", metric, rule), _number(limit)) for (metric, rule), limit in wanted.items())


def _number(text: str) -> str:
    """A number as it was typed; what is none is written as a text, for which the recipe is refused by its key."""
    return text.strip() if _is_figure(text) else quoted(text)


def _list(text: str) -> str:
    return f"[{', '.join(map(quoted, shlex.split(text)))}]"


def judged(draft: Draft, known: Known) -> Judged:
    """What a draft comes to: its recipe, how many runs it makes, and what is missing at which step."""
    reasons = dict(reversed(tuple(_reasons(draft, known))))  # of several at one step the first is told
    try:
        text = written(draft)
        recipe = read(text.encode(), name=draft.file or f"experiments/{draft.name or 'name'}.toml")
        runs = prod(len(each) for each in recipe.parameters.values()) * len(recipe.seeds) * recipe.repeats
        if runs > MOST_RUNS:
            raise InputRefusedError(Code.TOO_MANY_RUNS, count=runs, limit=MOST_RUNS)
    except SurefootError as error:
        return Judged(draft, _told(draft), None, 0, reasons, error, _place(error))
    except (ValueError, tomllib.TOMLDecodeError):
        return Judged(draft, draft.base, None, 0, {**reasons, 1: "app.experiments.need_quotes"})
    return Judged(draft, text, recipe, runs, reasons)


def _told(draft: Draft) -> str:
    try:
        return written(draft)
    except ValueError:
        return draft.base


def _place(error: SurefootError) -> int:
    if error.code is Code.TOO_MANY_RUNS:
        return 2
    key = str(error.values.get("key", ""))
    fits = [(len(name), place) for name, place in _PLACES.items() if f"{key}.".startswith(f"{name}.")]
    return max(fits)[1] if fits else 2


def _reasons(draft: Draft, known: Known) -> Iterator[tuple[int, str]]:
    if not draft.goal.strip():
        yield 0, "app.experiments.need_goal"
    if not is_name(draft.name):
        yield 0, "app.experiments.need_name"
    elif not draft.file and draft.name in known.names:
        yield 0, "app.experiments.name_taken"
    if any(not version for _, version in draft.data):
        yield 1, "app.experiments.need_data" if known.datasets else "app.experiments.no_data"
    if not draft.command.strip():
        yield 1, "app.experiments.need_command"
    if not draft.file and draft.template == templates.OWN and not draft.folder:
        yield 1, "app.experiments.need_folder"
    yield from _listed_reasons(draft)


def _listed_reasons(draft: Draft) -> Iterator[tuple[int, str]]:
    if any(not name.strip() for name, _ in draft.parameters):
        yield 2, "app.experiments.need_parameter"
    if len({name for name, _ in draft.parameters}) < len(draft.parameters):
        yield 2, "app.experiments.parameter_twice"
    if not draft.explores and not draft.criteria:
        yield 3, "app.experiments.need_criterion"
    elif not draft.explores and any(not _is_figure(limit) or not metric for metric, _, limit in draft.criteria):
        yield 3, "app.experiments.need_limit"


def _is_figure(text: str) -> bool:
    try:
        return Decimal(text.strip()).is_finite()
    except ArithmeticError:
        return False


def moved(draft: Draft, step: int) -> Draft:
    """The draft with another step shown; it has been looked at now."""
    return replace(
        draft,
        step=step,
        seen=tuple(sorted({*draft.seen, step})),
        again=tuple(one for one in draft.again if one != step),
    )


def changed(draft: Draft, changes: Mapping[str, Any]) -> Draft:
    """The draft with other answers; steps behind the one that is shown are to be looked at again."""
    new = replace(draft, **changes)
    if new == draft:
        return draft
    return replace(new, again=tuple(sorted({*draft.again, *(one for one in draft.seen if one > draft.step)})))


# drafts on disk: one for a new experiment, one for each recipe that is being changed


def file_of(recipe: str) -> str:
    """The name of the file of the draft for a recipe, or for a new one where it is empty."""
    return f"experiment-{Path(recipe).stem}.json" if recipe else "experiment.json"


def opens(draft: Draft) -> tuple[str, str]:
    """Kind and name by which the desk shows what a draft is of."""
    return ("experiment", draft.name) if draft.file else ("experiment-new", "")


def let_go(folder: Path, draft: Draft) -> None:
    """Lets a draft's file go, unless it is about another experiment by now."""
    left = kept(folder, draft.file)
    if left is not None and left.name == draft.name:
        drafts.remove(folder / file_of(draft.file))


def kept(folder: Path, recipe: str) -> Draft | None:
    """The draft that was left for a recipe, or for a new one; None where there is none that can be read."""
    return drafts.read(folder / file_of(recipe), Draft)
