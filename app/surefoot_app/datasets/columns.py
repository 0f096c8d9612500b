"""The columns of a version: type, role, what is missing, how many values there are, and how they are spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surefoot.datasets import profiles
from surefoot.datasets.facts import DatasetVersion
from surefoot.datasets.profiles import ColumnProfile, Profile
from surefoot.texts import Words
from surefoot_app.bridge.formatting import number
from surefoot_app.datasets.overview import range_of
from surefoot_app.widgets.spread import SPREAD_ROLE, SpreadDelegate
from surefoot_app.widgets.table import Align, Column, Index, Rows, Table


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column as it is shown.

    Attributes:
        told: what was recorded of it. profile: what it holds; None where that is not known.
        care: `special`, `protected` or empty.
    """

    told: Mapping[str, Any]
    profile: ColumnProfile | None
    care: str = ""

    @property
    def name(self) -> str:
        """Its own."""
        return str(self.told["name"])


def rows_of(version: DatasetVersion, profile: Profile | None) -> tuple[ColumnRow, ...]:
    """The columns of a version with their profiles."""
    known = {one.name: one for one in profile.columns} if profile is not None else {}

    def care(name: str) -> str:
        return "special" if name in version.special else "protected" if name in version.protected else ""

    return tuple(
        ColumnRow(one, known.get(str(one["name"])), care(str(one["name"]))) for one in version.columns
    )  # fmt: skip


class ColumnRows(Rows[ColumnRow]):
    """A model that also answers how a column is spread."""

    def data(self, index: Index, role: int = 0) -> Any:
        if role == SPREAD_ROLE and index.isValid():
            row = self.at(index.row())
            return profiles.bars(row.profile) if row is not None and row.profile is not None else ()
        return super().data(index, role)


def columns_table(rows: Sequence[ColumnRow], words: Words, *, name: str, is_brief: bool = False) -> Table:
    """A table of columns; the brief one leaves out what is seen beside it."""
    columns = _columns(words, is_brief=is_brief)
    model = ColumnRows(columns, rows)
    table = Table(name, words("app.datasets.tab_columns"))
    model.setParent(table)
    table.set_model(model, columns)
    spread = next(place for place, one in enumerate(columns) if one.title == words("app.datasets.spread"))
    table.setItemDelegateForColumn(spread, SpreadDelegate(table))
    return table


def care_word(care: str, words: Words) -> str:
    """How a column is to be treated, in a word."""
    return words(f"app.datasets.care_{care}") if care else ""


def _columns(words: Words, *, is_brief: bool) -> tuple[Column[ColumnRow], ...]:
    def missing(row: ColumnRow) -> str:
        if row.profile is None:
            return "–"
        return f"{number(100 * row.profile.missing_share, words, digits=1)} %" if row.profile.missing else "0"

    first = (
        Column[ColumnRow](words("app.datasets.column"), lambda row: row.name, look="strong"),
        Column[ColumnRow](
            words("app.datasets.type"), lambda row: words.term("type", row.told.get("type")), width=92, look="quiet"
        ),
        Column[ColumnRow](words("app.datasets.role"), lambda row: words.term("role", row.told.get("role")), width=112),
    )
    care = Column[ColumnRow](
        words("app.datasets.care"), lambda row: care_word(row.care, words), look="quiet", width=130
    )  # fmt: skip
    spread = Column[ColumnRow](words("app.datasets.spread"), lambda row: _spoken(row, words), width=150)
    if is_brief:
        return (*first, spread)
    return (
        *first,
        care,
        Column[ColumnRow](words("app.datasets.missing_share"), missing, Align.RIGHT, width=84),
        Column[ColumnRow](
            words("app.datasets.distinct"),
            lambda row: number(row.profile.distinct, words) if row.profile is not None else "–",
            Align.RIGHT,
            width=92,
        ),
        spread,
        Column[ColumnRow](words("app.datasets.holds"), lambda row: _spoken(row, words), look="quiet", width=250),
    )


def _spoken(row: ColumnRow, words: Words) -> str:
    return range_of(row.profile, words) if row.profile is not None else ""
