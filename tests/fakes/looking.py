"""Finding what a test looks for on a page: by its object name, by its kind, by what it says."""

from typing import Any, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

T = TypeVar("T", bound=QObject)


def only(widget: QWidget, kind: type[T]) -> T:
    """The first child of a kind; there has to be one."""
    found = widget.findChild(kind)
    assert found is not None, kind
    return found


def named(widget: QWidget, name: str) -> Any:
    """The first child of a name; there has to be one."""
    found = widget.findChild(QWidget, name)
    assert found is not None, name
    return found


def texts(widget: QWidget) -> str:
    """All that labels and buttons say."""
    labels = [each.text() for each in widget.findChildren(QLabel)]
    return " ".join([*labels, *(each.text() for each in widget.findChildren(QAbstractButton))])
