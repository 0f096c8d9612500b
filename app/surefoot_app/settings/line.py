"""One setting: what it is, the choice at its right, whether its default holds, and the way back to that."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from surefoot_app.widgets.boxes import column, row
from surefoot_app.widgets.buttons import IconButton
from surefoot_app.widgets.text import Text


class SettingLine(QFrame):
    """Shows one.

    Signals: `reset` when its default is wanted back.

    Attributes:
        said: all its words, for the search.
    """

    reset = Signal()

    def __init__(  # noqa: PLR0913 - what a line says, each by name
        self,
        title: str,
        detail: str,
        control: QWidget,
        *,
        key: str = "",
        mark: str = "",
        undo: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "row")
        self.said = f"{title} {detail} {key}".casefold()
        texts = column(Text(title, "strong", wrap=True), Text(detail, "secondary", wrap=True), gap=2)
        beside = row(texts, gap=16)
        beside.setStretch(0, 1)
        if key:
            under = row(Text(key, "mono"), Text(mark, "caption"), 1, gap=10)
            texts.addLayout(under)
        if undo:
            back = IconButton("rotate-ccw", f"{undo}: {title}", name=f"setting.{key}.reset", act=self.reset.emit)
            beside.addWidget(back)
        beside.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        beside.setContentsMargins(0, 12, 0, 12)
        self.setLayout(beside)
