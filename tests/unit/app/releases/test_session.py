"""The same in the desktop's own threads: read in the pool, acted in the lane, the passphrase asked for once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from surefoot_app.bridge.events import Events
from surefoot_app.bridge.session import Session
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.tasks import Tasks
from surefoot_app.checks.page import ChecksPage
from surefoot_app.releases import steps
from surefoot_app.releases.page import SIGNED, ReleasesPage
from surefoot_app.shell.desk import Desk
from tests.fakes.checked import PASSPHRASE, WEIGHED, laid
from tests.unit.app.releases.acting import texts


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Desk]:
    """The hub over a project that is open in the desktop's own way; who is asked for the passphrase gives it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with laid(tmp_path) as made:
        made.checked()
        folder = made.bench.project
    session = Session(Tasks())
    session.passphrase_wanted.connect(lambda: session.give_passphrase(PASSPHRASE))
    desk = Desk(session, Events(session), Settings(tmp_path / "desktop.ini"))
    with qtbot.waitSignal(session.opened, timeout=20_000):
        desk.open_project(folder, owner=desk)
    yield desk
    session.shut()
    session.tasks.deleteLater()


def test_a_run_is_released_in_the_desktop_s_own_threads(desk: Desk, qtbot: QtBot) -> None:
    asked: list[int] = []
    desk.session.passphrase_wanted.connect(lambda: asked.append(1))
    checks, page = ChecksPage(desk), ReleasesPage(desk)
    for each in (checks, page):
        qtbot.addWidget(each)
        each.show()
    qtbot.waitUntil(lambda: bool(checks._pane._rows), timeout=20_000)
    page.begin(checks._entries[0].run)
    wizard = page._wizard
    qtbot.waitUntil(lambda: wizard._found is not None and bool(wizard._found.gates), timeout=20_000)
    wizard._stepper.go(steps.WEIGHED)
    wizard._stepper.weighing._edit.setPlainText(WEIGHED)
    wizard._propose()
    qtbot.waitUntil(lambda: wizard._found is not None and wizard._found.package is not None, timeout=60_000)
    wizard._approve("I have read the card.")
    qtbot.waitUntil(lambda: _is_ready(page), timeout=60_000)
    wizard.sign()
    qtbot.waitUntil(lambda: page._stack.currentIndex() == SIGNED, timeout=60_000)
    qtbot.waitUntil(lambda: "Ada Lovelace" in texts(page), timeout=20_000)
    page._signed.prove()
    qtbot.waitUntil(lambda: desk.words("say.carrying.step.bill") in texts(page), timeout=20_000)
    assert asked == [1]
    wizard._file.stop()


def _is_ready(page: ReleasesPage) -> bool:
    found = page._wizard._found
    return found is not None and bool(found.gates) and all(gate.is_open for gate in found.gates)
