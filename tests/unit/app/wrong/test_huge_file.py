"""A file of five gigabytes dropped on the window: the steps open on it, nothing stops, it can be given up."""

import time
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLineEdit, QProgressBar
from pytestqt.qtbot import QtBot

from surefoot_app.__main__ import Desktop
from surefoot_app.datasets.wizard import DatasetWizard
from surefoot_app.widgets.buttons import Button
from tests.unit.app.wrong.conftest import Starting

_SIZE = 5 << 30
_MOST = 0.05  # seconds that the window may stand still (ux.md §8.6)


class Pulse:
    """How long the event loop was kept from turning, at most.

    A machine that tests share takes its time too: what the thread itself worked counts, not what it waited for a core.
    """

    def __init__(self, parent: Desktop) -> None:
        self.longest = 0.0
        self._last = time.thread_time()
        self._timer = QTimer(parent.window, interval=5)
        self._timer.timeout.connect(self._on_beat)
        self._timer.start()

    def _on_beat(self) -> None:
        now = time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now

    def stop(self) -> None:
        self._timer.stop()


def huge(path: Path) -> Path:
    """A table with a head and a tail of nothing, which takes no room on the disk."""
    with path.open("wb") as file:
        file.write(b"id,age,answer\n" + b"".join(b"r%d,%d,yes\n" % (i, i % 90) for i in range(1000)))
        file.truncate(_SIZE)
    return path


def drop(desktop: Desktop, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    desktop.window.dropEvent(
        QDropEvent(
            QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )


def test_a_huge_file_dropped_on_the_window_is_read_beside_it_and_given_up(
    start: Starting, project: Path, qtbot: QtBot
) -> None:
    desktop = start(project)
    source = huge(project.parent / "huge.csv")
    desktop.window.show_page("datasets")  # pages are built when they are first shown; that has a budget of its own
    qtbot.waitUntil(lambda: desktop.session.tasks.is_idle, timeout=10_000)
    drop(desktop, source)
    qtbot.waitUntil(lambda: desktop.window.findChild(DatasetWizard) is not None, timeout=5000)
    wizard = desktop.window.findChild(DatasetWizard)
    assert wizard is not None
    field = wizard.findChild(QLineEdit, "dataset.source")
    assert field is not None
    assert (field.text(), wizard.draft.source) == (str(source), str(source))
    pulse = Pulse(desktop)
    bar = wizard._progress.findChild(QProgressBar)
    assert bar is not None
    qtbot.waitUntil(lambda: wizard._progress.isVisible() and bar.maximum() > 0 and bar.value() > 0, timeout=10_000)
    cancel = wizard.findChild(Button, "dataset.cancel")
    assert cancel is not None
    qtbot.waitUntil(cancel.isVisible, timeout=5000)
    began = time.monotonic()
    cancel.click()
    qtbot.waitUntil(lambda: not wizard._is_looking, timeout=5000)
    assert time.monotonic() - began < 2
    pulse.stop()
    assert pulse.longest < _MOST
    assert not wizard._progress.isVisible()
    assert wizard.draft.source == str(source)  # what was answered stays


def test_a_drop_goes_on_with_the_draft_at_hand(start: Starting, project: Path, qtbot: QtBot) -> None:
    desktop = start(project)
    first, second = project.parent / "one.csv", project.parent / "two.csv"
    for path in (first, second):
        path.write_text("id,answer\n" + "".join(f"{i},{i % 2}\n" for i in range(50)))
    drop(desktop, first)
    qtbot.waitUntil(lambda: desktop.window.findChild(DatasetWizard) is not None, timeout=5000)
    wizard = desktop.window.findChild(DatasetWizard)
    assert wizard is not None
    wizard.answer({"owner": "Ada"})
    drop(desktop, second)
    qtbot.waitUntil(lambda: len(desktop.window.findChildren(DatasetWizard)) == 1, timeout=5000)
    again = desktop.window.findChild(DatasetWizard)
    assert again is not None
    assert (again.draft.source, again.draft.owner, again.draft.step) == (str(second), "Ada", 0)
    qtbot.waitUntil(lambda: desktop.session.tasks.is_idle, timeout=20_000)
