"""A place to drop a file or a folder on, with buttons that do the same from the keyboard."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QWidget

from surefoot_app.theme import px
from surefoot_app.theme.tokens import NEAR
from surefoot_app.widgets.boxes import column, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text


def dropped(event: QDropEvent) -> Path | None:
    """The one file or folder of this computer that is dropped; None where it is something else, or several."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


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
        head = row(Glyph("upload", "accent", 24), texts, gap=12)
        head.setStretch(1, 1)
        # Under the texts: beside them there is no room for both on a small screen.
        inside = column(head, row(*acts, 1, gap=NEAR), gap=12)
        inside.setContentsMargins(16, 14, 16, 14)
        self.setLayout(inside)
        self.setMinimumHeight(px(72))

    def _mark(self, kind: str) -> None:
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event) is not None:
            self._mark("info")
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._mark("sunken")

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark("sunken")
        path = dropped(event)
        if path is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(path)
