"""What a person can take back: changes of this desktop's own notes, each with its name.

Choices, filters, answers in steps and drafts are such notes. What is recorded is not among them: it is superseded, and
never undone.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QUndoCommand, QUndoGroup, QUndoStack
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

Act = Callable[[], object]


class Change(QUndoCommand):
    """One change that was made already.

    Args:
        name: of the change, as it stands after "Undo:".
        undo: puts what was before.
        redo: puts the change again; None where it is made by the person anew.
        kind: changes of one kind that follow each other are taken back together, as the letters of a word are; empty
            where each stands for itself.
    """

    def __init__(self, name: str, undo: Act, redo: Act | None, kind: str = "") -> None:
        super().__init__(name)
        self._before, self.after, self.kind = undo, redo, kind
        self._is_done = True

    def id(self) -> int:
        """Equal for changes that may be taken back together; -1 for one that stands for itself."""
        return hash(self.kind) & 0x7FFFFFFF if self.kind else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Change) or other.kind != self.kind:
            return False
        self.after = other.after
        self.setText(other.text())
        return True

    def undo(self) -> None:
        """Puts what was before."""
        self._before()
        self.setObsolete(self.after is None)

    def redo(self) -> None:
        """Puts the change again."""
        # A stack does what is pushed onto it; this was done before.
        if not self._is_done and self.after is not None:
            self.after()
        self._is_done = False


class Undo(QUndoGroup):
    """The changes of a project, and those of the steps that are shown, which come first while they are."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._project = QUndoStack(self)
        self.addStack(self._project)
        self._project.setActive()
        self.activeStackChanged.connect(lambda stack: self.show() if stack is None else None)

    def did(self, name: str, undo: Act, redo: Act | None = None, *, kind: str = "") -> None:
        """Notes a change of the project's notes that was made; see `Change`."""
        self._project.push(Change(name, undo, redo, kind))

    def show(self, stack: QUndoStack | None = None) -> None:
        """Makes a stack the one that is undone; the project's where none is named."""
        self.setActiveStack(stack if stack is not None else self._project)

    def clear(self) -> None:
        """Forgets all: another project is open."""
        self._project.clear()


class Answers(QUndoStack):
    """Answers in steps, which come first to be taken back while the steps are shown.

    What is typed while the keyboard stays in one field is one answer.

    Args:
        undo: of the desk.
        steps: the widget of the steps, with which this ends.
    """

    def __init__(self, undo: Undo, steps: QWidget) -> None:
        super().__init__(steps)
        self._undo = undo
        self._field: QWidget | None = None
        self._number = 0
        undo.addStack(self)
        steps.installEventFilter(self)

    def eventFilter(self, _steps: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Show, QEvent.Type.Hide}:
            self._undo.show(self if event.type() is QEvent.Type.Show else None)
        return False

    def note(self, name: str, undo: Act, redo: Act) -> None:
        """Notes an answer that was given; see `Change`."""
        field = QApplication.focusWidget()
        if field is not self._field:
            self._field, self._number = field, self._number + 1
        kind = f"field {self._number}" if isinstance(field, QLineEdit | QPlainTextEdit) else ""
        self.push(Change(name, undo, redo, kind))
