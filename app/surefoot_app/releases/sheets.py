"""The sheets of releases: letting a check be, signing, adopting a policy."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QPlainTextEdit, QSpinBox, QWidget

from surefoot.releases.facts import Loosening
from surefoot.texts import Words
from surefoot_app.releases.steps import unsaid
from surefoot_app.theme import px
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.sheet import Sheet
from surefoot_app.widgets.text import Text


class WaiveSheet(Sheet):
    """Asks why a check is let be, and for how long.

    Attributes:
        reason, days: what was written.
    """

    def __init__(self, words: Words, *, check: str, most: int, parent: QWidget | None = None) -> None:
        super().__init__(
            words("app.releases.waive_title", check=check),
            detail=words("app.releases.waive_detail"),
            act=words("app.releases.waive_act"),
            cancel=words("app.shell.cancel"),
            parent=parent,
        )
        self._words = words
        self._reason, self._days = QPlainTextEdit(), QSpinBox()
        self._reason.setFixedHeight(px(76))
        self._reason.setTabChangesFocus(True)
        self._days.setRange(1, max(1, most))
        self._days.setValue(most)
        self._days.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self._until = Text("", "secondary")
        self.body.addWidget(Field(words("app.releases.waive_reason"), self._reason, name="waive.reason"))
        self.body.addWidget(Field(words("app.releases.waive_days", most=most), self._days, name="waive.days"))
        self.body.addWidget(self._until)
        self._reason.textChanged.connect(self._update)
        self._days.valueChanged.connect(self._update)
        self._update()
        self._reason.setFocus()

    @property
    def reason(self) -> str:
        """Why."""
        return self._reason.toPlainText().strip()

    @property
    def days(self) -> int:
        """For how many days from today."""
        return self._days.value()

    def _update(self, _value: object = None) -> None:
        until = (datetime.now(UTC).date() + timedelta(days=self.days)).isoformat()  # as it is recorded
        self._until.setText(self._words("app.releases.waive_until", until=until))
        self.act.set_reason(unsaid(self.reason, self._words))


class SignSheet(Sheet):
    """Says once more what is signed, and that it cannot be undone."""

    def __init__(self, words: Words, *, title: str, files: int, digest: str, parent: QWidget | None = None) -> None:
        super().__init__(
            words("app.releases.sign_title", title=title),
            detail=words("app.releases.cannot_undo"),
            act=words("app.releases.sign_act"),
            cancel=words("app.shell.cancel"),
            parent=parent,
        )
        self.body.addWidget(Text(words("app.releases.sign_files", count=files, digest=digest[:8]), wrap=True))


class AdoptSheet(Sheet):
    """Says where a policy asks less than the one in force, before it is adopted."""

    def __init__(
        self, words: Words, *, name: str, loosened: Sequence[Loosening], parent: QWidget | None = None
    ) -> None:
        super().__init__(
            words("app.releases.adopt_title", name=name),
            detail=words("app.releases.adopt_detail"),
            act=words("app.releases.adopt_act"),
            cancel=words("app.shell.cancel"),
            parent=parent,
        )
        if loosened:
            self.body.addWidget(Pill(words("app.releases.loosened", count=len(loosened)), "warn"))
            self.body.addWidget(Text(words("why.releases.loosened"), "quiet", wrap=True))
        for one in loosened:
            said = words("app.releases.loosened_point", key=one.key, old=one.old, new=one.new)
            self.body.addWidget(Text(said, wrap=True))
