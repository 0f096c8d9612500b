"""Which type a column of text has: decided by all of its values, by rules that no library version can change.

Import rule 1. A value is trimmed, brought into our spelling where its owner said how it is written (`spelling`), then:

    integer   up to 18 digits with a sign, no leading zero          number    decimal point or exponent
    boolean   true, false in any case                               date      2026-03-31
    datetime  2026-03-31T10:00[:00[.000000]][Z|+01:00], kept as UTC  text      anything else

A column is of a type when every value that is not missing is. Where half of the values or more are of one type and
the rest are not, somebody has to say whether the rest are mistakes. Digits that would lose something as a number
(leading zeros, more than 18 of them) are text.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from duckdb import CaseExpression, Expression

from surefoot.datasets.engine import Relation, call, column, constant, figures
from surefoot.datasets.facts import DATE_FORMATS
from surefoot.datasets.spelling import Spelling

MARKERS = ("", "?", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null")
"""What means "missing" among numbers, dates and booleans."""
TEXT_MARKERS = ("", "?")
"""What means "missing" in text: `NA` may be Namibia there."""

_MOSTLY = 0.5
_INTEGER = r"[+-]?[0-9]{1,18}"
_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
_CODE = r"[+-]?(0[0-9]+|[0-9]{19,})"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
_ENGINE_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}
PER_COLUMN = 7
"""Figures that `counting` asks for, a column."""
_OURS = Spelling()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many values of a column are what.

    Attributes:
        filled: not missing. code: digits that are no number. The rest: those that are of a type.
    """

    filled: int
    integer: int
    number: int
    boolean: int
    time: int
    date: int
    code: int

    def of(self, kind: str) -> int:
        """How many values are of a type."""
        match kind:
            case "text":
                return self.filled
            case "datetime":
                return self.time
            case _:
                return int(getattr(self, kind))


@dataclass(frozen=True, slots=True)
class Judgement:
    """The type of a column.

    Attributes:
        type: as in `facts.TYPES`. confidence: 0–1.
        misfits: values that are not of this type although most are; the column cannot be used as it is.
    """

    type: str
    confidence: float
    misfits: int = 0


def judge(counts: Counts, *, declared: str | None = None) -> Judgement:
    """Decides a column's type.

    The confidence is the rule of succession, (n + 1) / (n + 2) after n values that all fit: sure after many, not
    after three. For text it is the share of values that are not of the type that comes next.
    """
    if declared is not None:
        return Judgement(declared, 1.0, counts.filled - counts.of(declared))
    n = counts.filled
    if n == 0:
        return Judgement("text", 0.5)
    for kind in ("integer", "number", "boolean", "date", "datetime"):
        if counts.of(kind) == n and not counts.code:
            return Judgement(kind, (n + 1) / (n + 2))
    if counts.code:
        return Judgement("text", 0.9)
    best = max(("number", "datetime", "boolean"), key=counts.of)
    share = counts.of(best) / n
    if share >= _MOSTLY and counts.of(best) < n:
        kind = "integer" if best == "number" and counts.integer == counts.number else best
        return Judgement(kind, share, n - counts.of(best))
    return Judgement("text", max(0.5, 1 - share))


def counts_of(row: Sequence[int]) -> Counts:
    """The figures of one column, in the order in which `counting` asks for them."""
    return Counts(*row)


def counting(name: str) -> list[Expression]:
    """The aggregates that `counts_of` reads, for one column of trimmed values (`filled`)."""
    value = column(name)
    return [
        call("count", value),
        call("count_if", fits(value, "integer")),
        call("count_if", fits(value, "number")),
        call("count_if", fits(value, "boolean")),
        call("count_if", fits(value, "datetime")),
        call("count_if", fits(value, "date")),
        call("count_if", call("regexp_full_match", value, constant(_CODE))),
    ]


