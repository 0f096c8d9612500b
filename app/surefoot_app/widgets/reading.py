"""A page of Markdown, to be read."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QImage,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextTable,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from surefoot_app.theme import px


class Reading(QTextEdit):
    """Shows Markdown set as a page. Nothing that it names is loaded, and HTML in it is text.

    Args:
        markdown: the page.
        name: of the widget.
        title: what the page is, for who listens.
    """

    def __init__(self, markdown: str, *, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setTabChangesFocus(True)
        features = QTextDocument.MarkdownFeature
        self.document().setMarkdown(markdown, features.MarkdownNoHTML | features.MarkdownDialectGitHub)
        self._set_apart()

    def loadResource(self, _kind: int, _url: QUrl | str) -> object:
        # Of a picture that is empty Qt would read the file that is named.
        dot = QImage(1, 1, QImage.Format.Format_ARGB32)
        dot.fill(Qt.GlobalColor.transparent)
        return dot

    def _set_apart(self) -> None:
        """Gives paragraphs, headings and cells the room that Qt leaves out."""
        document, cursor = self.document(), QTextCursor(self.document())
        block = document.begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            room, letters = QTextBlockFormat(), QTextCharFormat()
            cursor.setPosition(block.position())
            if cursor.currentTable() is None:
                room.setTopMargin(px(10) if level > 1 else 0)
                room.setBottomMargin(px(6) if block.textList() is None else px(3))
            cursor.mergeBlockFormat(room)
            if level:
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                letters.setProperty(QTextFormat.Property.FontSizeAdjustment, max(0, 3 - level))
                cursor.mergeCharFormat(letters)
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                cells = frame.format()
                cells.setCellPadding(px(4))
                frame.setFormat(cells)
        self.moveCursor(QTextCursor.MoveOperation.Start)
