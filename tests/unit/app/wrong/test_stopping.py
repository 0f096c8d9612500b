"""A model is stopped from the window also where the record cannot be opened any more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from surefoot.workbench import Workbench
from surefoot_app.deployments.page import DeploymentsPage
from surefoot_app.deployments.stopping import StopSheet
from tests.fakes.served import ended, served
from tests.unit.app.wrong.conftest import Starting


@pytest.fixture
def live(home: Path) -> Iterator[Workbench]:
    bench = served(home / "credit")
    yield bench
    ended(bench)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["cut", "away"])
def test_a_model_is_stopped_although_the_record_is_damaged_or_away(
    start: Starting, live: Workbench, qtbot: QtBot, how: str
) -> None:
    desktop = start(live.project)
    desktop.window.show_page("deployments")
    page = desktop.window.page("deployments")
    assert isinstance(page, DeploymentsPage)
    qtbot.waitUntil(lambda: page._found is not None and bool(page._found.standings), timeout=20_000)
    assert page._found is not None
    standing = page._found.standings["local"]
    segments = sorted((live.project / ".surefoot" / "trail" / "feeds").glob("*/000000.evt"))
    whole = {path: path.read_bytes() for path in segments}
    if how == "cut":
        for path in segments:
            path.write_bytes(whole[path][:200])
    else:
        live.project.rename(live.project.with_name("elsewhere"))
    qtbot.waitUntil(lambda: bool(desktop.desk.hindrance), timeout=10_000)
    sheet = StopSheet(desktop.desk, standing, page)
    sheet.open()
    assert sheet.act.button.isEnabled()
    sheet.act.button.click()
    qtbot.waitUntil(lambda: sheet.phase != "stopping", timeout=30_000)
    said = sheet._said.text()
    if how == "cut":
        for path in segments:
            path.write_bytes(whole[path])
    else:
        live.project.with_name("elsewhere").rename(live.project)
    assert sheet.phase == "seen", said
    sheet.close()
    sheet.deleteLater()
