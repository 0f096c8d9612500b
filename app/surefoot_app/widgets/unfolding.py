"""A line of a list that opens: what came out at a glance, and below it, on demand, what it rests on."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from surefoot_app.theme import Tone
from surefoot_app.widgets.boxes import cleared, column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import GLYPHS, Glyph
from surefoot_app.widgets.text import Text

_INDENT = 44


@dataclass(frozen=True, slots=True)
class Heading:
    """What the closed line says.

    Attributes:
        name: the object name of its button. title: what it is about. said: a sentence.
        word: the state in a word. tone: its meaning. aside: a short text below, such as a limit.
    """

    name: str
    title: str
    said: str
    word: str
    tone: Tone
    aside: str = ""


class UnfoldingRow(QFrame):
    """Shows a heading; what `fill` puts into a column is made when the line is opened first.

    Args:
        heading: the closed line. words: of the button, `(open, close)`.
        fill: makes the widgets of the open part. figure: a small drawing before the aside.
    """

    def __init__(
        self,
        heading: Heading,
        words: tuple[str, str],
        fill: Callable[[], list[QWidget]],
        *,
        figure: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{heading.title}: {heading.word}. {heading.said}")
        self.heading, self._words, self._fill = heading, words, fill
        self._body = column(gap=10)
        self._body.setContentsMargins(_INDENT - 12, 0, 0, 4)
        self._open = holding(self._body)
        self._open.hide()
        self._button = Button(words[0], name=heading.name, kind="quiet", act=self.turn)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 10, 12, 10)
        whole.setSpacing(10)
        whole.addLayout(self._line(figure))
        whole.addWidget(self._open)
        self._is_open = False
        self._dress()

    @property
    def is_open(self) -> bool:
        """Whether its open part is seen."""
        return self._is_open

    def turn(self) -> None:
        """Opens or closes it."""
        self._is_open = not self._is_open
        if self._is_open:
            for widget in self._fill():
                self._body.addWidget(widget)
        else:
            cleared(self._body)
        self._open.setVisible(self._is_open)
        self._dress()

    def _line(self, figure: QWidget | None) -> QVBoxLayout:
        heading = self.heading
        role = "muted" if heading.tone == "neutral" else heading.tone
        said = Text(heading.said, "secondary", wrap=True)
        said.setVisible(bool(heading.said))
        title = row(Text(heading.title, "strong"), Text(f"· {heading.word}", "secondary"), 1, gap=6)
        texts = column(title, said, gap=1)
        if figure is not None or heading.aside:
            texts.addSpacing(4)
            below = row(*([figure] if figure is not None else []), Text(heading.aside, "secondary"), 1, gap=10)
            texts.addLayout(below)
        glyph = Glyph(GLYPHS[heading.tone], role, 20)
        inside = row(glyph, texts, gap=12)
        inside.setStretch(1, 1)
        inside.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        inside.setAlignment(glyph, Qt.AlignmentFlag.AlignTop)
        return column(inside)

    def _dress(self) -> None:
        is_bad = self._is_open and self.heading.tone in {"bad", "warn"}
        self.setProperty("kind", self.heading.tone if is_bad else "sunken" if self._is_open else "row")
        self.style().unpolish(self)
        self.style().polish(self)
        text = self._words[int(self._is_open)]
        self._button.setText(text)
        self._button.setAccessibleName(f"{text}: {self.heading.title}")
