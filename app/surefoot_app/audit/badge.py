"""How the record verifies, always in sight; pressed, it says what was checked, in sentences."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from surefoot.errors import SurefootError
from surefoot_app.audit.asking import Badge
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Card, cleared, column, holding, leave, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import GLYPHS, Glyph
from surefoot_app.widgets.text import Text

_ACROSS = 2


class BadgeCard(Card):
    """Shows a verification, folded to one line until it is asked what was checked.

    Signals: `again` when another one is asked for, where one failed.
    """

    again = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._desk = desk
        self.whole.setContentsMargins(16, 10, 12, 10)
        words = desk.words
        self._glyph = Glyph("loader", "muted", 22)
        self._word, self._why = Text("", "card-title"), Text("", "secondary", wrap=True)
        self._more = Button(words("app.audit.what_checked"), name="audit.checked", kind="quiet", act=self._turn)
        self._more.setCheckable(True)
        self._again = Button(words("app.audit.verify_again"), name="audit.verify", kind="quiet", act=self._on_again)
        texts = column(self._word, self._why, gap=1)
        head = row(self._glyph, texts, self._again, self._more, gap=12)
        head.setStretch(1, 1)
        self._list = column(gap=5)
        self._box = holding(self._list)
        self.body.addLayout(head)
        self.body.addWidget(self._box)
        self.show_verifying()

    def show_verifying(self) -> None:
        """Says that the record is being verified."""
        self._say(self._desk.words("app.home.verifying"), "", "muted", "loader")

    def show_failure(self, error: SurefootError) -> None:
        """Says why the record could not be verified, and what to do; what was found before does not hold any more."""
        told = self._desk.words.error(error)
        why = f"{told.what} {told.do} ({told.code})"
        self._say(self._desk.words("app.audit.badge_failed"), why, "warn", "shield-alert")
        self._again.show()

    def _say(self, word: str, why: str, tone: str, glyph: str) -> None:
        """Shows how it stands, without anything that was checked."""
        self._glyph.set(glyph, tone)
        self._word.setText(word)
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self.setAccessibleName(f"{word}. {why}" if why else word)
        for part in (self._again, self._more, self._box):
            leave(part)
            part.hide()

    def show_badge(self, badge: Badge) -> None:
        """Shows how the record verifies."""
        self._glyph.set(badge.glyph, badge.tone)
        self._word.setText(badge.word)
        self._why.setText(badge.why)
        self._why.show()
        self._more.show()
        self._turn()
        leave(self._again)
        self._again.hide()
        self.setAccessibleName(f"{badge.word}. {badge.why}")
        cleared(self._list)
        for fault in badge.faults:
            line = row(Glyph("triangle-alert", "warn" if badge.tone != "bad" else "bad", 16), Text(fault, wrap=True))
            line.setStretch(1, 1)
            self._list.addLayout(line)
        for place in range(0, len(badge.checks), _ACROSS):
            cells = row(gap=16)
            for text, tone in badge.checks[place : place + _ACROSS]:
                cell = row(Glyph(GLYPHS[tone], tone, 16), Text(text, "quiet", wrap=True))
                cell.setStretch(1, 1)
                cells.addLayout(cell, 1)
            self._list.addLayout(cells)
        if badge.tone == "bad":
            self._more.setChecked(True)
            self._turn()

    def _on_again(self) -> None:
        self.show_verifying()
        self.again.emit()

    def _turn(self) -> None:
        self._box.setVisible(self._more.isChecked())
