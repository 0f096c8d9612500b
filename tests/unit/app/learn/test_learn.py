"""Lessons that are due come first; an answer is told with its reason; a notebook becomes an experiment."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from surefoot.guide import lessons
from surefoot.guide.notebooks import Report
from surefoot.texts import LANGUAGES, Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.settings import Settings
from surefoot_app.learn import due
from surefoot_app.learn.due import Ground
from surefoot_app.learn.feature import LEARN
from surefoot_app.learn.glossary import TERMS
from surefoot_app.learn.page import LearnPage
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.table import Table
from surefoot_app.widgets.text import Text
from tests.gallery.learn import GROUND
from tests.unit.app.conftest import Making

MOST_OF_A_TERM = 30


@pytest.fixture
def page(desk_of: Making, qtbot: QtBot) -> Iterator[LearnPage]:
    made = LearnPage(desk_of(is_silent=True))
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.lessons.show_ground(GROUND)
    made.show()
    yield made
    made.close()


def button(page: LearnPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton), name
    return found


def said(page: LearnPage) -> str:
    return " ".join(text.text() for text in page.findChildren(Text) if not text.isHidden())


# which are due


def test_what_is_due_and_not_read_comes_first() -> None:
    rows = due.rows(GROUND, {"record"}, "en")
    assert [row.lesson.name for row in rows[:3]] == ["versions", "held-out", "noise"]
    assert {row.state for row in rows[:5]} == {"due"}
    assert {row.lesson.name: row.state for row in rows}["record"] == "read"
    assert len(rows) == len(lessons.lessons("en"))


def test_an_act_names_the_reader_s_own_things_and_leads_to_a_panel() -> None:
    lesson = lessons.named("privacy", "en")
    assert due.act(lesson, GROUND) == "surefoot check list german-credit/3"
    assert due.act(lesson, Ground()) == "surefoot check list <run>"
    assert due.act(lesson, Ground(own={"run": "my run; rm -rf/1"})) == "surefoot check list 'my run; rm -rf/1'"
    assert {due.panel(one) for one in lessons.lessons("en")} <= set(due.PANELS.values())
    assert all(due.panel(one) for one in lessons.lessons("en"))


# reading


def test_a_wrong_answer_is_told_with_the_right_one_and_its_reason(page: LearnPage) -> None:
    page.show_object("lesson", "noise")
    lesson = lessons.named("noise", "en")
    wrong = next(place for place in range(3) if place != lesson.right)
    button(page, f"learn.answer.{wrong}").click()
    assert f"Not quite: it is {'ABC'[lesson.right]}. {lesson.because}" in said(page)
    button(page, f"learn.answer.{lesson.right}").click()
    assert f"Right. {lesson.because}" in said(page)


def test_that_a_lesson_was_read_stands_in_the_settings_alone(page: LearnPage, tmp_path: Path) -> None:
    page.show_object("lesson", "noise")
    button(page, "learn.answer.0").click()
    settings = Settings(tmp_path / "desktop.ini")
    assert settings.lessons == {"noise"}
    assert "5 due now" in said(page)


def test_the_next_lesson_is_the_first_that_is_due(page: LearnPage) -> None:
    page.show_object("lesson", "record")
    button(page, "learn.next").click()
    assert lessons.named("versions", "en").title in said(page)


def test_the_page_begins_with_what_is_due_and_stays_with_what_was_picked(page: LearnPage) -> None:
    assert lessons.named("record", "en").question in said(page)
    page._desk.settings.read_lesson("record")
    page.lessons.show_ground(GROUND)
    assert lessons.named("versions", "en").question in said(page)
    page.show_object("lesson", "stop")
    page.lessons.show_ground(GROUND)
    assert lessons.named("stop", "en").question in said(page)


def test_an_act_leads_to_its_panel_or_is_copied(page: LearnPage, qtbot: QtBot) -> None:
    page.show_object("lesson", "noise")
    with qtbot.waitSignal(page._desk.going) as going:
        button(page, "learn.go").click()
    assert going.args == ["runs"]
    button(page, "learn.copy").click()
    assert QGuiApplication.clipboard().text() == "surefoot run list --sort -metric.auc"


def test_the_lesson_on_notebooks_leads_to_their_checker(page: LearnPage) -> None:
    page.show_object("lesson", "notebooks")
    button(page, "learn.go").click()
    assert page.checker.isVisible()


def test_the_list_goes_by_keyboard_and_its_model_is_one_that_qt_accepts(
    page: LearnPage, qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    table = page.findChild(Table, "learn.lessons")
    assert isinstance(table, Table)
    qtmodeltester.check(table.model())
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    row = table.currentIndex().row()
    assert str(table.model().index(row, 0).data()) in said(page)


def test_lessons_can_be_found_by_name(page: LearnPage) -> None:
    assert LEARN.lessons is not None
    assert [found.kind for found in LEARN.lessons(Words("vi"))] == ["lesson"] * len(lessons.lessons("vi"))


# the checker


def notebook(path: Path, *sources: str) -> Path:
    cells = [
        {"cell_type": "code", "source": source, "execution_count": place, "metadata": {}, "outputs": []}
        for place, source in enumerate(sources, 1)
    ]
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}), encoding="utf-8")
    return path


def test_a_notebook_that_is_dropped_is_checked_cell_by_cell(page: LearnPage, tmp_path: Path, qtbot: QtBot) -> None:
    page.show_object("notebook", "")
    path = notebook(tmp_path / "a.ipynb", "print(table)", "x = open('/home/ada/x.csv')")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), action, mime, buttons, keys)
    page.checker.dragEnterEvent(enter)
    assert enter.isAccepted()
    page.checker.dropEvent(QDropEvent(QPointF(5, 5), action, mime, buttons, keys))
    wanted = "“table” is used and no cell above defines it"
    qtbot.waitUntil(lambda: wanted in said(page), timeout=30_000)
    assert "Cell 2" in said(page)
    assert "/home/ada/x.csv" in said(page)


def test_another_file_is_not_taken(page: LearnPage) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/a.csv")])
    buttons, keys, action = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPointF(5, 5).toPoint(), action, mime, buttons, keys)
    enter.ignore()
    page.checker.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_a_file_that_is_no_notebook_is_told_in_place(page: LearnPage, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "b.ipynb"
    path.write_text("no json", encoding="utf-8")
    page.show_object("notebook", "")
    page.checker.check(path)
    qtbot.waitUntil(lambda: "SF-2910" in said(page), timeout=30_000)
    assert button(page, "notebook.choose").isVisible()


def test_a_notebook_becomes_an_experiment(
    desk_of: Making, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with Workbench.create(tmp_path / "project", name="p", person="Ada", sample=True) as bench:
        page = LearnPage(desk_of(bench))
        qtbot.addWidget(page)
        page.checker.check(notebook(tmp_path / "My churn (2).ipynb", "depth = 3", "print(depth)"))
        qtbot.waitUntil(lambda: page.findChild(QPushButton, "notebook.import") is not None, timeout=30_000)
        name = page.findChild(QLineEdit, "notebook.name")
        assert isinstance(name, QLineEdit)
        assert name.text() == "My-churn-2"
        name.setText("not a name")
        assert not button(page, "notebook.import").isEnabled()
        name.setText("churn")
        with qtbot.waitSignal(page.checker.imported) as made:
            button(page, "notebook.import").click()
        assert made.args == ["churn"]
        recipe = next(one.recipe for one in bench.experiments.list())
        assert recipe is not None
        assert (recipe.name, dict(recipe.parameters)) == ("churn", {"depth": (3,)})


# the glossary


def test_a_word_is_found_by_its_meaning_and_a_strange_one_is_not(page: LearnPage, qtbot: QtBot) -> None:
    page.show_object("term", "")
    line = page.glossary.findChild(FilterLine)
    assert isinstance(line, FilterLine)
    qtbot.keyClicks(line, "practised")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Drill" in said(page))
    assert "Calibration" not in said(page)
    page.glossary.show_terms("nothing of the kind")
    assert [one.kind for one in page.glossary.findChildren(EmptyState)] == ["no-match"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("term", TERMS)
def test_a_word_is_explained_in_at_most_thirty(term: str, language: str) -> None:
    words = Words(language)
    assert len(words(f"app.learn.means_{term}").split()) <= MOST_OF_A_TERM + 10 * (language == "vi")
    assert words(f"app.learn.term_{term}")


def test_a_notebook_without_a_finding_is_said_to_be_one(page: LearnPage) -> None:
    page.checker.show_report(Path("c.ipynb"), Report(3, 12, ()))
    assert [one.word for one in page.checker.findChildren(Pill)] == ["Nothing found"]
