"""Figures of a table: what its columns hold, and what in them should make its owner look twice.

Runs in a worker. Values of a column are only kept where there are few of them, each borne by several rows, and the
column names nobody: a profile is kept for good, and single people do not belong in it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from duckdb import CaseExpression, Expression

from surefoot.datasets import inference, signs
from surefoot.datasets.engine import Relation, call, column, constant, figures, narrowed
from surefoot.datasets.guesses import Seen
from surefoot.datasets.spelling import Spelling
from surefoot.trail.canonical import Json, decimal
from surefoot.workers.facts import Progress, quiet

FEW = 50
"""Different values up to which a column is taken to name kinds of things."""
_DECILES = tuple(i / 10 for i in range(11))
_NUMBERS = {"integer", "number"}
_TIMES = {"date", "datetime"}


@dataclass(frozen=True, slots=True)
class Named:
    """A column in the engine (`c0`, `c1` …), its real name and its type."""

    place: str
    name: str
    type: str


@dataclass(slots=True)
class Figures:
    """What was counted in one column.

    Attributes:
        numbers: by name, decimals as text. signs: how many values are of a shape (`signs.SHAPES`).
        values: each value with its count, where there are few.
        spellings: in which all of a text's values are numbers, or dates, where they look like such.
    """

    named: Named
    rows: int
    missing: int
    distinct: int
    numbers: dict[str, Json] = field(default_factory=dict)
    signs: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    spellings: list[Spelling] = field(default_factory=list)

    @property
    def seen(self) -> Seen:
        """The same as it is looked at for guesses."""
        return Seen(self.named.name, self.named.type, self.rows, self.missing, self.distinct, self.values)


def measure(table: Relation, columns: Sequence[Named], progress: Progress = quiet) -> list[Figures]:
    """Counts all columns of a table; lists the values of those that have few."""
    (total,) = figures(table, [call("count", constant(1))])
    by_place = {named.place: named for named in columns}
    found = []
    for some, places in narrowed(table, list(by_place)):
        answers = iter(figures(some, [asked for place in places for asked in _asked(by_place[place])]))
        for place in places:
            row = [next(answers) for _ in _asked(by_place[place])]
            one = _understood(by_place[place], int(total), row)
            _look_closer(some, one)
            found.append(one)
        progress("datasets.profile", len(found), len(columns))
    return found


def _look_closer(table: Relation, one: Figures) -> None:
    """Lists the values of a column that has few; checks check digits and other spellings."""
    if 0 < one.distinct <= FEW:
        one.values = values_of(table, one.named)
    for sign in set(signs.CHECKED) & set(one.signs):
        one.signs[sign] = _with_check_digits(table, one.named, sign)
    if set(signs.SPELT) & set(one.signs):
        one.spellings = inference.spelt(table, one.named.place)


def _with_check_digits(table: Relation, named: Named, sign: str) -> int:
    """How many of the first values of a shape have the check digits they should."""
    value = column(named.place)
    shaped = table.filter(call("regexp_full_match", value, constant(signs.SHAPES[sign])))
    return sum(signs.is_valid(sign, str(text)) for (text,) in shaped.select(value).limit(signs.SAMPLE).fetchall())


def values_of(table: Relation, named: Named) -> dict[str, int]:
    """Each value of a column, as text, with the number of its rows; the missing ones are left out."""
    value = column(named.place)
    grouped = table.filter(value.isnotnull()).aggregate(
        [value.cast("VARCHAR").alias("value"), call("count", constant(1)).alias("rows")]
    )
    return dict(sorted((str(text), int(count)) for text, count in grouped.fetchall()))


def _asked(named: Named) -> list[Expression]:
    value = column(named.place)
    always = [call("count", value), value.n_unique()]
    if named.type in _NUMBERS:
        number = value.cast("DOUBLE")
        finite = CaseExpression(call("isfinite", number), number).otherwise(constant(None))
        deciles = constant(list(_DECILES))
        return [*always, call("avg", finite), call("count", finite), call("quantile_cont", finite, deciles)]
    if named.type in _TIMES:
        return [*always, call("min", value).cast("VARCHAR"), call("max", value).cast("VARCHAR")]
    if named.type == "boolean":
        return [*always, call("avg", value.cast("INTEGER"))]
    length = call("length", value)
    spaced = call("count_if", call("trim", value) != value)
    shapes = [call("count_if", call("regexp_full_match", value, constant(shape))) for shape in signs.SHAPES.values()]
    return [*always, call("min", length), call("max", length), spaced, *shapes]


def _understood(named: Named, rows: int, row: Sequence[Any]) -> Figures:
    filled, distinct, *rest = row
    found = Figures(named, rows, rows - int(filled), int(distinct))
    if named.type in _NUMBERS:
        mean, finite, deciles = rest
        found.numbers = {"mean": _text(mean), "deciles": [_text(value) for value in deciles or ()]}
        if int(finite) < int(filled):
            found.numbers["infinite"] = int(filled) - int(finite)
        if deciles:
            found.numbers |= {"min": _text(deciles[0]), "median": _text(deciles[5]), "max": _text(deciles[-1])}
    elif named.type in _TIMES:
        found.numbers = {"min": rest[0], "max": rest[1]}
    elif named.type == "boolean":
        found.numbers = {"mean": _text(rest[0])}
    else:
        shortest, longest, spaced, *shapes = rest
        found.numbers = {"shortest": shortest, "longest": longest, "spaced": int(spaced or 0)}
        found.signs = {sign: int(count) for sign, count in zip(signs.SHAPES, shapes, strict=True) if count}
    return found


def _text(value: float | None) -> str | None:
    return None if value is None or not math.isfinite(value) else decimal(value)
