"""What can be taken back: by name, one at a time, the steps that are shown before the rest."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from surefoot_app.shell.undoing import Answers, Undo


def test_a_change_is_taken_back_and_made_again(qtbot: QtBot) -> None:
    parent, done = QWidget(), []
    qtbot.addWidget(parent)
    undo = Undo(parent)
    undo.did("pin a", lambda: done.append("-a"), lambda: done.append("+a"))
    undo.did("pin b", lambda: done.append("-b"), lambda: done.append("+b"))
    assert (undo.undoText(), done) == ("pin b", [])
    undo.undo()
    undo.undo()
    undo.redo()
    assert (done, undo.undoText(), undo.redoText()) == (["-b", "-a", "+a"], "pin a", "pin b")


def test_changes_of_one_kind_are_taken_back_together(qtbot: QtBot) -> None:
    parent, done = QWidget(), []
    qtbot.addWidget(parent)
    undo = Undo(parent)
    for number in range(3):
        undo.did(f"filter {number}", lambda: done.append("-"), lambda n=number: done.append(n), kind="where")  # type: ignore[misc]
    assert undo.undoText() == "filter 2"
    undo.undo()
    assert not undo.canUndo()
    undo.redo()
    assert done == ["-", 2]


def test_what_cannot_be_made_again_is_gone_once_it_was_taken_back(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    undo = Undo(parent)
    undo.did("discard", lambda: None)
    undo.undo()
    assert (undo.canUndo(), undo.canRedo()) == (False, False)


def test_the_steps_that_are_shown_come_first_and_end_with_their_widget(qtbot: QtBot) -> None:
    parent, done = QWidget(), []
    qtbot.addWidget(parent)
    undo, steps = Undo(parent), QWidget(parent)
    answers = Answers(undo, steps)
    undo.did("pin", lambda: done.append("pin"), lambda: None)
    parent.show()
    assert not undo.canUndo()
    answers.note("answer", lambda: done.append("answer"), lambda: None)
    assert undo.undoText() == "answer"
    steps.hide()
    assert undo.undoText() == "pin"
    steps.show()
    undo.undo()
    assert done == ["answer"]
    with qtbot.waitSignal(steps.destroyed):
        steps.deleteLater()
    assert undo.undoText() == "pin"


def test_what_is_typed_in_one_field_is_one_answer(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    undo, layout = Undo(parent), QHBoxLayout(parent)
    field, other, button = QLineEdit(), QLineEdit(), QPushButton()
    for one in (field, other, button):
        layout.addWidget(one)
    answers = Answers(undo, parent)
    parent.show()
    parent.activateWindow()
    for one, times in ((field, 3), (other, 2), (button, 2)):
        one.setFocus()
        qtbot.waitUntil(one.hasFocus)
        for _ in range(times):
            answers.note(type(one).__name__, lambda: None, lambda: None)
    assert [answers.text(at) for at in range(answers.count())] == [
        "QLineEdit",
        "QLineEdit",
        "QPushButton",
        "QPushButton",
    ]
