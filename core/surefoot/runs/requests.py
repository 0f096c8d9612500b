"""From a recipe to the events that ask for its runs. Everything is captured and stored before anything is recorded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.datasets.facts import DatasetVersion
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.experiments import leaks
from surefoot.experiments.facts import CodeState, Environment, Need, Recipe
from surefoot.experiments.reading import MAX_BYTES
from surefoot.experiments.rules import frame, plan, recorded, variants
from surefoot.objects import Objects
from surefoot.runs.facts import REQUESTED, Load
from surefoot.trail import Draft, Json, Subject, ids
from surefoot.trail.canonical import encode


@dataclass(frozen=True, slots=True)
class Ground:
    """What all runs of one start rest on.

    Attributes:
        recipe: SHA-256 of the recipe's bytes.
        code: the state of the training code.
        environment: what the command runs in.
        data: input name to `{id, version, number}` of its data set.
        premises: leaves of the events that registered the data.
    """

    recipe: str
    code: CodeState
    environment: Environment
    data: Mapping[str, Json]
    premises: tuple[str, ...]


def drafts(recipe: Recipe, ground: Ground, *, number: int, objects: Objects) -> list[Draft]:
    """One `run.requested` for each run that a recipe makes; their plans go into the store in one batch.

    Args:
        recipe: what is asked for.
        ground: what it rests on.
        number: of the first run, within its experiment.
        objects: where the plans go.

    Raises:
        InputRefusedError: they are too many.
    """
    shared = frame(recipe, environment=ground.environment, code=ground.code.files, data=ground.data)
    wanted = list(variants(recipe))
    plans = objects.put_many(encode(plan(shared, variant)) for variant in wanted)
    same: dict[str, Json] = {
        "experiment": recipe.name,
        **{name: text for name, text in (("goal", recipe.goal), ("product", recipe.product)) if text},
        "recipe": ground.recipe,
        "code": {
            "commit": ground.code.commit,
            "dirty": ground.code.dirty,
            "patch": ground.code.patch,
            "files": ground.code.files,
        },
        "environment": shared["environment"],
        "data": shared["data"],
        "executor": recipe.placement.name,
        "criteria": shared["criteria"],
        "guardrails": shared["guardrails"],
        "reproduces": None,
    }
    return [
        Draft(
            REQUESTED,
            (Subject(ids.new("run"), sha),),
            {
                **same,
                "plan": sha,
                "number": number + place,
                "seed": variant.seed,
                "repeat": variant.repeat,
                "parameters": {name: recorded(value) for name, value in variant.parameters.items()},
            },
            cause=ground.premises,
        )
        for place, (variant, sha) in enumerate(zip(wanted, plans, strict=True))
    ]


def again(body: Mapping[str, Any], *, plan_sha: str, run: str, number: int, premises: Sequence[str]) -> Draft:
    """A `run.requested` that repeats an earlier one, from its record alone."""
    copied = {**body, "number": number, "reproduces": run}
    return Draft(REQUESTED, (Subject(ids.new("run"), plan_sha),), copied, cause=tuple(premises))


def refuse_secrets(recipe: Recipe, *, name: str) -> None:
    """Refuses a recipe whose parameters, command or texts seem to hold a secret.

    Raises:
        InputRefusedError: with the place and the kind.
    """
    for parameter, values in recipe.parameters.items():
        for value in values:
            found = leaks.in_values({parameter: value})
            if found:
                raise InputRefusedError(Code.SECRET_FOUND, place=f"{name}: parameters.{found[0]}", kind=found[1])
    found = leaks.in_command(recipe.command)
    if found:
        raise InputRefusedError(Code.SECRET_FOUND, place=f"{name}: run.command{found[0]}", kind=found[1])
    for key, text in (("goal", recipe.goal), ("product", recipe.product)):
        seen = leaks.in_text(text)
        if seen:
            raise InputRefusedError(Code.SECRET_FOUND, place=f"{name}: experiment.{key}", kind=seen[1])


def refuse_misfit(recipe: Recipe, capacity: Mapping[str, Load]) -> None:
    """Refuses a recipe that no machine here could ever carry out.

    Raises:
        InputRefusedError: the executor is not known, or is too small for what the recipe asks.
    """
    place = recipe.placement
    if place.name not in capacity:
        raise InputRefusedError(Code.EXECUTOR_UNKNOWN, name=place.name, known=", ".join(sorted(capacity)))
    has = capacity[place.name]
    for key, asked, there in (
        ("cpu", place.cpu, has.cpu),
        ("gpu", place.gpu, has.gpu),
        ("memory", place.memory_bytes, has.memory_bytes or place.memory_bytes),
    ):
        if asked > there:
            raise InputRefusedError(Code.EXECUTOR_TOO_SMALL, name=place.name, key=key, asked=asked, has=there)


def fitting(need: Need, dataset: Callable[[str], DatasetVersion]) -> DatasetVersion:
    """The version that an input of a recipe means.

    Raises:
        IncompleteError: there is none. InputRefusedError: it asks for another column than the recipe says.
    """
    version = dataset(need.version)
    target = (version.target or {}).get("column")
    if need.target is not None and need.target != target:
        raise InputRefusedError(
            Code.TARGET_DIFFERS, name=need.name, column=need.target, dataset=version.ref, target=target or "–"
        )
    return version


def bytes_of(recipe: Path) -> bytes:
    """What stands in the file of a recipe; what is longer than one may be is cut, and refused by whoever reads it.

    Raises:
        IncompleteError: there is no such file.
    """
    if not recipe.is_file():
        raise IncompleteError(Code.FILE_MISSING, path=recipe)
    with recipe.open("rb") as file:
        return file.read(MAX_BYTES + 1)
