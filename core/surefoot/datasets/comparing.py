"""What differs between two versions, from what was recorded of them: no data are read.

Drift is measured by the population stability index, sum of (a − e) · ln(a / e) over the parts of a distribution
(Siddiqi, Credit Risk Scorecards, 2006): below 0.1 little, from 0.2 much. Beside it stands, for numbers, the
Kolmogorov–Smirnov distance: the largest difference between the shares of values at or below one and the same number.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from surefoot.datasets.facts import Change, DatasetVersion
from surefoot.datasets.folders import Listed, read_listing
from surefoot.datasets.profiles import share_up_to
from surefoot.datasets.rules import decimal_share
from surefoot.objects import Objects

_LITTLE = 0.1
_MISSING = 0.01
_LEAST = 1e-4  # a part that is empty on one side counts as this much, so that the logarithm exists
_PERMISSION = ("owner", "purpose", "legal_basis", "jurisdiction", "expiry")
_SHOWN = 12


def compare(before: DatasetVersion, after: DatasetVersion, objects: Objects) -> tuple[Change, ...]:
    """Compares two versions by their records, profiles and listings; equal versions differ in nothing.

    Raises:
        IncompleteError: a profile or listing is not here.
    """
    return (
        *_facts(before, after),
        *_columns(_profile(before, objects), _profile(after, objects)),
        *_files(_listed(before, objects), _listed(after, objects)),
    )


def shifts(before: DatasetVersion, profile: Mapping[str, Any], objects: Objects) -> tuple[Change, ...]:
    """What a profile that is not recorded yet has other columns, or columns that hold other things, than a version.

    Raises:
        IncompleteError: the version's profile is not here.
    """
    return tuple(_columns(_profile(before, objects), _by_name(profile)))


def _facts(before: DatasetVersion, after: DatasetVersion) -> Iterator[Change]:
    if before.rows != after.rows:
        yield Change("rows", "", str(before.rows), str(after.rows))
    sources = [str(one.sources[0]["sha256"])[:_SHOWN] for one in (before, after)]
    if sources[0] != sources[1]:
        yield Change("source", "", *sources)
    for name in ("by", "columns", "salt", "sides"):
        rules = [json.dumps(one.split.get(name), sort_keys=True) for one in (before, after)]
        if rules[0] != rules[1]:
            yield Change("split", name, *rules)
    for name in _PERMISSION:
        then, now = getattr(before, name), getattr(after, name)
        if then != now:
            yield Change("permission", name, then, now)


def _profile(version: DatasetVersion, objects: Objects) -> dict[str, Mapping[str, Any]]:
    return {} if version.profile is None else _by_name(json.loads(objects.read(version.profile)))


def _by_name(profile: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    rows = max(int(profile["rows"]), 1)
    return {one["name"]: {**one, "rows": rows} for one in profile.get("columns", ())}


def _columns(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> Iterator[Change]:
    for name in sorted(before.keys() - after.keys()):
        yield Change("removed", name, before=before[name]["type"])
    for name, now in after.items():
        then = before.get(name)
        if then is None:
            yield Change("added", name, after=now["type"])
        elif then["type"] != now["type"]:
            yield Change("retyped", name, before=then["type"], after=now["type"])
        else:
            yield from _shift(name, then, now)


def _shift(name: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    missing = [one["missing"] / one["rows"] for one in (then, now)]
    if abs(missing[0] - missing[1]) >= _MISSING:
        yield Change("missing", name, before=decimal_share(missing[0]), after=decimal_share(missing[1]))
    index = stability(then, now)
    if index is not None and index >= _LITTLE:
        yield Change("drift", name, after=decimal_share(index))


def stability(then: Mapping[str, Any], now: Mapping[str, Any]) -> float | None:
    """The population stability index of a column between two profiles; None where they do not say enough."""
    if then.get("values") and now.get("values") is not None:
        kinds = sorted({*then["values"], *now["values"]})
        return _index([_shares(one["values"], kinds) for one in (then, now)])
    if then.get("deciles") and now.get("deciles") and None not in (*then["deciles"], *now["deciles"]):
        edges = [float(edge) for edge in then["deciles"]]
        if edges[0] == edges[-1]:
            return None
        return _index([_between([float(edge) for edge in one["deciles"]], edges) for one in (then, now)])
    return None


def distance(then: Mapping[str, Any], now: Mapping[str, Any]) -> float | None:
    """The Kolmogorov–Smirnov distance of a column of numbers between two profiles; None where they do not say enough.

    Exact where both profiles list each value. Else it is read off the tenths, with a straight line between each two, so
    it misses what moves within a tenth.
    """
    if then.get("values") and now.get("values"):
        listed = [{float(value): count for value, count in one["values"].items()} for one in (then, now)]
        return _apart([[(edge, _at_orshare_up_to(one, edge)) for edge in {**listed[0], **listed[1]}] for one in listed])
    deciles: list[Sequence[str | None]] = [one.get("deciles") or () for one in (then, now)]
    if not all(deciles) or any(None in one for one in deciles):
        return None
    known = [[float(edge or 0) for edge in one] for one in deciles]
    return _apart([[(edge, share_up_to(one, edge)) for edge in {*known[0], *known[1]}] for one in known])


def _apart(curves: Sequence[Sequence[tuple[float, float]]]) -> float:
    first, second = (dict(curve) for curve in curves)
    return max(abs(first[edge] - second[edge]) for edge in first)


def _at_orshare_up_to(values: Mapping[float, int], edge: float) -> float:
    return sum(count for value, count in values.items() if value <= edge) / (sum(values.values()) or 1)


def _shares(values: Mapping[str, int], kinds: Sequence[str]) -> list[float]:
    total = sum(values.values()) or 1
    return [values.get(kind, 0) / total for kind in kinds]


def _between(deciles: Sequence[float], edges: Sequence[float]) -> list[float]:
    """The share of a distribution, known by its deciles, between each two edges (linear between deciles)."""
    inner = sorted(set(edges[1:-1]))
    cumulative = [0.0, *(share_up_to(deciles, edge) for edge in inner), 1.0]
    return [high - low for low, high in pairwise(cumulative)]


def _index(shares: Sequence[Sequence[float]]) -> float:
    pairs = [(max(e, _LEAST), max(a, _LEAST)) for e, a in zip(*shares, strict=True)]
    return float(sum((actual - expected) * math.log(actual / expected) for expected, actual in pairs))


def _listed(version: DatasetVersion, objects: Objects) -> dict[str, Listed]:
    if version.kind != "files":
        return {}
    with objects.open(str(version.sources[0]["sha256"])) as lines:
        return {file.path: file for file in read_listing(lines)}


def _files(before: Mapping[str, Listed], after: Mapping[str, Listed]) -> Iterator[Change]:
    for path in sorted(before.keys() | after.keys()):
        then, now = before.get(path), after.get(path)
        if then is None:
            yield Change("file-added", path, after=now.sha256[:_SHOWN] if now else None)
        elif now is None:
            yield Change("file-removed", path, before=then.sha256[:_SHOWN])
        elif then.sha256 != now.sha256:
            yield Change("file-changed", path, then.sha256[:_SHOWN], now.sha256[:_SHOWN])
