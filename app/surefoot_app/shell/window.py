"""The window: rail, top bar, problems, and the page that is shown. It knows no feature.

Pages are built when they are first shown. A switch of language builds everything anew and shows the same page.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QWidget,
)

from surefoot_app.bridge.session import Project
from surefoot_app.shell.actions import ActionTable
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, load
from surefoot_app.shell.finding import Finder
from surefoot_app.shell.rail import Rail
from surefoot_app.shell.reaching import Reach
from surefoot_app.shell.sheets import PassphraseSheet, ShortcutsSheet
from surefoot_app.shell.standard import standard
from surefoot_app.shell.standing import StandingWatch
from surefoot_app.shell.status import Status
from surefoot_app.shell.topbar import TopBar
from surefoot_app.theme import Tone
from surefoot_app.widgets.boxes import Page, column, holding, row
from surefoot_app.widgets.drop import dropped
from surefoot_app.widgets.notices import Problem, ProblemsStrip, Toast

_SMALLEST = (960, 600)
_USUAL = (1440, 900)
_NOTICES = 50
_CALM = 1000  # milliseconds after a project was opened: Home is there by then


class Window(QMainWindow):
    """The desktop.

    Args:
        desk: the hub. features: the panels, in their order. welcome: makes the page that is shown without a project.
    """

    def __init__(self, desk: Desk, features: Sequence[Feature], *, welcome: Callable[[Desk], QWidget]) -> None:
        super().__init__()
        self.desk = desk
        self.actions_table = ActionTable(self)
        self._features, self._welcome = tuple(features), welcome
        self._pages: dict[str, Page] = {}
        self._notices: list[str] = []
        self._statuses: dict[str, Status] = {}
        self._current = features[0].id if features else ""
        self.reach = Reach(self._parts, lambda: self._strip, lambda: self._current, self.actions_table)
        self.setMinimumSize(*_SMALLEST)
        self.setAcceptDrops(True)
        self.resize(*_USUAL)
        self.restoreGeometry(desk.settings.geometry)
        self._problems: tuple[Problem, ...] = ()
        self._standing = StandingWatch(desk)
        self._watches = [feature.watch(desk) for feature in features if feature.watch is not None]
        self._build()
        self._listen()
        self._calm = QTimer(self, singleShot=True, interval=_CALM)
        self._calm.timeout.connect(self._load_pages)

    def _listen(self) -> None:
        desk = self.desk
        desk.going.connect(self.show_page)
        desk.opening.connect(self.show_object)
        desk.told.connect(self._on_told)
        desk.troubled.connect(self._on_troubled)
        desk.solved.connect(self._on_solved)
        desk.status_changed.connect(self._on_status)
        desk.renewing.connect(self._on_renewing)
        desk.retranslated.connect(self._on_retranslated)
        desk.session.opened.connect(self._on_opened)
        desk.session.closed.connect(self._on_closed)
        desk.session.passphrase_wanted.connect(self._on_passphrase_wanted)

    # building

    def _build(self) -> None:
        self._pages.clear()
        self.setCentralWidget(self._frame())  # the one before goes, with its pages
        for old in self.findChildren(Finder):
            old.leave()
        self._finder = Finder(self.desk, self.actions_table, self._features, self)
        self._fill_actions()
        for problem in self._problems:
            self._strip.put(problem)
        for status in self._statuses.values():
            self._top.show_status(status)
        self._top.show_notices(self._notices)
        self._show_state()

    def _frame(self) -> QWidget:
        close = self.desk.words("app.shell.close")
        self._rail = Rail(self.desk, self._features)
        self._rail.chosen.connect(self.show_page)
        self._rail.narrowed.connect(self._on_narrowed)
        self._top = TopBar(self.desk)
        self._top.palette_wanted.connect(self.ask_palette)
        self._top.act.connect(self.actions_table.run)
        self._strip = ProblemsStrip(close=close)
        self._strip.dismissed.connect(self._on_solved)
        self._stack = QStackedWidget()
        right = column(self._top, self._strip, self._stack, gap=0)
        right.setStretch(2, 1)
        both = row(self._rail, right, gap=0)
        both.setStretch(1, 1)
        whole = holding(both)
        whole.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._toast = Toast(whole, close=close)
        return whole

    def _fill_actions(self) -> None:
        self.actions_table.set(standard(self.desk, self, self._features))
        for old in self.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly):
            old.setParent(None)
            old.deleteLater()
        for action in self.actions_table.all():
            if len(action.shortcut) > 1:
                shortcut = QShortcut(QKeySequence(action.shortcut), self)
                shortcut.activated.connect(lambda name=action.id: self.actions_table.run(name))
        menu = self._top.project.menu()
        menu.aboutToShow.connect(lambda: self._fill_project_menu(menu))

    def _fill_project_menu(self, menu: QMenu) -> None:
        menu.clear()
        project = self.desk.session.project
        for folder in self.desk.settings.recent:
            if project is None or folder != project.folder:
                menu.addAction(f"{folder.name}   {folder.parent}", partial(self._open, folder))
        menu.addSeparator()
        for name in ("project.open", "project.close"):
            action = next(action for action in self.actions_table.all() if action.id == name)
            menu.addAction(action.text(self.desk.words), partial(self.actions_table.run, name))

    def _show_state(self) -> None:
        """Shows the page, or the welcome page where there is no project."""
        project = self.desk.session.project
        for part in (self._rail, self._top):
            part.setVisible(project is not None)
        if project is None:
            self.setWindowTitle("Surefoot")
            welcome = self._welcome(self.desk)
            self._stack.addWidget(welcome)
            self._stack.setCurrentWidget(welcome)
            return
        self.setWindowTitle(f"{project.name} · Surefoot")
        self._top.show_project(project)
        self.show_page(self._current)

    # verbs

    def page(self, feature: str) -> Page | None:
        """A feature's page, built now if it was not; None where there is no such feature."""
        if feature not in self._pages:
            found = next((each for each in self._features if each.id == feature), None)
            if found is None:
                return None
            self._pages[feature] = found.build(self.desk)
            self._stack.addWidget(self._pages[feature])
        return self._pages[feature]

    def show_page(self, feature: str) -> None:
        """Shows a feature's page."""
        page = self.page(feature) if self.desk.session.project is not None else None
        if page is None:
            return
        self._current = feature
        self._stack.setCurrentWidget(page)
        self._rail.mark(feature)
        page.setFocus()  # a screen reader says its name, and Tab goes on inside of it

    def show_object(self, kind: str, ref: str) -> None:
        """Shows an object on the page that opens its kind; nothing where no page does."""
        found = next((feature for feature in self._features if kind in feature.opens), None)
        if found is None or (page := self.page(found.id)) is None:
            return
        self.show_page(found.id)
        page.show_object(kind, ref)

    def _parts(self) -> list[QWidget]:
        return [self._rail, self._top, self._strip, self._stack.currentWidget() or self._stack]

    def raise_up(self) -> None:
        """Comes to the front."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def ask_palette(self, beginning: str = "") -> None:
        """Opens the palette."""
        self._finder.ask(beginning)

    def show_shortcuts(self) -> None:
        """Shows the page of shortcuts."""
        ShortcutsSheet(self.desk.words, self.actions_table.all(), self).open()

    def toggle_rail(self) -> None:
        """Collapses or opens the rail."""
        self._rail.set_narrow(narrow=not self._rail.is_narrow)

    def open_project(self) -> None:
        """Asks for a folder, and opens the project in it."""
        folder = QFileDialog.getExistingDirectory(self, self.desk.words("app.action.project.open"), str(Path.home()))
        if folder:
            self._open(Path(folder))

    def _open(self, folder: Path) -> None:
        self.desk.open_project(folder, owner=self)

    def close_project(self) -> None:
        """Goes back to the welcome page."""
        self.desk.session.close()

    # what is heard

    def _on_opened(self, project: Project) -> None:
        self.desk.settings.remember(project.folder)
        self._build()
        self._calm.start()

    def _load_pages(self) -> None:
        self.desk.session.tasks.read(lambda: load(self._features), owner=self, then=lambda _done: None)

    def _on_closed(self) -> None:
        self._statuses.clear()
        self._build()

    def _on_renewing(self) -> None:
        shown = self._stack.currentWidget()
        for page in [page for page in self._pages.values() if page is not shown]:
            page.deleteLater()
            QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)
        self._pages.clear()

    def _on_retranslated(self) -> None:
        self._build()

    def _on_told(self, text: str, tone: str) -> None:
        self._notices = [text, *self._notices][:_NOTICES]
        self._top.show_notices(self._notices)
        self._toast.tell(text, cast("Tone", tone))
        if not self.isActiveWindow():
            QApplication.alert(self)

    def _on_troubled(self, problem: Problem) -> None:
        self._problems = (*(one for one in self._problems if one.key != problem.key), problem)
        self._strip.put(problem)

    def _on_solved(self, key: str) -> None:
        self._problems = tuple(one for one in self._problems if one.key != key)
        self._strip.solve(key)

    def _on_status(self, status: Status) -> None:
        self._statuses[status.key] = status
        self._top.show_status(status)

    def _on_narrowed(self, narrow: bool) -> None:  # noqa: FBT001 - a slot takes what its signal carries
        self.desk.settings.is_rail_narrow = narrow

    def _on_passphrase_wanted(self) -> None:
        sheet = PassphraseSheet(self.desk.words, self, times_wrong=self.desk.session.passphrase.times_wrong)
        sheet.accepted.connect(lambda: self.desk.session.give_passphrase(sheet.passphrase))
        sheet.rejected.connect(lambda: self.desk.session.give_passphrase(None))
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.desk.session.project is not None and dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped(event)
        if path is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.show_object("file", str(path))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.desk.settings.geometry = self.saveGeometry()
        self.desk.settings.sync()
        super().closeEvent(event)
