"""From figures to what the owner should know: the profile that is kept with a version, and its warnings.

Pure. A warning is a key of `say.dataset.warning` with its values, so that it can be said in any language.
"""

from collections.abc import Mapping, Sequence

from surefoot.datasets import signs
from surefoot.datasets.csvtext import shown
from surefoot.datasets.facts import Plan, Warned
from surefoot.datasets.profiling import FEW, Figures
from surefoot.datasets.rules import Roles, decimal_share
from surefoot.trail.canonical import Json

SMALL_GROUP = 30
"""Rows below which nothing certain can be said of a group (formats.md §6)."""
SHOWN_FROM = 5
"""Rows that have to share a value before the profile names it; fewer would point at single people."""
_MISSING = 0.2
_IMBALANCE = 0.1
_MARKERS = {"NA", "N/A", "n/a", "null", "NULL", "None", "NaN", "nan", "-", "--", "unknown", "-999", "9999"}


def profile(
    found: Sequence[Figures],
    roles: Roles,
    plan: Plan,
    *,
    leaks: Sequence[Warned],
    counts: Mapping[str, int],
    delimiter: str | None,
) -> dict[str, Json]:
    """The whole profile: a part for each column, the classes of the target, the groups, and the warnings.

    Args:
        found: what was counted.
        roles: which column is for what.
        plan: what the owner said.
        leaks: what the split lets through.
        counts: rows of each side.
        delimiter: of a CSV text; None where the table came in another way.
    """
    warnings = [*_of_table(roles, plan), *leaks]
    for one in found:
        warnings += [*_of_column(one, roles), *_of_spelling(one, plan, delimiter)]
    return {
        "format": 1,
        "rows": sum(counts.values()),
        "counts": dict(counts),
        "columns": [_column(one, roles) for one in found],
        "warnings": [{"key": one.key, "values": dict(one.values)} for one in warnings],
    }


def summary(profile_: Mapping[str, Json]) -> dict[str, Json]:
    """What of a profile is recorded with the version itself."""
    columns = profile_["columns"]
    warnings = profile_["warnings"]
    missing = (
        sum(int(str(one["missing"])) for one in columns if isinstance(one, dict)) if isinstance(columns, list) else 0
    )
    return {"rows": profile_["rows"], "missing_cells": missing, "warnings": warnings}


def _column(one: Figures, roles: Roles) -> dict[str, Json]:
    name = one.named.name
    found: dict[str, Json] = {
        "name": name,
        "type": one.named.type,
        "missing": one.missing,
        "distinct": one.distinct,
        **one.numbers,
    }
    if one.values and name not in {*roles.key, roles.subject}:
        found["values"] = {value: count for value, count in one.values.items() if count >= SHOWN_FROM}
        found["rare"] = sum(count < SHOWN_FROM for count in one.values.values())
    return found


def _of_table(roles: Roles, plan: Plan) -> list[Warned]:
    found = []
    if not roles.key:
        found.append(Warned("no-key"))
    if roles.target is None:
        found.append(Warned("no-target"))
    about_people = roles.subject is not None or roles.protected
    if about_people and plan.legal_basis is None:
        found.append(Warned("no-legal-basis"))
    if about_people and plan.purpose is None:
        found.append(Warned("no-purpose"))
    return found


def _of_column(one: Figures, roles: Roles) -> list[Warned]:
    name, shown_name = one.named.name, shown(one.named.name)
    found = []
    if one.missing and one.missing >= _MISSING * one.rows:
        share = decimal_share(one.missing / one.rows)
        found.append(Warned("much-missing", {"column": shown_name, "share": share, "count": one.missing}))
    if one.distinct <= 1 and name != roles.target:
        found.append(Warned("constant", {"column": shown_name}))
    if one.numbers.get("infinite"):
        found.append(Warned("infinite", {"column": shown_name, "count": one.numbers["infinite"]}))
    if one.numbers.get("spaced"):
        found.append(Warned("spaces", {"column": shown_name, "count": one.numbers["spaced"]}))
    # As the template for tables decides, which learns from no such text.
    if one.named.type == "text" and roles.of(name) == "feature" and one.distinct > max(FEW, one.rows // 2):
        found.append(Warned("own-values", {"column": shown_name, "count": one.distinct, "rows": one.rows}))
    found += _of_signs(one)
    marks = sorted(_MARKERS & set(one.values)) if one.named.type == "text" else []
    if marks:
        found.append(Warned("looks-missing", {"column": shown_name, "value": marks[0], "count": one.values[marks[0]]}))
    if name == roles.target:
        found += _of_target(one)
    if name in roles.protected:
        small = sum(count < SMALL_GROUP for count in one.values.values())
        if small and one.named.type != "number":
            found.append(Warned("small-groups", {"column": shown_name, "count": small, "least": SMALL_GROUP}))
    return found


def _of_signs(one: Figures) -> list[Warned]:
    """What points at people, wherever it is."""
    return [
        Warned("personal-data", {"column": shown(one.named.name), "kind": sign, "count": one.signs[sign]})
        for sign in signs.PERSONAL
        if one.signs.get(sign)
    ]


def _of_spelling(one: Figures, plan: Plan, delimiter: str | None) -> list[Warned]:
    """Texts that are mostly numbers or dates in another spelling, with the option that reads them."""
    filled = max(one.rows - one.missing, 1)
    many = {sign: count for sign, count in one.signs.items() if count >= signs.MOSTLY * filled}
    base: dict[str, Json] = {"column": shown(one.named.name)}
    found = []
    if "decimal-comma" in many and plan.decimal is None:
        is_sure = delimiter != "," and any(spelling.decimal == "," for spelling in one.spellings)
        key = "decimal-comma" if delimiter is None else "decimal-comma-sure" if is_sure else "decimal-comma-either"
        found.append(Warned(key, {**base, "count": many["decimal-comma"]}))
    if "decimal-point" in many and plan.decimal == ",":
        found.append(Warned("decimal-point", {**base, "count": many["decimal-point"]}))
    if "odd-dates" in many:
        is_open = delimiter is not None and plan.date_format is None
        forms = [spelling.dates for spelling in one.spellings if spelling.dates is not None] if is_open else []
        key = ("odd-dates", "odd-dates-sure")[len(forms)] if len(forms) <= 1 else "odd-dates-either"
        options: dict[str, Json] = {"options": ", ".join(f"--date-format {form}" for form in forms)} if forms else {}
        found.append(Warned(key, {**base, "count": many["odd-dates"], **options}))
    return found


def _of_target(one: Figures) -> list[Warned]:
    found = []
    name = shown(one.named.name)
    if one.missing:
        found.append(Warned("target-missing", {"column": name, "count": one.missing}))
    rarest = min(one.values.values(), default=0)
    if rarest and rarest < _IMBALANCE * one.rows:
        found.append(Warned("imbalance", {"column": name, "share": decimal_share(rarest / one.rows)}))
    return found
