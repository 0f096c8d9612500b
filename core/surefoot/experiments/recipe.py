"""The recipe: what is run, on which data, in what environment, how far, and how it will be judged.

The file (formats.md §5)::

    [experiment]            name, goal, product
    [data.<name>]           version, target
    [run]                   command, outputs, seed, repeats
    [evaluate]              method, folds, repeats
    [environment]           kind = "workbench" | "lock" | "own"
    [parameters]            <name> = a value, a list, or { from, to, step | count, scale }
    [criteria.<metric>]     at_least | at_most
    [guardrails]            time, memory, disk, cost
    [executor]              name, cpu, gpu, memory, priority

Parsing is pure: bytes in, `Recipe` out, or an error that names the line.
"""

import re
from decimal import Decimal
from typing import Any

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments import units
from surefoot.experiments.facts import Criterion, Evaluation, Guardrails, Need, Placement, Recipe, Rule, Value
from surefoot.experiments.reading import Section, is_number, parse

ENVIRONMENTS = ("workbench", "lock", "own")
PRIORITIES = ("low", "normal", "urgent")
METHODS = ("cross-fit", "holdout")
EVALUATE = "evaluate"
_RULES: tuple[Rule, ...] = ("at_least", "at_most")
_NAME = re.compile(r"[^\W_][\w.-]{0,63}")
_INPUT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
_PARAMETER = re.compile(r"[A-Za-z_][\w.-]{0,63}")
_METRIC = re.compile(r"[\w][\w./@ -]{0,127}")
_SEED = 2**32 - 1
_MOST_VALUES = 10_000
_DIGITS = 12
_COMMAND = 'command = ["python", "train.py"]'
_OUTPUTS = 'outputs = ["model.onnx"]'
_SPAN = '{ from = 1, to = 9, step = 2 }  |  { from = 0.001, to = 0.1, count = 3, scale = "log" }'


def read(data: bytes, *, name: str) -> Recipe:
    """The recipe that a file's bytes say.

    Args:
        data: the file, UTF-8 TOML.
        name: how errors call it.

    Raises:
        InputRefusedError: it is not TOML, or a key is unknown, missing, or has a value that cannot be.
    """
    whole = parse(data, name=name)
    run, evaluate = whole.table("run"), _evaluation(whole)
    experiment, environment = whole.table("experiment"), whole.table("environment")
    recipe = Recipe(
        name=_name(experiment),
        goal=experiment.text("goal"),
        product=experiment.text("product"),
        command=_command(run),
        outputs=_outputs(run),
        seeds=_seeds(run),
        repeats=run.whole("repeats", (1, 1000), default=1),
        data=_data(whole.table("data")),
        evaluate=evaluate,
        environment=environment.choice("kind", ENVIRONMENTS, default="workbench"),
        parameters=_parameters(whole.table("parameters")),
        criteria=_criteria(whole.table("criteria")),
        guardrails=_guardrails(whole.table("guardrails")),
        placement=_placement(whole.table("executor")),
    )
    for section in (experiment, run, environment, whole):
        section.finish()
    return recipe


def is_name(text: str) -> bool:
    """Whether a text can name an experiment (it names a file and a folder too)."""
    return _NAME.fullmatch(text) is not None and not text.endswith(".")


def is_inside(path: str) -> bool:
    """Whether a text is a plain relative path that stays inside the folder it is read from."""
    parts = path.split("/")
    return not (
        path.startswith("/") or "\\" in path or any(part in {"", ".", ".."} for part in parts) or not path.isprintable()
    )


def _name(section: Section) -> str:
    name = section.text("name")
    if not name:
        raise section.missing("name", 'name = "german-credit"')
    if not is_name(name):
        raise section.refuse("name", 'name = "german-credit"')
    return name


def _command(section: Section) -> tuple[str, ...]:
    if not section.has("command"):
        raise section.missing("command", _COMMAND)
    command = section.texts("command", example=_COMMAND)
    if not command:
        raise section.refuse("command", _COMMAND)
    return command


def _outputs(section: Section) -> tuple[str, ...]:
    outputs = section.texts("outputs", example=_OUTPUTS)
    if len(set(outputs)) < len(outputs) or not all(is_inside(path) for path in outputs):
        raise section.refuse("outputs", _OUTPUTS)
    return outputs


def _seeds(section: Section) -> tuple[int, ...]:
    value: Any = section.values["seed"] if section.has("seed") else 1
    seeds = value if isinstance(value, list) else [value]
    fits = all(isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed <= _SEED for seed in seeds)
    if not seeds or not fits or len(set(seeds)) < len(seeds) or len(seeds) > _MOST_VALUES:
        raise section.refuse("seed", "seed = 7  |  seed = [1, 2, 3]")
    return tuple(seeds)


def _data(section: Section) -> tuple[Need, ...]:
    needs: dict[str, Need] = {}
    for part in section.tables():
        name = part.where[-1]
        variable = name.upper().replace("-", "_")
        if not _INPUT.fullmatch(name) or variable in needs:
            raise section.refuse(name, "[data.credit]")
        version = part.text("version", limit=200)
        if not version:
            raise part.missing("version", 'version = "german-credit@1"')
        needs[variable] = Need(name, version, part.text("target", limit=200) or None)
        part.finish()
    return tuple(needs.values())


