"""Step two: what each column is, and what it is for; guesses with their reasons, one click to change."""

from collections.abc import Mapping
from typing import Any

from surefoot.datasets.facts import TYPES, Look
from surefoot.errors import Code, SurefootError
from surefoot_app.bridge.formatting import number
from surefoot_app.datasets import draft as drafts
from surefoot_app.datasets.columns import ColumnRow, columns_table, rows_of
from surefoot_app.datasets.draft import ROLES, Draft, Judged
from surefoot_app.datasets.overview import range_of
from surefoot_app.datasets.step import Step
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.theme.tokens import NEAR
from surefoot_app.widgets.boxes import cleared, column, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.fields import Field, Select
from surefoot_app.widgets.table import Table
from surefoot_app.widgets.text import Text, capital, line

_LEAST_HEIGHT = 240  # of the table; where a window has no room for it the step scrolls
_CARES = ("none", "protected", "special")
# Errors that one column makes, and which are over when it is read as text or left out.
_OF_A_COLUMN = {Code.MIXED_TYPES, Code.COLUMN_TYPE}


class SchemaStep(Step):
    """The columns, and the one that is chosen below them."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__("schema", desk, draft)
        self._look: Look | None = None
        self._table: Table | None = None
        self._rows: tuple[ColumnRow, ...] = ()
        self._wrong = column(gap=NEAR)
        self._list = column(1, gap=0)
        self._side = column(gap=NEAR)
        self.body.addLayout(self._wrong)
        self.body.addLayout(self._list, 1)
        self.body.addWidget(line())
        self.body.addLayout(self._side)

    def follow(self, judged: Judged) -> None:
        """See `Step.follow`."""
        super().follow(judged)
        self._show_error(judged.error if judged.at == drafts.SCHEMA else None)
        if judged.look is None or judged.look is self._look:
            return
        self._look = judged.look
        self._build(judged.look)

    def _show_error(self, error: SurefootError | None) -> None:
        cleared(self._wrong)
        if error is None:
            return
        told = self.words.error(error)
        self._wrong.addWidget(Text(f"{told.what} {told.means} {told.do} ({told.code})", "bad", wrap=True))
        column_ = str(error.values.get("column", ""))
        if error.code in _OF_A_COLUMN and column_:
            as_text = Button(self.words("app.datasets.as_text", column=column_), name="dataset.as_text")
            as_text.clicked.connect(lambda _checked=False: self.tell(drafts.with_type(self.draft, column_, "text")))
            leave = Button(self.words("app.datasets.leave_out", column=column_), name="dataset.leave_out")
            leave.clicked.connect(lambda _checked=False: self.tell({"drop": (*self.draft.drop, column_)}))
            buttons = [leave] if error.code is Code.COLUMN_TYPE else [as_text, leave]
            self._wrong.addLayout(row(*buttons, 1))

    def _build(self, look: Look) -> None:
        chosen = self._table.currentIndex().row() if self._table is not None else 0
        cleared(self._list)
        self._rows = rows_of(look.version, look.profile)
        if not self._rows:
            self._table = None
            self._list.addWidget(Text(self.words("app.datasets.no_columns_why"), "quiet", wrap=True))
            return
        self._table = columns_table(self._rows, self.words, name="dataset.schema", is_brief=True)
        self._table.setMinimumHeight(px(_LEAST_HEIGHT))
        self._list.addWidget(self._table)
        self._table.selectionModel().currentRowChanged.connect(lambda now, _before: self._show_column(now.row()))
        self.choose(min(max(chosen, 0), len(self._rows) - 1))

    def choose(self, place: int) -> None:
        """Shows one column below the list."""
        if self._table is not None:
            self._table.setCurrentIndex(self._table.model().index(place, 0))
            self._show_column(place)

    def _show_column(self, place: int) -> None:
        cleared(self._side)
        look = self._look
        if look is None or not 0 <= place < len(self._rows):
            return
        one, words, version = self._rows[place], self.words, look.version
        heading = row(Text(one.name, "card-title"), gap=12)
        if one.profile is not None:
            counts = {
                "distinct": number(one.profile.distinct, words),
                "missing": number(one.profile.missing, words),
                "holds": range_of(one.profile, words),
            }
            heading.addWidget(Text(words("app.datasets.column_holds", **counts), "secondary", wrap=True), 1)
        self._side.addLayout(heading)
        types = [(kind, words.term("type", kind)) for kind in TYPES]
        roles = [(role, words(f"app.datasets.as_{role}")) for role in ROLES]
        cares = [(care, words(f"app.datasets.care_{care}")) for care in _CARES]
        fields = [
            self._choice("type", types, str(one.told["type"]), one),
            self._choice("role", roles, str(one.told["role"]), one),
            self._choice("care", cares, one.care or "none", one),
        ]
        values = sorted(one.profile.values) if one.profile is not None else []
        if one.told["role"] == "target" and values:
            fields.insert(2, self._positive(values, str((version.target or {}).get("positive") or "")))
        self._side.addLayout(self.beside(*fields, shares=(1,) * len(fields)))

    def _choice(self, what: str, options: list[tuple[str, str]], now: str, one: ColumnRow) -> Field:
        """A choice, with why it is as it is under it."""
        select = Select(options, name=f"dataset.{what}")
        select.choose(now)
        select.chosen.connect(lambda key: self.tell(self._answer(what, one.name, key)))
        label, why = self.words(f"app.datasets.{what}"), self.reason(what, one)
        made = Field(label, select, name=f"dataset.{what}", hint=capital(why))
        select.setAccessibleName(f"{label}: {one.name}")
        return made

    def _positive(self, values: list[str], now: str) -> Field:
        select = Select([(value, value) for value in values], name="dataset.positive")
        select.choose(now)
        select.chosen.connect(self.telling("positive"))
        return Field(self.words("app.datasets.positive"), select, name="dataset.positive")

    def _answer(self, what: str, name: str, key: str) -> Mapping[str, Any]:
        look = self._look
        if look is None:
            return {}
        if what == "type":
            return drafts.with_type(self.draft, name, key)
        if what == "role":
            return drafts.with_role(self.draft, look.version, name, key)
        return drafts.with_care(look.version, name, key)

    def reason(self, what: str, one: ColumnRow) -> str:
        """Why a column has this type, role or care, in words."""
        words, look = self.words, self._look
        if look is None:
            return ""
        if what == "type":
            if dict(self.draft.types).get(one.name):
                return words("say.dataset.reason.said")
            kind, profile = str(one.told["type"]), one.profile
            filled = number(profile.rows - profile.missing, words) if profile is not None else ""
            key = "type-text" if kind == "text" else "type"
            return words.told(f"say.dataset.reason.{key}", filled=filled, type=kind)
        role = str(one.told["role"])
        if what == "care":
            why = look.reasons.get(f"{one.care}:{one.name}", "said" if one.care else "")
        else:
            why = look.reasons.get(role, "" if role == "feature" else "said")
        return words(f"say.dataset.reason.{why}") if why else ""
