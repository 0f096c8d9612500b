"""An explanation on paper: a PDF with page numbers, made by Qt alone. May run on any thread."""

from html import escape
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMarginsF, QSizeF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument

from surefoot.audit.facts import Explanation, Weight
from surefoot.audit.report import evidence_line, sentence, state_line
from surefoot.texts import Words

_MARGIN = 18  # millimetres at each side
_DOTS = 600  # an inch: letters stand where the typeface wants them
_FOOT = _DOTS // 2  # kept free at the foot
_MARKS = {Weight.PLAIN: "·", Weight.GOOD: "✓", Weight.WARNING: "!", Weight.GAP: "✗"}
_STYLE = """
body { font-size: 10pt; } h1 { font-size: 17pt; } h2 { font-size: 12pt; margin-top: 14px; }
p { margin: 3px 0; } p.lead { color: #545d6b; } p.proof { color: #545d6b; font-size: 8pt; margin-left: 16px; }
"""


def write_pdf(explanation: Explanation, target: Path, words: Words, *, title: str, verdict: str) -> None:
    """Writes it.

    Args:
        explanation: what to tell.
        target: the file.
        words: in which language.
        title: the heading.
        verdict: how the record verifies, in a sentence; it stands on every page.

    Raises:
        OSError: the place cannot be written to.
    """
    _loop = QEventLoop()  # a long text is laid out by a timer, and a thread of Python has nothing that drives one
    target.open("ab").close()  # Qt says nothing where it may not write
    writer = QPdfWriter(str(target))
    writer.setResolution(_DOTS)
    writer.setTitle(title)
    writer.setCreator("Surefoot")
    margins = QMarginsF(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins,
                    QPageLayout.Unit.Millimeter)
    )  # fmt: skip
    document = QTextDocument()
    document.setDefaultFont(QFont("Inter", 10))
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(page(explanation, words, title=title, verdict=verdict))
    area = writer.pageLayout().paintRectPixels(_DOTS)
    document.documentLayout().setPaintDevice(writer)
    document.setPageSize(QSizeF(area.width(), area.height() - _FOOT))
    _paint(writer, document, f"{title} · {verdict}", words)


def _paint(writer: QPdfWriter, document: QTextDocument, foot: str, words: Words) -> None:
    with QPainter(writer) as painter:
        size, count = document.pageSize(), document.pageCount()
        for number in range(count):
            if number:
                writer.newPage()
            painter.save()
            painter.translate(0, -number * size.height())
            painter.setClipRect(0, int(number * size.height()), int(size.width()), int(size.height()))
            document.drawContents(painter)
            painter.restore()
            painter.setFont(QFont("Inter", 8))
            line = int(size.height()) + _FOOT - _DOTS // 10
            painter.drawText(0, line, foot)
            told = words("app.audit.page_of", page=number + 1, pages=count)
            painter.drawText(int(size.width()) - painter.fontMetrics().horizontalAdvance(told), line, told)


def page(explanation: Explanation, words: Words, *, title: str, verdict: str) -> str:
    """The explanation in the HTML that Qt's text understands; what comes from the record is escaped."""
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="lead">{escape(verdict)} {escape(state_line(explanation, words))}</p>',
    ]
    for chapter in explanation.chapters:
        parts.append(f"<h2>{escape(words(f'say.audit.chapter.{chapter.key}'))}</h2>")
        for one in chapter.statements:
            parts.append(f"<p>{_MARKS[one.weight]} {escape(sentence(one, words))}</p>")
            parts += [
                f'<p class="proof">{escape(evidence_line(event, words, explanation))} {event.leaf[:8]}</p>'
                for event in one.evidence
            ]
    return "".join(parts)