def _evaluation(whole: Section) -> Evaluation | None:
    if not whole.has(EVALUATE):
        return None
    section = whole.table(EVALUATE)
    evaluation = Evaluation(
        method=section.choice("method", METHODS, default=METHODS[0]),
        folds=section.whole("folds", (2, 1000), default=5),
        repeats=section.whole("repeats", (1, 1000), default=1),
    )
    section.finish()
    return evaluation


def _parameters(section: Section) -> dict[str, tuple[Value, ...]]:
    found: dict[str, tuple[Value, ...]] = {}
    for key, value in section.values.items():
        section.has(key)
        if not _PARAMETER.fullmatch(key) or key == EVALUATE:
            raise section.refuse(key, "depth = 3")
        if isinstance(value, dict):
            found[key] = _span(section, key)
        else:
            found[key] = tuple(_scalar(section, key, item) for item in (value if isinstance(value, list) else [value]))
        if not found[key] or len(found[key]) > _MOST_VALUES or _has_twins(found[key]):
            raise section.refuse(key, f"{key} = [1, 2, 3]")
    return found


def _has_twins(values: tuple[Value, ...]) -> bool:
    return len({(isinstance(value, bool), isinstance(value, str), value) for value in values}) < len(values)


def _scalar(section: Section, key: str, value: object) -> Value:
    if isinstance(value, bool) or (isinstance(value, str) and len(value) <= 2000 and "\0" not in value):  # noqa: PLR2004 (as long as a text may be)
        return value
    if isinstance(value, int | Decimal) and is_number(value):
        return value
    raise section.refuse(key, f'{key} = 3  |  0.1  |  true  |  "text"  |  [1, 2, 3]  |  {_SPAN}')


def _span(section: Section, key: str) -> tuple[Value, ...]:
    """The values of a range: both ends are in it; a step has to meet the far end or stops before it."""
    span = section.table(key)
    low, high, step = span.decimal("from"), span.decimal("to"), span.decimal("step")
    count = span.whole("count", (2, _MOST_VALUES), default=2) if "count" in span.values else None
    span.has("count")
    scale = span.choice("scale", ("linear", "log"), default="linear")
    span.finish()
    if low is None or high is None or not low < high or (step is None) == (count is None):
        raise section.refuse(key, _SPAN)
    if step is not None:
        if step <= 0 or (high - low) / step >= _MOST_VALUES or scale == "log":
            raise section.refuse(key, _SPAN)
        return tuple(_plain(low + step * i) for i in range(int((high - low) / step) + 1))
    if scale == "log" and low <= 0:
        raise section.refuse(key, _SPAN)
    last = Decimal((count or 2) - 1)
    if scale == "log":
        inner = (_short(low * (high / low) ** (Decimal(i) / last)) for i in range(1, int(last)))
    else:
        inner = (_short(low + (high - low) * i / last) for i in range(1, int(last)))
    return tuple(_plain(value) for value in (low, *inner, high))


def _short(value: Decimal) -> Decimal:
    return Decimal(f"{value:.{_DIGITS}g}")


def _plain(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else value


def _criteria(section: Section) -> tuple[Criterion, ...]:
    found: list[Criterion] = []
    for part in section.tables():
        metric = part.where[-1]
        if not _METRIC.fullmatch(metric):
            raise section.refuse(metric, "[criteria.auc]")
        limits = [(rule, part.decimal(rule)) for rule in _RULES]
        part.finish()
        if all(limit is None for _, limit in limits):
            raise part.missing("at_least", "at_least = 0.75")
        found += [Criterion(metric, rule, limit) for rule, limit in limits if limit is not None]
    return tuple(found)


def _guardrails(section: Section) -> Guardrails:
    usual = Guardrails()
    guardrails = Guardrails(
        time_ms=section.unit("time", units.milliseconds, default=usual.time_ms, example='time = "2h"'),
        memory_bytes=section.unit("memory", units.size, default=usual.memory_bytes, example='memory = "4GiB"'),
        disk_bytes=section.unit("disk", units.size, default=usual.disk_bytes, example='disk = "10GiB"'),
        cost=section.unit("cost", units.money, default=None, example='cost = "5 EUR"') if section.has("cost") else None,
    )
    section.finish()
    return guardrails


def _placement(section: Section) -> Placement:
    placement = Placement(
        name=section.text("name", default="local", limit=64) or "local",
        cpu=section.whole("cpu", (1, 4096), default=1),
        gpu=section.whole("gpu", (0, 256), default=0),
        memory_bytes=section.unit("memory", units.size, default=0, example='memory = "4GiB"'),
        priority=section.choice("priority", PRIORITIES, default="normal"),
    )
    section.finish()
    return placement


def refuse_name(name: str) -> None:
    """Refuses a name that an experiment cannot have.

    Raises:
        InputRefusedError: it cannot be a file's name everywhere.
    """
    if not is_name(name):
        raise InputRefusedError(Code.EXPERIMENT_NAME, name=name[:80])