def fits(value: Expression, kind: str) -> Expression:
    """Whether a trimmed value is of a type; NULL where it is missing."""
    match kind:
        case "integer":
            return call("regexp_full_match", value, constant(_INTEGER))
        case "number":
            return call("regexp_full_match", value, constant(_NUMBER))
        case "boolean":
            return call("lower", value).isin(constant("true"), constant("false"))
        case "date":
            return call("regexp_full_match", value, constant(_DATE)) & value.try_cast("DATE").isnotnull()
        case "datetime":
            shape = call("regexp_full_match", value, constant(f"{_DATE}({_CLOCK})?"))
            return shape & value.try_cast("TIMESTAMPTZ").isnotnull()
        case _:
            return value.isnotnull()


def nulls(missing: Collection[str] | None) -> list[str]:
    """The cells that are missing whatever the type, as the engine's reader is told to drop them."""
    return sorted({"", *(TEXT_MARKERS if missing is None else missing)})


def filled(name: str, missing: Collection[str] | None) -> Expression:
    """A column's trimmed value, NULL where it is missing among numbers, dates and booleans."""
    return _cleaned(call("trim", column(name)), MARKERS if missing is None else missing)


def _cleaned(value: Expression, markers: Collection[str]) -> Expression:
    marks = sorted({"", *markers})
    return CaseExpression(value.isin(*(constant(mark) for mark in marks)), constant(None)).otherwise(value)


def typed(name: str, kind: str, spelling: Spelling = _OURS) -> Expression:
    """A column of text, cast to its type; every value is known to fit, or to mean that there is none.

    The words for "missing" that were not dropped by the reader are no numbers, dates or booleans, but "nan", which
    the engine takes for a number.
    """
    value = spelling.plain(call("trim", column(name)))
    match kind:
        case "text":
            return column(name)
        case "number":
            return _finite(value.try_cast("DOUBLE"))
        case "datetime":
            return value.try_cast("TIMESTAMPTZ").cast("TIMESTAMP")
        case _:
            return value.try_cast(_ENGINE_TYPES[kind])


def _finite(number: Expression) -> Expression:
    return CaseExpression(call("isnan", number), constant(None)).otherwise(number)


def spelt(table: Relation, name: str, missing: Collection[str] | None = None) -> list[Spelling]:
    """The spellings in which each value of a column of text is a number, or a date."""
    value = filled(name, missing)
    asked = [(Spelling(","), "number"), *((Spelling(dates=form), "datetime") for form in DATE_FORMATS)]
    counts = figures(table, [call("count", value), *(call("count_if", fits(s.plain(value), k)) for s, k in asked)])
    return [spelling for (spelling, _), count in zip(asked, counts[1:], strict=True) if count == counts[0] > 0]


def of_engine(kind: str) -> str | None:
    """The type that a column of a typed file (Parquet) has; None where it fits no table cell."""
    word = kind.partition("(")[0].strip()
    if kind.endswith("]") or word not in _KNOWN:
        return None
    return _KNOWN[word]


_KNOWN: Mapping[str, str] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "integer"),
    **dict.fromkeys(("UBIGINT", "HUGEINT", "UHUGEINT", "DECIMAL", "FLOAT", "DOUBLE"), "number"),
    "BOOLEAN": "boolean",
    "DATE": "date",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "datetime"),
    "TIMESTAMP WITH TIME ZONE": "datetime",
    **dict.fromkeys(("VARCHAR", "ENUM", "UUID"), "text"),
}


def from_typed(name: str, kind: str, missing: Collection[str] | None) -> Expression:
    """A column of a typed file, brought to one of our types; NaN and empty text become missing."""
    value = column(name)
    match kind:
        case "text":
            return _cleaned(value.cast("VARCHAR"), missing or ())
        case "number":
            return _finite(value.cast("DOUBLE"))
        case "datetime":
            return value.cast("TIMESTAMP")
        case _:
            return value.cast(_ENGINE_TYPES[kind])
