"""What greets without a project: language and scheme, an example to learn with, a project to open or to make."""

from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from surefoot.errors import CancelledError, SurefootError
from surefoot.people import has_store
from surefoot_app.bridge.tasks import Task
from surefoot_app.home.making import NewProjectSheet, made, walk
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px, theme
from surefoot_app.theme.tokens import GAP, MARGIN
from surefoot_app.widgets.boxes import Card, column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.tabs import Segments
from surefoot_app.widgets.text import Text

_WIDTH = 720


class WelcomePage(QFrame):
    """The page without a project.

    Args:
        desk: the hub. The page opens what was chosen or made through the desk's session.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, words = desk, desk.words
        self._opening: Task[Any] | None = None
        self.setProperty("kind", "page")
        self.setAccessibleName(words("app.welcome.title"))
        self._wrong = Text("", "bad", wrap=True)
        self._wrong.hide()
        self._line = Text("", "secondary", wrap=True)
        self._line.hide()
        self._progress = Progress(words("app.shell.cancel"), name="welcome.cancel")
        inside = column(self._head(), self._learn(), self._projects(), self._progress, self._line, self._wrong, gap=GAP)
        inside.setContentsMargins(0, 0, 0, 0)
        middle = holding(inside)
        middle.setFixedWidth(px(_WIDTH))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.addLayout(self._choices())
        layout.addStretch(2)
        layout.addLayout(row(1, middle, 1))
        layout.addStretch(3)

    def _choices(self) -> QHBoxLayout:
        words = self._desk.words
        languages = Segments((("en", "English"), ("vi", "Tiếng Việt")), name="welcome.language")
        languages.choose(words.language)
        languages.chosen.connect(self._desk.set_language)
        modes = Segments(
            tuple((mode, words(f"app.welcome.{mode}")) for mode in ("light", "dark", "system")), name="welcome.theme"
        )
        modes.choose(theme().mode)
        modes.chosen.connect(self._desk.set_theme)
        return row(1, languages, modes, gap=GAP)

    def _head(self) -> QWidget:
        words = self._desk.words
        return holding(
            column(
                row(Glyph("badge-check", "accent", 34), Text("Surefoot", "figure"), 1, gap=12),
                Text(words("app.welcome.promise"), "quiet", wrap=True),
                gap=10,
            )
        )

    def _learn(self) -> QWidget:
        words = self._desk.words
        button = Button(
            words("app.welcome.learn"),
            name="welcome.learn",
            kind="primary",
            glyph="graduation-cap",
            act=self._learn_now,
        )
        return self._offer("graduation-cap", "app.welcome.learn_title", "app.welcome.learn_why", button)

    def _projects(self) -> QWidget:
        words = self._desk.words
        new = Button(words("app.welcome.new"), name="welcome.new", glyph="folder-plus", act=self._new)
        open_ = Button(words("app.welcome.open"), name="welcome.open", glyph="folder-open", act=self._ask_folder)
        body = column(
            self._offer("folder-plus", "app.welcome.new_title", "app.welcome.new_why", new),
            self._offer("folder-open", "app.welcome.open_title", "app.welcome.open_why", open_),
            gap=GAP,
        )
        recent = self._desk.settings.recent[:4]
        if recent:
            card = Card(words("app.welcome.recent"))
            for folder in recent:
                name = Button(folder.name, name="welcome.recent", kind="link")
                name.clicked.connect(lambda _checked=False, folder=folder: self.open(folder))
                card.body.addLayout(row(name, Text(str(folder.parent), "secondary"), 1, gap=12))
            body.addWidget(card)
        return holding(body)

    def _offer(self, glyph: str, title: str, why: str, button: Button) -> QWidget:
        words = self._desk.words
        texts = column(Text(words(title), "card-title", wrap=True), Text(words(why), "quiet", wrap=True), gap=3)
        inside = row(Glyph(glyph, "accent", 22), texts, button, gap=14)
        inside.setStretch(1, 1)
        card = Card()
        card.body.addLayout(inside)
        return card

    # verbs

    def open(self, folder: Path) -> None:
        """Opens the project in a folder."""
        if self._opening is not None:
            return  # it was asked for twice
        self._begin("app.welcome.opening")
        self._opening = self._desk.open_project(folder, owner=self, failed=self._on_failed, progress=self._on_progress)
        if self._opening is None:
            self._progress.end()
            self._on_line(self._desk.words("app.welcome.elsewhere"))
        else:
            self._progress.cancelled.connect(self._opening.cancel)

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._desk.words("app.welcome.open"), str(Path.home()))
        if folder:
            self.open(Path(folder))

    def _learn_now(self) -> None:
        self._begin("app.welcome.learning")
        desk, words = self._desk, self._desk.words

        # A switch of language or text size builds this page anew; what was made is opened all the same.
        def ended(folder: Path) -> None:
            if shiboken6.isValid(self):
                self.open(folder)
            elif desk.session.project is None:
                desk.open_project(folder, owner=desk)

        def failed(error: SurefootError) -> None:
            (self._on_failed if shiboken6.isValid(self) else desk.error)(error)

        task = desk.session.tasks.act(
            lambda _progress, cancel: walk(words, self._tell, cancel), owner=desk, then=ended, failed=failed
        )
        self._progress.cancelled.connect(task.cancel)

    def _new(self) -> None:
        # A key store answers over the system's bus, and may take its time.
        self._desk.session.tasks.read(has_store, owner=self, then=self._ask_new)

    def _ask_new(self, has_store: bool) -> None:  # noqa: FBT001 - a slot takes what it is told
        if self.findChild(NewProjectSheet) is not None:
            return  # it was asked for twice
        sheet = NewProjectSheet(self._desk.words, self, has_store=has_store)

        def make() -> None:
            wanted = sheet.wanted()
            self._desk.session.tasks.act(
                lambda _progress, _cancel: made(wanted), owner=sheet, then=done, failed=sheet.show_error
            )

        def done(folder: Path) -> None:
            sheet.accept()
            self.open(folder)

        sheet.act.pressed.connect(make)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    # what is heard

    def _begin(self, key: str) -> None:
        self._wrong.hide()
        self._progress.begin(self._desk.words(key))

    def _tell(self, text: str) -> None:
        """A line of the story; comes on the worker's thread."""
        self._desk.session.tasks.post(lambda: self._on_line(text) if shiboken6.isValid(self) else None)

    def _on_line(self, text: str) -> None:
        first = text.strip().partition("\n")[0]
        self._line.setText(first)
        self._line.setVisible(bool(first))

    def _on_progress(self, stage: str, done: int, total: int) -> None:
        self._progress.tell(self._desk.stage(stage, done, total), done, total)

    def _on_failed(self, error: SurefootError) -> None:
        told, self._opening = self._desk.words.error(error), None
        self._progress.end()
        self._line.hide()
        if not isinstance(error, CancelledError):
            self._wrong.setText(f"{told.what} {told.means} {told.do} ({told.code})")
            self._wrong.show()
