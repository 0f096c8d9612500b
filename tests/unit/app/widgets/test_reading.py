"""A page of Markdown: set for reading, and nothing in it reaches beyond it."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QImage, QTextDocument
from pytestqt.qtbot import QtBot

from surefoot_app.widgets.reading import Reading


def reading(qtbot: QtBot, markdown: str) -> Reading:
    shown = Reading(markdown, name="page", title="A page")
    qtbot.addWidget(shown)
    shown.resize(400, 300)
    shown.show()
    return shown


def test_headings_and_tables_are_set_and_their_signs_are_gone(qtbot: QtBot) -> None:
    text = reading(qtbot, "# Credit 2\n\nduration\\_months\n\n- one\n\n| a | b |\n| - | - |\n| 1 | 2 |\n").toPlainText()
    assert text.split() == ["Credit", "2", "duration_months", "one", "a", "b", "1", "2"]


def test_html_in_it_is_text(qtbot: QtBot) -> None:
    assert "<b>bold</b> <script>" in reading(qtbot, "a <b>bold</b> <script>").toPlainText()


def test_a_picture_that_it_names_is_not_read(qtbot: QtBot, tmp_path: Path) -> None:
    red = QImage(200, 200, QImage.Format.Format_RGB32)
    red.fill(QColor("#ff0000"))
    assert red.save(str(tmp_path / "red.png"))
    shown = reading(qtbot, f"![x]({tmp_path / 'red.png'})")
    drawn = shown.grab().toImage()
    assert 0xFFFF0000 not in {drawn.pixel(x, y) for x in range(0, 400, 5) for y in range(0, 300, 5)}
    found = shown.document().resource(QTextDocument.ResourceType.ImageResource.value, QUrl(str(tmp_path / "red.png")))
    assert found.width() == 1


def test_cells_stand_close_and_paragraphs_apart(qtbot: QtBot) -> None:
    shown = reading(qtbot, "one\n\n| a | b |\n| - | - |\n| 1 | 2 |\n")
    block, margins = shown.document().begin(), {}
    while block.isValid():
        margins[block.text()] = block.blockFormat().bottomMargin()
        block = block.next()
    assert margins["one"] > 0
    assert {margins[cell] for cell in "ab12"} == {0}
