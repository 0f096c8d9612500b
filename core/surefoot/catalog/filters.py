"""The filter language over the catalog: `metric.auc > 0.89 and param.depth <= 6`, compiled to SQL with bound values.

A room says once, as a `Scope`, what its rows can be filtered and sorted by. The SQL that comes out is put together from
the scope's own fragments, which stand in our code; whatever the user wrote is bound as a parameter.
A comparison with something that a row does not have does not hold: `metric.auc > 0` leaves out runs without an AUC,
`not metric.auc > 0` keeps them.
"""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from surefoot.catalog import grammar
from surefoot.catalog.grammar import Comparison, Condition, Joined, Negated, Value
from surefoot.errors import Code, InputRefusedError

_NO_NUMBERS = {"nan", "inf", "infinity"}
_NEAR = 3
_SHOWN = 8


class Kind(StrEnum):
    """What a column holds, and so what it can be compared with."""

    NUMBER = "number"
    TEXT = "text"
    TIME = "time"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a row has itself.

    Attributes:
        sql: how the query names it, for example `runs.state`.
        kind: what it holds.
    """

    sql: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Family:
    """Named values: metrics, parameters, tags. They lie in a table of their own, one row a name, or in maps of the row.

    Attributes:
        table: the table, for example `run_metrics`; empty where `number` and `text` are maps from name to value that
            the row has itself, for example `runs.metric`.
        owner: its column that says whose value it is, for example `run`.
        of: how the query names the same id in the row, for example `runs.run`.
        name: its column with the value's name.
        number: its column (or expression) with the value as a number, or empty.
        text: its column with the value as text, or empty.
        is_number: whether every value is meant to be a number; as text there is only what is none (`nan`, `inf`).
        names: the names there are, which makes bare names and hints possible; None where they are not known.
    """

    table: str = ""
    owner: str = ""
    of: str = ""
    name: str = "name"
    number: str = ""
    text: str = ""
    is_number: bool = False
    names: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rows of one noun can be filtered and sorted by.

    Attributes:
        noun: the noun, by which a column can be named in full: `run.state`.
        columns: its own columns, by the name that users write.
        families: named values, by the prefix that users write: `metric`, `param`.
    """

    noun: str
    columns: Mapping[str, Column]
    families: Mapping[str, Family] = field(default_factory=lambda: MappingProxyType({}))


def compile(text: str, scope: Scope) -> tuple[str, list[Any]]:  # noqa: A001 - always called as filters.compile
    """Turns a filter into a condition for WHERE and its parameters, in order; an empty filter holds for every row.

    Raises:
        InputRefusedError: it is no filter, names what is not there or not unique, or compares what does not fit.
    """
    if not text.strip():
        return "TRUE", []
    params: list[Any] = []
    return _Compiler(text, scope, params).sql(grammar.parse(text)), params


def order(text: str, scope: Scope) -> tuple[str, list[Any]]:
    """Turns `-metric.auc, created` into terms for ORDER BY and their parameters; rows without the value come last.

    Raises:
        InputRefusedError: it names what is not there or not unique.
    """
    params: list[Any] = []
    terms = []
    place = 1
    for term in text.split(","):
        name = term.strip()
        direction = "DESC" if name.startswith("-") else "ASC"
        start = place + len(term) - len(term.lstrip())
        parts = grammar.parts_of(name.lstrip("+-").lstrip())
        column = _Compiler(text, scope, params).sorted_by(parts, start)
        terms.append(f"{column} {direction} NULLS LAST")
        place += len(term) + 1
    return ", ".join(terms), params


def _is_no_number(condition: Comparison) -> bool:
    """Whether it asks for what is no number: text that could be none, never an order among numbers."""
    return condition.sign in {"=", "!=", "~"} and condition.shown.strip("'\"").lower().lstrip("+-") in _NO_NUMBERS


