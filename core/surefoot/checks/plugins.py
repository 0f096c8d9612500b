"""Finds the installed checks: ours and others' alike are entry points of the group `surefoot.checks`."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import cast

from surefoot.checks.facts import Case, Check, Parameter
from surefoot.errors import Code, IncompleteError, InputRefusedError, SurefootError, UsageError
from surefoot.trail.canonical import Json

GROUP = "surefoot.checks"
SEED = "seed"
"""The one parameter that every check has: the number its lots are drawn from, instead of the run's."""
_SEED = Parameter(0, least="0", most=str(2**32 - 1))
_KIND = re.compile(r"[a-z][a-z0-9-]{0,31}")


def discover(points: Iterable[EntryPoint] | None = None) -> dict[str, Check]:
    """The installed checks by kind, in the order of their names.

    Args:
        points: instead of the installed ones.

    Raises:
        UsageError: two plug-ins bring a check of the same name.
        SurefootError: one does not load, or is not a check.
    """
    found: dict[str, Check] = {}
    for point in sorted(entry_points(group=GROUP) if points is None else points, key=lambda one: one.name):
        if point.name in found:
            raise UsageError(Code.CHECK_TWICE, kind=point.name)
        found[point.name] = _loaded(point)
    return found


def chosen(checks: Mapping[str, Check], kinds: Iterable[str] | None) -> tuple[Check, ...]:
    """The checks of these kinds, or all that can run here.

    Raises:
        UsageError: there is no check of a kind.
        IncompleteError: one that was named needs what is not installed.
    """
    if kinds is None:
        return tuple(check for check in checks.values() if not lacking(check))
    for kind in kinds:
        if kind not in checks:
            raise UsageError(Code.CHECK_UNKNOWN, kind=kind, known=", ".join(sorted(checks)) or "-")
        if lacking(checks[kind]):
            modules = ", ".join(lacking(checks[kind]))
            raise IncompleteError(Code.CHECK_EXTRA, kind=kind, modules=modules, python=sys.executable)
    return tuple(checks[kind] for kind in dict.fromkeys(kinds))


def lacking(check: Check) -> tuple[str, ...]:
    """The modules that a check needs in its worker and that are not installed here. Nothing is imported for it."""
    needed: tuple[str, ...] = getattr(check, "needs", ())
    return tuple(name for name in needed if find_spec(name) is None)


def applies(check: Check, case: Case) -> bool:
    """Whether a check has anything to look at; one that does not say so always has."""
    asked: Callable[[Case], bool] | None = getattr(check, "applies", None)
    return asked is None or asked(case)


def settings(check: Check, given: Mapping[str, Json]) -> dict[str, Json]:
    """The parameters of a check as they hold: what was chosen, else their defaults.

    Args:
        check: whose.
        given: what a policy chose, by name.

    Raises:
        InputRefusedError: the check has no such parameter, or a value is none that it may have.
    """
    known: Mapping[str, Parameter] = getattr(check, "parameters", {})
    for name, value in given.items():
        parameter = _SEED if name == SEED else known.get(name)
        if parameter is None or not _fits(value, parameter):
            expected = ", ".join(sorted({*known, SEED})) if parameter is None else _expected(parameter)
            raise InputRefusedError(
                Code.CHECK_SETTING, kind=check.kind, key=name, value=str(value)[:80], expected=expected
            )
    return {name: parameter.default for name, parameter in known.items()} | dict(given)


def _fits(value: Json, parameter: Parameter) -> bool:
    if isinstance(parameter.default, int):
        return isinstance(value, int) and not isinstance(value, bool) and _is_between(Decimal(value), parameter)
    if isinstance(parameter.default, str):
        if parameter.least is not None:
            return isinstance(value, str | int) and not isinstance(value, bool) and _is_decimal(str(value), parameter)
        return isinstance(value, str) and (not parameter.choices or value in parameter.choices)
    texts = cast("list[object]", value) if isinstance(value, list | tuple) else [None]
    return all(isinstance(one, str) and (not parameter.choices or one in parameter.choices) for one in texts)


def _is_decimal(text: str, parameter: Parameter) -> bool:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and _is_between(value, parameter)


def _is_between(value: Decimal, parameter: Parameter) -> bool:
    low, high = parameter.least, parameter.most
    return (low is None or value >= Decimal(low)) and (high is None or value <= Decimal(high))


def _expected(parameter: Parameter) -> str:
    if parameter.choices:
        return " | ".join(f'"{one}"' for one in parameter.choices)
    if parameter.least is not None or parameter.most is not None:
        return f"{parameter.least or ''}–{parameter.most or ''}"
    return '"…"' if isinstance(parameter.default, str) else '["…"]'


def _loaded(point: EntryPoint) -> Check:
    try:
        check: Check = point.load()
    except Exception as error:  # somebody else's package: whatever it does, it is said by its name
        raise SurefootError(Code.CHECK_BROKEN, kind=point.name, detail=f"{type(error).__name__}: {error}") from error
    has_all = all(hasattr(check, name) for name in ("kind", "version", "metrics", "needs_rows", "measure"))
    if not has_all or check.kind != point.name or _KIND.fullmatch(check.kind) is None or not check.metrics:
        raise SurefootError(Code.CHECK_BROKEN, kind=point.name, detail=f"{point.value} is not a check of this name")
    return check
