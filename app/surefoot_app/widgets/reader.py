"""What a screen reader may ask, whenever it asks: Qt does not answer all of it without ending the program."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget


def answer_readers() -> None:
    """Has Qt answer a screen reader about parts that scroll by `_scroll_area`, once a process."""
    QAccessible.installFactory(_scroll_area)


def _scroll_area(kind: str, asked: QObject) -> QAccessibleInterface | None:
    """Tells of a part that scrolls as of any other widget.

    Qt 6.11 tells of it by `QAccessibleAbstractScrollArea`, which counts the bars that are shown just now, and whose
    `child` reads past the end of that list for a number that is too high, where every other class says that there is
    none. A reader counts in one call and asks for each child in others, so a bar that went between the two ended the
    program: `QAccessible.queryAccessibleInterface(QScrollArea()).child(1)` is enough.
    """
    if kind in {"QScrollArea", "QAbstractScrollArea"} and isinstance(asked, QWidget):
        return QAccessibleWidget(asked, QAccessible.Role.Client)
    return None
