"""What things lie in: a card, rows and columns, a page with its heading, a part that scrolls."""

from typing import cast

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from surefoot_app.theme.tokens import GAP, MARGIN, NEAR, PADDING
from surefoot_app.widgets.text import Text

Kind = str
_MOVING = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


def column(*items: QWidget | QLayout | int, gap: int = NEAR, margin: int = 0) -> QVBoxLayout:
    """Things under each other; a number is a stretch."""
    made = QVBoxLayout()
    _fill(made, items, gap, margin)
    return made


def row(*items: QWidget | QLayout | int, gap: int = NEAR, margin: int = 0) -> QHBoxLayout:
    """Things beside each other; a number is a stretch."""
    made = QHBoxLayout()
    _fill(made, items, gap, margin)
    return made


def _fill(made: QBoxLayout, items: tuple[QWidget | QLayout | int, ...], gap: int, margin: int) -> None:
    made.setSpacing(gap)
    made.setContentsMargins(margin, margin, margin, margin)
    for item in items:
        if isinstance(item, int):
            made.addStretch(item)
        elif isinstance(item, QWidget):
            made.addWidget(item)
        else:
            made.addLayout(item)


def holding(layout: QLayout, kind: Kind = "bare") -> QFrame:
    """A frame around a layout; `kind` is one of the sheet's (`card`, `sunken`, `bar`, `foot`, `info`, `bare` …)."""
    made = QFrame()
    made.setProperty("kind", kind)
    made.setLayout(layout)
    return made


def cleared(layout: QLayout) -> None:
    """Takes everything out of a layout and lets it go."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            leave(widget)
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            cleared(inner)


def leave(widget: QWidget) -> None:
    """Gives the keyboard to the page where it is in something that is about to go.

    Qt would put it on what comes next in the window, be it the rail or a notice. On the page a screen reader says
    where one is, and Tab leads to the first thing on it.
    """
    page = page_of(widget)
    if page is not None and is_inside(widget):
        page.setFocus()


def is_inside(widget: QWidget) -> bool:
    """Whether a widget, or something on it, has the keyboard of its window."""
    # Qt says None where nothing has it; its types do not.
    focus = cast("QWidget | None", widget.window().focusWidget())
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))


def page_of(widget: QWidget) -> "Page | None":
    """The page that a widget lies on."""
    place: QWidget | None = widget
    while place is not None and not isinstance(place, Page):
        place = place.parentWidget()
    return place


class Card(QFrame):
    """White, with a hairline around it, and a title where it has one. Things go into `body`.

    Attributes:
        head: the title's row, for what stands at its right. body: a column. whole: both, with the padding.
    """

    def __init__(self, title: str = "", *, kind: Kind = "card", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.head = row(gap=NEAR)
        self.body = column(gap=NEAR)
        whole = self.whole = QVBoxLayout(self)
        whole.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        whole.setSpacing(GAP - 4)
        if title:
            heading = Text(title, "card-title")
            self.setAccessibleName(title)
            self.head.addWidget(heading, 1)
            whole.addLayout(self.head)
        whole.addLayout(self.body, 1)


class Page(QWidget):
    """A page: heading and acts on top, the rest in `body`. Rooms derive theirs from it.

    Where it has the keyboard itself, a key that moves goes to its list: to the row that is chosen there, or the first.

    Attributes:
        heading, subtitle: its texts. acts: the row at the right of the heading. body: a column.
    """

    def __init__(self, title: str, subtitle: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.heading = Text(title, "page-title")
        self.subtitle = Text(subtitle, "quiet")
        self.acts = row(gap=NEAR)
        self.head = row(self.heading, self.subtitle, 1, self.acts, gap=12)
        self.body = column(gap=GAP)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN, GAP + 2, MARGIN, MARGIN - 4)
        whole.setSpacing(GAP)
        whole.addLayout(self.head)
        whole.addLayout(self.body, 1)

    def show_object(self, kind: str, ref: str) -> None:
        """Shows one object of the page's; the shell calls it for kinds that the feature says it opens."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lists = (
            one
            for one in self.findChildren(QAbstractItemView)
            if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        )
        if event.key() in _MOVING and self.hasFocus() and (found := next(lists, None)) is not None:
            found.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        super().keyPressEvent(event)


def bring(widget: QWidget) -> None:
    """Scrolls to something that was just laid in."""
    place = widget.parentWidget()
    while place is not None and not isinstance(place, QScrollArea):
        place = place.parentWidget()
    if isinstance(place, QScrollArea):
        widget.show()
        for _ in range(2):  # its own place, then that of what it lies in
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        place.ensureWidgetVisible(widget)


def scrolled(layout: QLayout) -> QScrollArea:
    """A part that scrolls up and down where it is too long, and never sideways."""
    inner = QWidget()
    inner.setProperty("kind", "bare")
    inner.setLayout(layout)
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
