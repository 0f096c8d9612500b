"""Step five: what should make the owner look twice, in sentences with charts, and where it is mended."""

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from surefoot.datasets.facts import Change, Look, Warned
from surefoot_app.bridge.formatting import number
from surefoot_app.datasets.draft import CONSENT, SCHEMA, SPLIT, Draft, Judged
from surefoot_app.datasets.overview import finding
from surefoot_app.datasets.step import Step
from surefoot_app.datasets.telling import LEAKS, sentence
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.bars import BarRows, NamedBar
from surefoot_app.widgets.boxes import Card, cleared, column
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.text import Text, line

_MOST = 8
_PLACES: Mapping[str, tuple[str, int]] = {
    **dict.fromkeys(("no-legal-basis", "no-purpose"), ("to_consent", CONSENT)),
    **dict.fromkeys(("no-key", "no-target", "target-missing", "own-values", "constant"), ("to_schema", SCHEMA)),
    **dict.fromkeys(sorted(LEAKS), ("to_split", SPLIT)),
}


class QualityStep(Step):
    """The findings of the look."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__("quality", desk, draft)
        self._look: Look | None = None
        self._seen = column(gap=GAP)
        self.body.addLayout(self._seen)
        self.body.addStretch(1)

    def follow(self, judged: Judged) -> None:
        """See `Step.follow`."""
        super().follow(judged)
        look = judged.dressed
        if look == self._look:
            return
        self._look = look
        cleared(self._seen)
        if look is None:
            return
        self._seen.addWidget(self._findings(look))
        for card in (self._classes(look), self._missing(look)):
            if card is not None:
                self._seen.addWidget(card)
        if look.before is not None:
            self._seen.addWidget(self._shifts(look))

    def _findings(self, look: Look) -> QWidget:
        words = self.words
        card = Card(words("app.datasets.findings"))
        card.body.setSpacing(0)
        card.head.addWidget(Text(words("app.datasets.findings_count", count=len(look.version.warnings)), "secondary"))
        for place, warned in enumerate(look.version.warnings):
            if place:
                card.body.addWidget(line())
            card.body.addLayout(sentence(finding(warned, words), act=self._mend(warned)))
        if not look.version.warnings:
            card.body.addLayout(sentence(words("app.datasets.no_findings"), is_well=True))
        return card

    def _mend(self, warned: Warned) -> Button | None:
        """What mends a finding with one press, or leads to where it is mended."""
        name = str(warned.values.get("column", ""))
        if warned.key == "personal-data" and name:
            act = Button(self.words("app.datasets.leave_out_short"), name=f"dataset.drop.{name}", kind="quiet")
            act.clicked.connect(lambda _checked=False: self.tell({"drop": (*self.draft.drop, name)}))
            return act
        if warned.key == "decimal-comma-sure":
            act = Button(self.words("app.datasets.read_comma"), name="dataset.read_comma", kind="quiet")
            act.clicked.connect(lambda _checked=False: self.tell({"decimal": ","}))
            return act
        if warned.key == "odd-dates-sure":
            form = str(warned.values.get("options", "")).rpartition(" ")[2]
            act = Button(self.words("app.datasets.read_dates", form=form), name="dataset.read_dates", kind="quiet")
            act.clicked.connect(lambda _checked=False: self.tell({"date_format": form}))
            return act
        place = _PLACES.get(warned.key)
        return self.go(*place, name=f"dataset.mend.{warned.key}") if place is not None else None

    def _missing(self, look: Look) -> QWidget | None:
        words = self.words
        found = sorted((one for one in look.profile.columns if one.missing), key=lambda one: -one.missing)[:_MOST]
        if not found:
            return None
        bars = [
            NamedBar(one.name, one.missing_share, f"{number(100 * one.missing_share, words, digits=1)} %")
            for one in found
        ]
        card = Card(words("app.datasets.missing_most"))
        card.body.addWidget(BarRows(words("app.datasets.missing_most"), bars))
        card.body.addStretch(1)
        return card

    def _classes(self, look: Look) -> QWidget | None:
        words, target = self.words, str((look.version.target or {}).get("column") or "")
        one = next((one for one in look.profile.columns if one.name == target), None)
        if one is None or not one.values:
            return None
        filled = max(1, one.rows - one.missing)
        listed = sorted(one.values.items(), key=lambda item: -item[1])[:_MOST]
        bars = [
            NamedBar(value, rows, f"{number(rows, words)} ({number(100 * rows / filled, words, digits=1)} %)")
            for value, rows in listed
        ]
        card = Card(words("app.datasets.classes", column=target))
        card.body.addWidget(BarRows(words("app.datasets.classes", column=target), bars))
        card.body.addStretch(1)
        return card

    def _shifts(self, look: Look) -> QWidget:
        words, before = self.words, look.before
        card = Card(words("app.datasets.shifts", ref=before.ref if before is not None else ""))
        card.body.setSpacing(0)
        for change in look.shifts:
            card.body.addLayout(sentence(self._shift(change)))
        if not look.shifts:
            card.body.addLayout(sentence(words("app.datasets.no_shifts"), is_well=True))
        return card

    def _shift(self, change: Change) -> str:
        words, said = self.words, {"added", "removed", "retyped"}
        show = (lambda value: words.term("type", value)) if change.what in said else words.figure
        values = {"column": change.name, "before": show(change.before), "after": show(change.after)}
        return words(f"app.datasets.shift_{change.what}", **values)
