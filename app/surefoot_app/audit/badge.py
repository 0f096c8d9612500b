"""How the record verifies, always in sight; pressed, it says what was checked, in sentences."""

from PySide6.QtWidgets import QWidget

from surefoot_app.audit.asking import Badge
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Card, cleared, column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import GLYPHS, Glyph
from surefoot_app.widgets.text import Text

_ACROSS = 2


class BadgeCard(Card):
    """Shows a verification, folded to one line until it is asked what was checked."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._desk = desk
        self.whole.setContentsMargins(16, 10, 12, 10)
        words = desk.words
        self._glyph = Glyph("loader", "muted", 22)
        self._word, self._why = Text(words("app.home.verifying"), "card-title"), Text("", "secondary", wrap=True)
        self._more = Button(words("app.audit.what_checked"), name="audit.checked", kind="quiet", act=self._turn)
        self._more.setCheckable(True)
        self._more.hide()
        texts = column(self._word, self._why, gap=1)
        head = row(self._glyph, texts, self._more, gap=12)
        head.setStretch(1, 1)
        self._list = column(gap=5)
        self._box = holding(self._list)
        self._box.hide()
        self._why.hide()
        self.body.addLayout(head)
        self.body.addWidget(self._box)

    def show_badge(self, badge: Badge) -> None:
        """Shows how the record verifies."""
        self._glyph.set(badge.glyph, badge.tone)
        self._word.setText(badge.word)
        self._why.setText(badge.why)
        self._why.show()
        self._more.show()
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

    def _turn(self) -> None:
        self._box.setVisible(self._more.isChecked())