class _Compiler:
    """Turns one tree into SQL, collecting the parameters."""

    def __init__(self, text: str, scope: Scope, params: list[Any]) -> None:
        self._text = text
        self._scope = scope
        self._params = params

    def sql(self, condition: Condition) -> str:
        if isinstance(condition, Joined):
            return "(" + f" {condition.how.upper()} ".join(self.sql(part) for part in condition.parts) + ")"
        if isinstance(condition, Negated):
            return f"NOT coalesce({self.sql(condition.part)}, FALSE)"
        found = self._find(condition.parts, condition.place)
        if isinstance(found, Column):
            return self._compare(found.sql, found.kind, condition)
        family, name = found
        kind, column = self._side(family, condition)
        self._params.append(name)
        if not family.table:
            return self._compare(f"{column}[?]", kind, condition)
        # Constants of our own rooms only; name and value are bound.
        return (
            f"{family.of} IN (SELECT {family.owner} FROM {family.table} "  # noqa: S608 - names of our own rooms
            f"WHERE {family.name} = ? AND {self._compare(column, kind, condition)})"
        )

    def sorted_by(self, parts: tuple[str, ...], place: int) -> str:
        found = self._find(parts, place)
        if isinstance(found, Column):
            return found.sql
        family, name = found
        self._params.append(name)
        if not family.table:
            return f"{family.number or family.text}[?]"
        return (
            f"(SELECT {family.number or family.text} FROM {family.table} "  # noqa: S608 - names of our own rooms
            f"WHERE {family.owner} = {family.of} AND {family.name} = ?)"
        )

    def _compare(self, column: str, kind: Kind, condition: Comparison) -> str:
        value = self._fitting(kind, condition)
        self._params.append(value)
        if condition.sign == "~":
            return f"contains(lower({column}), lower(?))"
        return f"{column} {condition.sign} ?"

    def _side(self, family: Family, condition: Comparison) -> tuple[Kind, str]:
        """Which of a family's columns the value is compared with."""
        is_number = isinstance(condition.value, float)
        if family.is_number and not is_number and not _is_no_number(condition):
            raise self._unfit(condition, "0.89")
        if not family.text or (family.number and is_number and condition.sign != "~"):
            return Kind.NUMBER, family.number
        if is_number and condition.sign != "~":
            # The engine holds NaN to be greater than every number.
            number = f"try_cast({family.text} AS DOUBLE)"
            return Kind.NUMBER, f"CASE WHEN isfinite({number}) THEN {number} END"
        return Kind.TEXT, family.text

    def _fitting(self, kind: Kind, condition: Comparison) -> Value:
        value = condition.value
        if kind is Kind.TEXT:
            if isinstance(value, str):
                return value
            # `name = 7` and `param.scale = true` mean the text.
            return condition.shown.lower() if isinstance(value, bool) else condition.shown
        if condition.sign == "~":
            raise self._unfit(condition, "= != < <= > >=")
        if kind is Kind.NUMBER and isinstance(value, float):
            return value
        if kind is Kind.FLAG and isinstance(value, bool):
            return value
        if kind is Kind.TIME and isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None)
        example = {Kind.NUMBER: "0.89", Kind.FLAG: "true, false", Kind.TIME: "2026-11-01"}[kind]
        raise self._unfit(condition, example)

    def _find(self, parts: tuple[str, ...], place: int) -> Column | tuple[Family, str]:
        if len(parts) > 1:
            return self._find_full(parts, place)
        bare = parts[0] if parts else ""
        hits = [bare] if bare in self._scope.columns else []
        hits += [f"{prefix}.{bare}" for prefix, family in self._scope.families.items() if bare in (family.names or ())]
        if not hits:
            raise self._unknown(bare, place)
        if len(hits) > 1:
            near = ", ".join(hit if "." in hit else f"{self._scope.noun}.{hit}" for hit in hits)
            raise InputRefusedError(Code.FILTER_AMBIGUOUS, text=self._text, name=bare, place=place, near=near)
        if hits[0] in self._scope.columns:
            return self._scope.columns[bare]
        return self._scope.families[hits[0].split(".", 1)[0]], bare

    def _find_full(self, parts: tuple[str, ...], place: int) -> Column | tuple[Family, str]:
        prefix, name = parts[0], ".".join(parts[1:])
        if prefix == self._scope.noun and name in self._scope.columns:
            return self._scope.columns[name]
        family = self._scope.families.get(prefix)
        if family is not None and (family.names is None or name in family.names):
            return family, name
        raise self._unknown(".".join(parts), place)

    def _unknown(self, name: str, place: int) -> InputRefusedError:
        full = [
            f"{prefix}.{known}"
            for prefix, family in self._scope.families.items()
            for known in sorted(family.names or ())
        ]
        known = [*self._scope.columns, *full]
        last = {one.rsplit(".", 1)[-1]: one for one in reversed(known)}
        near = difflib.get_close_matches(name, known, _NEAR) or [
            last[one] for one in difflib.get_close_matches(name.rsplit(".", 1)[-1], list(last), _NEAR)
        ]
        shown = ", ".join(near or known[:_SHOWN])
        return InputRefusedError(Code.FILTER_NAME, text=self._text, name=name, place=place, near=shown)

    def _unfit(self, condition: Comparison, expected: str) -> InputRefusedError:
        return InputRefusedError(
            Code.FILTER_VALUE,
            text=self._text,
            name=".".join(condition.parts),
            value=condition.shown,
            place=condition.value_place,
            expected=expected,
        )
