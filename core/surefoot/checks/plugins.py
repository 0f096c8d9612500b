"""Finds the installed checks: ours and others' alike are entry points of the group `surefoot.checks`."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points

from surefoot.checks.facts import Check
from surefoot.errors import Code, SurefootError, UsageError

GROUP = "surefoot.checks"
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
    """The checks of these kinds, or all.

    Raises:
        UsageError: there is no check of a kind.
    """
    if kinds is None:
        return tuple(checks.values())
    for kind in kinds:
        if kind not in checks:
            raise UsageError(Code.CHECK_UNKNOWN, kind=kind, known=", ".join(sorted(checks)) or "-")
    return tuple(checks[kind] for kind in dict.fromkeys(kinds))


def _loaded(point: EntryPoint) -> Check:
    try:
        check: Check = point.load()
    except Exception as error:  # somebody else's package: whatever it does, it is said by its name
        raise SurefootError(Code.CHECK_BROKEN, kind=point.name, detail=f"{type(error).__name__}: {error}") from error
    has_all = all(hasattr(check, name) for name in ("kind", "version", "metrics", "needs_rows", "measure"))
    if not has_all or check.kind != point.name or _KIND.fullmatch(check.kind) is None or not check.metrics:
        raise SurefootError(Code.CHECK_BROKEN, kind=point.name, detail=f"{point.value} is not a check of this name")
    return check
