"""The audit that every page has to pass: names, keyboard, text that is not cut.

Each function gives what is wrong, in words; a page's own test may call `faults` on a state that is in no list.
"""

import re
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

INTERACTIVE = (QAbstractButton, QLineEdit, QPlainTextEdit, QAbstractItemView, QComboBox, QAbstractSpinBox)
SMALLEST = 24  # pixels, WCAG 2.2


def _shown(root: QWidget, *kinds: type[QWidget]) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        is_qt_s = isinstance(widget, QHeaderView) or widget.objectName().startswith("qt_")
        if isinstance(widget, kinds) and widget.isVisible() and not is_qt_s:
            yield widget


def _who(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.objectName()!r} {text!r}"


def nameless(root: QWidget) -> list[str]:
    """Controls without a name for who listens, or without an object name."""
    return [
        _who(widget) for widget in _shown(root, *INTERACTIVE) if not _heard(widget).strip() or not widget.objectName()
    ]


def _heard(widget: QWidget) -> str:
    """What a control is called; a choice by its label, since the name that Qt gives it is what is chosen."""
    interface = QAccessible.queryAccessibleInterface(widget)
    if isinstance(widget, QComboBox):
        of_label = QAccessible.RelationFlag.Label
        return "".join(other.text(QAccessible.Text.Name) for other, _ in interface.relations(of_label))
    return interface.text(QAccessible.Text.Name)


def unreachable(root: QWidget) -> list[str]:
    """Enabled controls that Tab does not come to; within a choice it comes to one, and arrows to the others."""
    chain, widget = set(), root.nextInFocusChain()
    while widget is not root and widget is not None and id(widget) not in chain:
        chain.add(id(widget))
        widget = widget.nextInFocusChain()
    return [
        _who(widget)
        for widget in _shown(root, *INTERACTIVE)
        if widget.isEnabled()
        and not (isinstance(widget, QAbstractButton) and widget.group() is not None and widget.group().exclusive())
        and (id(widget) not in chain or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    ]


def small(root: QWidget) -> list[str]:
    """Controls that are hard to hit."""
    return [
        f"{_who(widget)} {widget.width()}x{widget.height()}"
        for widget in _shown(root, QAbstractButton, QLineEdit, QComboBox)
        if min(widget.width(), widget.height()) < SMALLEST - 2 * (widget.property("kind") == "pill")
    ]


def clipped(root: QWidget) -> list[str]:
    """Texts that do not fit where they stand."""
    found = []
    for widget in _shown(root, QLabel, QPushButton):
        if isinstance(widget, QLabel):
            box = widget.contentsRect()
            needs_height = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            shown = QLabel.text(widget)  # with the places where a long word may break
            words = re.split(r"[\s\u200b]+", shown) if widget.wordWrap() else [shown]
            metrics = QFontMetrics(widget.font())
            widest = max((metrics.horizontalAdvance(word) for word in words), default=0)
            if widest > box.width() + 1 or needs_height > widget.height() + 1:
                found.append(f"{_who(widget)} {widest}x{needs_height} in {widget.width()}x{widget.height()}")
        elif isinstance(widget, QPushButton) and widget.layout() is None and widget.text():
            width, height = widget.sizeHint().width(), QFontMetrics(widget.font()).height()
            if width > widget.width() + 1 or height > widget.height() + 1:
                found.append(f"{_who(widget)} {width}x{height} in {widget.width()}x{widget.height()}")
    return found


def filled(root: QWidget) -> list[str]:
    """More than one filled button on a page."""
    found = [_who(w) for w in _shown(root, QPushButton) if w.property("kind") in {"primary", "danger"}]
    return found if len(found) > 1 else []


def faults(root: QWidget) -> dict[str, list[str]]:
    """All that is wrong with a page that is shown."""
    app = QApplication.instance()
    assert app is not None
    app.processEvents()
    checks = {"nameless": nameless, "unreachable": unreachable, "small": small, "clipped": clipped, "filled": filled}
    return {name: wrong for name, check in checks.items() if (wrong := check(root))}
