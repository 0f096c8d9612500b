"""A sheet over the window: for what cannot be undone, for a passphrase, for a few fields. Esc closes it."""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from surefoot_app.theme import px
from surefoot_app.theme.tokens import GAP, MARGIN, NEAR
from surefoot_app.widgets.boxes import column, holding, row
from surefoot_app.widgets.buttons import Button, Kind, ReasonedButton
from surefoot_app.widgets.text import Text

_FIELDS = (QLineEdit, QPlainTextEdit, QComboBox)


class Sheet(QDialog):
    """A question with its consequences. Things go into `body`; the act's button carries its verb, never "OK".

    Args:
        title: what is going to happen. detail: what it means. act: the verb. cancel: the word that leaves it.
        kind: `primary`, or `danger` for what cannot be undone.
        do: called at the act; the sheet closes by `accept`, which the caller calls when it is well.

    Attributes:
        body: a column. act: the button, with `set_reason`.
    """

    def __init__(  # noqa: PLR0913 - what a sheet says, each by name
        self,
        title: str,
        *,
        act: str,
        cancel: str,
        detail: str = "",
        kind: Kind = "primary",
        do: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setFixedWidth(max(480, px(480)))
        self.body = column(gap=12)
        self.act = ReasonedButton(Button(act, name="sheet.act", kind=kind))
        self.act.button.setDefault(True)
        self.act.pressed.connect(do or self.accept)
        leave = self._leave = Button(cancel, name="sheet.cancel", act=self.reject)
        said = Text(detail, "quiet", wrap=True)
        said.setVisible(bool(detail))
        head = column(Text(title, "step-title", wrap=True), said, gap=4)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        top = column(head, self.body, gap=GAP)
        top.setContentsMargins(MARGIN, 20, MARGIN, 20)
        foot = row(leave, self.act, gap=NEAR)
        foot.setStretch(1, 1)
        foot.setContentsMargins(MARGIN, 12, MARGIN, 12)
        self._top = holding(top)
        whole.addWidget(self._top, 1)
        whole.addWidget(holding(foot, "foot"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._whole = whole

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin()
        # Texts that wrap say how high they are only when the width is known.
        self.resize(self.width(), max(self.height(), self._whole.totalHeightForWidth(self.width())))

    def _begin(self) -> None:
        """Begins where the sheet itself chose to, else at the first field or the act.

        Qt would begin at what was made first, which is Cancel, and Return would choose it.
        """
        # What a list drops down is among its children, but a window of its own.
        mine = (each for each in self._top.findChildren(QWidget) if each.window() is self)
        inside = [each for each in mine if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
        order = [*inside, self._leave, self.act.button]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)
        if self.focusWidget() not in (*inside, self.act.button):
            fields = (each for each in inside if isinstance(each, _FIELDS) and each.isVisible() and each.isEnabled())
            next(fields, self.act.button).setFocus(Qt.FocusReason.ActiveWindowFocusReason)
