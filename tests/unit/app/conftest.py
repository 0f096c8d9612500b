"""What tests of the desktop stand on: no screen, our typefaces alone, a fixed locale, and nothing left behind."""

import gc
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QLocale, QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication

from surefoot.workbench import Workbench
from surefoot_app import theme
from surefoot_app.bridge.session import Project
from surefoot_app.shell.desk import Desk
from tests.fakes.desk import PROJECT, fake_desk
from tests.fakes.served import serving

_ENGLISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
# Before the application is made: Qt reads them once.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for _size in ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI"):
    os.environ.pop(_size, None)
_FONTS = Path(tempfile.gettempdir()) / f"surefoot-no-fonts-{os.getuid()}.conf"
_FONTS.write_text("<?xml version='1.0'?><fontconfig></fontconfig>", encoding="utf-8")
os.environ["FONTCONFIG_FILE"] = str(_FONTS)


@pytest.fixture(scope="session")
def qapp(qapp_args: list[str], qapp_cls: type[QApplication]) -> QApplication:
    QStandardPaths.setTestModeEnabled(True)
    QLocale.setDefault(_ENGLISH)
    app = QApplication.instance() or qapp_cls(qapp_args)
    assert isinstance(app, QApplication)
    app.setStyle("Fusion")
    theme.load()
    return app


def _ours() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("surefoot-")}


def _ticking() -> list[QTimer]:
    found = [each for each in gc.get_objects() if type(each) is QTimer]
    return [timer for timer in found if shiboken6.isValid(timer) and timer.isActive()]


@pytest.fixture(autouse=True)
def _nothing_is_left(qapp: QApplication) -> Iterator[None]:
    """A test that leaves a thread, a timer or a window behind fails."""
    QLocale.setDefault(_ENGLISH)
    looks = theme.theme()
    if (looks.mode, looks.scale) != ("light", 100) or not qapp.styleSheet():
        looks.apply(mode="light", scale=100)
    threads, windows = _ours(), set(map(id, qapp.topLevelWidgets()))
    yield
    for _ in range(3):
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qapp.processEvents()
    assert _ours() - threads == set(), "threads"
    assert [w for w in qapp.topLevelWidgets() if id(w) not in windows and w.isVisible()] == [], "windows"
    assert [timer.parent() for timer in _ticking()] == [], "timers"


Making = Callable[..., Desk]


@pytest.fixture
def desk_of(qapp: QApplication, tmp_path: Path) -> Iterator[Making]:
    """Makes desks over a bench of the test's own: `desk_of(bench, language="vi")`."""
    made: list[Desk] = []

    def make(
        bench: object = None, *, language: str = "en", project: Project | None = PROJECT, is_silent: bool = False
    ) -> Desk:
        desk = fake_desk(bench, tmp_path, language=language, project=project, is_silent=is_silent)
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.session.shut()
        desk.session.tasks.deleteLater()


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A project in which the second release of a model answers in place of the first."""
    with serving(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture
def desk(bench: Workbench, tmp_path: Path) -> Desk:
    """A hub over it that answers at once."""
    return fake_desk(bench, tmp_path)
