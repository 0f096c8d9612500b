"""Learn: lessons, the checker of notebooks, the glossary."""

from PySide6.QtWidgets import QStackedWidget

from surefoot_app.bridge.formatting import number
from surefoot_app.learn.checker import NotebookChecker
from surefoot_app.learn.glossary import Glossary
from surefoot_app.learn.reading import Lessons
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Page
from surefoot_app.widgets.tabs import Segments

VIEWS = ("lessons", "notebooks", "glossary")


class LearnPage(Page):
    """The page of the panel.

    Attributes:
        lessons, checker, glossary: its three views.
    """

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.learn.title"))
        self._desk = desk
        self.lessons, self.checker, self.glossary = Lessons(desk), NotebookChecker(desk), Glossary(desk)
        self._views = Segments([(view, words(f"app.learn.{view}")) for view in VIEWS], name="learn.view")
        self._stack = QStackedWidget()
        for view in (self.lessons, self.checker, self.glossary):
            self._stack.addWidget(view)
        self.acts.addWidget(self._views)
        self.body.addWidget(self._stack)
        self._views.chosen.connect(self._show)
        self.lessons.counted.connect(self._on_counted)
        self.lessons.checking.connect(lambda: self._show("notebooks"))
        self.checker.imported.connect(lambda name: desk.open("experiment", name))
        self._on_counted(0)

    def show_object(self, kind: str, ref: str) -> None:
        """Shows a lesson by its name, the checker of notebooks or the glossary."""
        if kind == "notebook":
            self._show("notebooks")
        elif kind == "term":
            self._show("glossary")
        else:
            self._show("lessons")
            if ref:
                self.lessons.show_lesson(ref)
            else:
                self.lessons.go_on()

    def _show(self, view: str) -> None:
        self._views.choose(view)
        self._stack.setCurrentIndex(VIEWS.index(view))

    def _on_counted(self, due: int) -> None:
        words = self._desk.words
        self.subtitle.setText(words("app.learn.due", count=number(due, words)) if due else words("app.learn.none_due"))
