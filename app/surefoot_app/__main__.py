"""`surefoot-app [PROJECT]`: builds the application and registers the panels. The one place that knows them all."""

import argparse
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication

from surefoot.files import private_folder
from surefoot.workbench import Workbench, state_folder
from surefoot_app import theme
from surefoot_app.audit.feature import AUDIT
from surefoot_app.bridge.events import Events
from surefoot_app.bridge.session import Session
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.tasks import Tasks
from surefoot_app.checks.feature import CHECKS
from surefoot_app.datasets.feature import DATASETS
from surefoot_app.deployments.feature import DEPLOYMENTS
from surefoot_app.experiments.feature import EXPERIMENTS
from surefoot_app.home.feature import HOME
from surefoot_app.home.welcome import WelcomePage
from surefoot_app.learn.feature import LEARN
from surefoot_app.releases.feature import RELEASES
from surefoot_app.runs.feature import RUNS
from surefoot_app.settings.feature import SETTINGS
from surefoot_app.shell.crash import CrashReports
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature
from surefoot_app.shell.sheets import ReportSheet
from surefoot_app.shell.single import SingleInstance
from surefoot_app.shell.window import Window
from surefoot_app.widgets.notices import Problem
from surefoot_app.widgets.reader import answer_readers

FEATURES: tuple[Feature, ...] = (
    HOME,
    DATASETS,
    EXPERIMENTS,
    RUNS,
    CHECKS,
    RELEASES,
    DEPLOYMENTS,
    AUDIT,
    LEARN,
    SETTINGS,
)
"""The panels, in the order of the rail. A feature page is one line here and one room beside it."""

logging.getLogger("surefoot").addHandler(logging.NullHandler())


def application(arguments: Sequence[str]) -> QApplication:
    """The Qt application, with our style and typefaces, whatever a screen reader asks of it."""
    app = QApplication([*arguments[:1]])
    app.setApplicationName("Surefoot")
    app.setDesktopFileName("surefoot")
    app.setStyle("Fusion")
    theme.load()
    answer_readers()
    # What is there now stays to the end. Else each look of Python for garbage goes through it, and holds the window.
    gc.freeze()
    gc.enable()
    return app


def settings() -> Settings:
    """What the desktop remembers of itself."""
    place = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation))
    return Settings(place / "surefoot" / "desktop.ini")


class Desktop:
    """Everything of one start, put together.

    Args:
        kept: the settings. state: where locks and reports lie.
    """

    def __init__(self, kept: Settings, state: Path) -> None:
        theme.theme().apply(mode=kept.mode, scale=kept.scale)
        self.session = Session(Tasks())
        self.single = SingleInstance(state)
        self.desk = Desk(self.session, Events(self.session), kept, claim=self.single.take)
        self.crashes = CrashReports(state / "crashes")
        self.window = Window(self.desk, FEATURES, welcome=WelcomePage)
        self.single.raised.connect(self.window.raise_up)

    def open(self, folder: Path) -> bool:
        """Opens a project, unless another window has it: that one is shown instead. Says which."""
        return self.desk.open_project(folder, owner=self.window) is not None

    def watch_crashes(self) -> None:
        """Keeps what nobody caught, and offers what is left of the last time."""
        words = self.desk.words
        pending = self.crashes.pending()
        self.crashes.install(lambda _trace: self.session.tasks.post(self._tell_crash))
        if pending:
            report = pending[0].read_text(encoding="utf-8", errors="replace")
            act = (words("app.shell.crash_show"), lambda: self._show_report(report))
            self.desk.trouble(Problem("crash", words("app.shell.crash_pending"), "warn", act))

    def shut(self) -> None:
        """Ends: stops what goes on, closes the project, gives up the locks."""
        self.session.shut()
        self.single.release()
        self.crashes.uninstall()

    def _tell_crash(self) -> None:
        self.desk.trouble(Problem("crash", self.desk.words("app.shell.crash_now"), "bad"))

    def _show_report(self, report: str) -> None:
        sheet = ReportSheet(self.desk.words, report, self.window)
        sheet.accepted.connect(self.crashes.seen)
        sheet.accepted.connect(lambda: self.desk.solve("crash"))
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()


def _first(project: str | None, kept: Settings) -> Path | None:
    """The project to begin with: the one named, the one of the folder one stands in, or the last one."""
    if project is not None:
        return Workbench.find(Path(project).absolute()) or Path(project).absolute()
    here: Callable[[], Path] = Path.cwd
    found = Workbench.find(here())
    return found or next((folder for folder in kept.recent if folder.is_dir()), None)


def appear(window: Window) -> None:
    """Shows the window: over the whole screen the first time, where its usual size would reach beyond it."""
    room, size = window.screen().availableSize(), window.size()
    is_tight = room.width() <= size.width() or room.height() <= size.height()
    if is_tight and window.desk.settings.geometry.isEmpty():
        window.showMaximized()
    else:
        window.show()


def main(arguments: Sequence[str] | None = None) -> int:
    """Starts the desktop. Returns the exit code: 0, also where another window was shown instead."""
    given = sys.argv if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="surefoot-app", allow_abbrev=False)
    parser.add_argument("project", nargs="?")
    options = parser.parse_args(given[1:])
    app = application(given)
    desktop = Desktop(settings(), private_folder(state_folder()))
    desktop.watch_crashes()
    project = _first(options.project, desktop.desk.settings)
    is_ours = desktop.open(project) if project is not None else desktop.single.take(None)
    code = 0
    if is_ours:
        appear(desktop.window)
        code = app.exec()
    desktop.shut()
    return code


if __name__ == "__main__":
    sys.exit(main())
