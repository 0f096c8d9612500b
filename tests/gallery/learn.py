"""Learn: lessons, an answer, the checker of notebooks empty and full, the glossary."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QPushButton, QWidget

from surefoot.guide.notebooks import Finding, Report
from surefoot_app.learn.due import Ground
from surefoot_app.learn.page import LearnPage
from surefoot_app.shell.desk import Desk

GROUND = Ground(
    frozenset({"workspace.created", "asset.registered", "run.finished", "check.failed:privacy"}),
    {"run": "german-credit/3", "dataset": "german-credit"},
)
REPORT = Report(
    14,
    182,
    (
        Finding("no-seed", 0, 0, "train_test_split"),
        Finding("order", 3, 0, "In [7] after In [12]"),
        Finding("hidden-name", 5, 4, "frame_of_last_year"),
        Finding("secret", 5, 9, "AWS key"),
        Finding("path", 6, 1, "/home/ada/data/customers of the northern region/2025/final (2).csv"),
        Finding("leak", 11, 2, "X_test"),
        Finding("no-test", 0, 0, ""),
    ),
)


def _page(shown: str = "", *, answer: int = -1) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = LearnPage(desk)
        desk.settings.read_lesson("record")
        page.lessons.show_ground(GROUND)
        if shown:
            page.show_object("lesson", shown)
        if answer >= 0:
            button = page.findChild(QPushButton, f"learn.answer.{answer}")
            assert isinstance(button, QPushButton)
            button.click()
        return page

    return build


def _view(view: str, report: Report | None = None) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = LearnPage(desk)
        page.show_object(view, "")
        if report is not None:
            page.checker.show_report(Path("churn final (2).ipynb"), report)
        return page

    return build


STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("learn-lessons", _page()),
    ("learn-answered", _page("noise", answer=0)),
    ("learn-notebook-empty", _view("notebook")),
    ("learn-notebook-full", _view("notebook", REPORT)),
    ("learn-notebook-clean", _view("notebook", Report(3, 20, ()))),
    ("learn-glossary", _view("term")),
)
