"""A place to drop a file or a folder on, with buttons that do the same from the keyboard."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QWidget

from surefoot_app.theme import px
from surefoot_app.widgets.boxes import column, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text


class DropZone(QFrame):
    """Takes one file or folder.

    Signals: `dropped(Path)`.

    Args:
        title: what may be dropped. detail: what becomes of it. acts: buttons that choose otherwise.
    """

    dropped = Signal(object)

    def __init__(self, title: str, detail: str, acts: tuple[Button, ...], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "sunken")
        self.setObjectName("drop")
        self.setAccessibleName(title)
        self.setAcceptDrops(True)
        texts = column(Text(title, "strong", wrap=True), Text(detail, "secondary", wrap=True), gap=2)
        inside = row(Glyph("upload", "accent", 24), texts, *acts, gap=12)
        inside.setStretch(1, 1)
        inside.setContentsMargins(16, 14, 16, 14)
        self.setLayout(inside)
        self.setMinimumHeight(px(72))

    def _mark(self, kind: str) -> None:
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            self._mark("info")
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._mark("sunken")

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark("sunken")
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(Path(event.mimeData().urls()[0].toLocalFile()))
