"""The pure decisions of an experiment: which runs a recipe makes, what a plan says, whether a run meets its criteria.

A plan is all that decides a run, by value or by hash, in the trail's JSON (no floats): fractions are shortest
round-trip decimal strings, and `fractions` names the parameters that are numbers and not texts.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import product
from math import prod
from typing import Any

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments.facts import Criterion, Environment, Judged, Recipe, Value, Variant, Verdict
from surefoot.trail.canonical import Json

MOST_RUNS = 10_000
PLAN_FORMAT = 1


def variants(recipe: Recipe) -> Iterator[Variant]:
    """All runs that a recipe makes: each combination of parameter values, with each seed, so often.

    Raises:
        InputRefusedError: they would be more than 10,000.
    """
    count = prod(len(values) for values in recipe.parameters.values()) * len(recipe.seeds) * recipe.repeats
    if count > MOST_RUNS:
        raise InputRefusedError(Code.TOO_MANY_RUNS, count=count, limit=MOST_RUNS)
    return (
        Variant(dict(zip(recipe.parameters, chosen, strict=True)), seed, repeat)
        for chosen in product(*recipe.parameters.values())
        for seed in recipe.seeds
        for repeat in range(1, recipe.repeats + 1)
    )


def recorded(value: Value) -> Json:
    """A parameter's value as events hold it: a fraction becomes its shortest round-trip decimal string."""
    return repr(float(value)) if isinstance(value, Decimal) else value


def criteria_body(criteria: tuple[Criterion, ...]) -> list[Json]:
    """Criteria as events hold them."""
    return [{"metric": c.metric, "rule": c.rule, "limit": str(c.limit)} for c in criteria]


def criteria_of(body: Any) -> tuple[Criterion, ...]:
    """Criteria from what an event or a plan holds."""
    return tuple(Criterion(entry["metric"], entry["rule"], Decimal(entry["limit"])) for entry in body or ())


def frame(recipe: Recipe, *, environment: Environment, code: str, data: Mapping[str, Json]) -> dict[str, Json]:
    """The part of a plan that all variants of a recipe share.

    Args:
        recipe: the recipe.
        environment: what it will run in.
        code: SHA-256 of the manifest of the code's files.
        data: input name to `{id, version, number}` of the data set's version.
    """
    evaluate, rails, place = recipe.evaluate, recipe.guardrails, recipe.placement
    return {
        "format": PLAN_FORMAT,
        "experiment": recipe.name,
        "command": list(recipe.command),
        "outputs": list(recipe.outputs),
        "code": code,
        "environment": {"kind": environment.kind, "digest": environment.digest},
        "data": dict(data),
        "evaluate": {"method": evaluate.method, "folds": evaluate.folds, "repeats": evaluate.repeats}
        if evaluate
        else None,
        "criteria": criteria_body(recipe.criteria),
        "guardrails": {
            "time_ms": rails.time_ms,
            "memory_bytes": rails.memory_bytes,
            "disk_bytes": rails.disk_bytes,
            "cost": {"amount": str(rails.cost.amount), "currency": rails.cost.currency} if rails.cost else None,
        },
        "executor": {
            "name": place.name,
            "cpu": place.cpu,
            "gpu": place.gpu,
            "memory_bytes": place.memory_bytes,
            "priority": place.priority,
        },
    }


def plan(shared: Mapping[str, Json], variant: Variant) -> dict[str, Json]:
    """The plan of one run."""
    return {
        **shared,
        "parameters": {name: recorded(value) for name, value in variant.parameters.items()},
        "fractions": [name for name, value in variant.parameters.items() if isinstance(value, Decimal)],
        "seed": variant.seed,
        "repeat": variant.repeat,
    }


def handed_over(plan_: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as the command reads them: true JSON numbers, and `evaluate` where the recipe asks for it."""
    fractions = set(plan_["fractions"])
    values = {name: float(value) if name in fractions else value for name, value in plan_["parameters"].items()}
    return {**values, "evaluate": plan_["evaluate"]} if plan_["evaluate"] else values


def judge(criteria: tuple[Criterion, ...], metrics: Mapping[str, Mapping[str, Any]]) -> Verdict:
    """Holds the final value of each metric against its limit.

    A metric that was never reported, or ended as NaN, does not meet its criterion: success has to be shown.

    Args:
        criteria: the limits, set before training.
        metrics: name to summary; `last` is the final value as a decimal string.
    """
    if not criteria:
        return Verdict(None)
    judged = tuple(_judged(criterion, metrics.get(criterion.metric, {}).get("last")) for criterion in criteria)
    return Verdict(all(entry.meets for entry in judged), judged)


def _judged(criterion: Criterion, value: str | None) -> Judged:
    try:
        figure = Decimal(value) if value is not None else Decimal("NaN")
    except InvalidOperation:
        figure = Decimal("NaN")
    if figure.is_nan():
        return Judged(criterion, value, meets=False)
    meets = figure >= criterion.limit if criterion.rule == "at_least" else figure <= criterion.limit
    return Judged(criterion, value, meets=meets)


def verdict_body(verdict: Verdict) -> dict[str, Json]:
    """A verdict as events hold it."""
    return {
        "meets": verdict.meets,
        "criteria": [
            {**entry, "value": judged.value, "meets": judged.meets}
            for judged, entry in zip(
                verdict.criteria, criteria_body(tuple(j.criterion for j in verdict.criteria)), strict=True
            )
            if isinstance(entry, dict)
        ],
    }
