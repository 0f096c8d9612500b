"""The frame's own sheets: the passphrase, the shortcuts, the report of a crash."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from surefoot.errors import Code, SurefootError
from surefoot.texts import Words
from surefoot_app.shell.actions import Action
from surefoot_app.widgets.boxes import scrolled
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.sheet import Sheet
from surefoot_app.widgets.text import Text


class PassphraseSheet(Sheet):
    """Asks for the passphrase of the person's key, when something has to be signed with it.

    Args:
        times_wrong: how often what was written before did not open the key.
    """

    def __init__(self, words: Words, parent: QWidget | None = None, *, times_wrong: int = 0) -> None:
        super().__init__(
            words("app.shell.passphrase_title"),
            detail=words("app.shell.passphrase_why"),
            act=words("app.shell.passphrase_act"),
            cancel=words("app.shell.cancel"),
            parent=parent,
        )
        self._missing = words("app.shell.passphrase_missing")
        self._edit = QLineEdit()
        self._edit.setEchoMode(QLineEdit.EchoMode.Password)
        field = Field(words("app.shell.passphrase"), self._edit, name="passphrase")
        if times_wrong:
            told = words.error(SurefootError(Code.PASSPHRASE_WRONG))
            tries = words("app.shell.passphrase_tries", count=times_wrong) if times_wrong > 1 else ""
            field.set_wrong(" ".join(part for part in (told.what, tries, told.do, f"({told.code})") if part))
        self.body.addWidget(field)
        self._edit.textChanged.connect(self._on_changed)
        self._on_changed("")
        self._edit.setFocus()

    @property
    def passphrase(self) -> str:
        """What was written."""
        return self._edit.text()

    def _on_changed(self, text: str) -> None:
        self.act.set_reason("" if text else self._missing)


class ShortcutsSheet(Sheet):
    """Every act that has a key, or a verb on the command line."""

    def __init__(self, words: Words, actions: Sequence[Action], parent: QWidget | None = None) -> None:
        super().__init__(
            words("app.shell.shortcuts"),
            detail=words("app.shell.shortcuts_detail"),
            act=words("app.shell.close"),
            cancel=words("app.shell.cancel"),
            parent=parent,
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        known = [action for action in actions if action.shortcut or action.verb]
        for place, action in enumerate(known):
            grid.addWidget(Text(action.text(words)), place, 0)
            grid.addWidget(Text(action.shortcut, "mono"), place, 1)
            grid.addWidget(Text(f"surefoot {action.verb}" if action.verb else "", "mono"), place, 2)
        area = scrolled(grid)
        area.setMinimumHeight(360)
        self.body.addWidget(area)


class ReportSheet(Sheet):
    """The report of a crash, as text: to read, to copy, to hand on. Nothing is sent."""

    def __init__(self, words: Words, report: str, parent: QWidget | None = None) -> None:
        super().__init__(
            words("app.shell.crash_title"),
            detail=words("app.shell.crash_detail"),
            act=words("app.shell.crash_seen"),
            cancel=words("app.shell.later"),
            parent=parent,
        )
        text = QPlainTextEdit(report)
        text.setReadOnly(True)
        text.setObjectName("crash.report")
        text.setAccessibleName(words("app.shell.crash_title"))
        text.setMinimumHeight(260)
        self.body.addWidget(text)
