"""Signing goes wrong: the disk is full, the passphrase is another. It is told where one looks, nothing is half done."""

import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from surefoot.trail import Verdict, segments
from surefoot_app.__main__ import Desktop
from surefoot_app.releases import drafts, steps
from surefoot_app.releases.drafts import Draft
from surefoot_app.releases.page import SIGNED, WIZARD, ReleasesPage
from surefoot_app.releases.sheets import SignSheet
from surefoot_app.shell.sheets import PassphraseSheet
from surefoot_app.widgets.text import Text
from tests.fakes.checked import PASSPHRASE, WEIGHED, laid
from tests.fakes.disks import small_disk
from tests.unit.app.wrong.conftest import Starting


@pytest.fixture
def disk(home: Path) -> Iterator[Path]:
    with small_disk(home / "disk", size="16m") as folder:
        yield folder


def proposed(folder: Path) -> tuple[Path, Draft]:
    """A project with a release that only has to be signed; its folder and the draft of it."""
    with laid(folder) as made:
        made.checked()
        release = made.bench.releases.draft(made.story.run, trade_off=WEIGHED)
        made.bench.releases.approve(release.id, reason="I have read the card.")
        draft = replace(drafts.new(made.story.run), release=release.id, trade_off=WEIGHED, step=steps.SIGN)
        return made.bench.project, draft


def at_signing(desktop: Desktop, draft: Draft, qtbot: QtBot) -> ReleasesPage:
    """The page of releases with the last step of one shown."""
    desktop.window.show_page("releases")
    page = desktop.window.page("releases")
    assert isinstance(page, ReleasesPage)
    page._go(WIZARD)
    wizard = page._wizard
    wizard.open(draft)
    qtbot.waitUntil(
        lambda: wizard._found is not None and bool(wizard._found.gates) and wizard._found.release is not None,
        timeout=20_000,
    )
    return page


def fill(folder: Path) -> Path:
    """Takes all room that is left."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return path


def give_passphrase(said: str) -> None:
    """Writes it into the sheet that asks, and presses the act."""
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, PassphraseSheet)
    edit = sheet.findChild(QLineEdit, "passphrase")
    assert edit is not None
    edit.setText(said)
    sheet.act.button.click()


@pytest.fixture
def project_to_sign(home: Path) -> tuple[Path, Draft]:
    return proposed(home)


def sign(page: ReleasesPage) -> None:
    """By the last step's act and the sheet that asks once more."""
    page._wizard._on_finished()
    sheet = page._wizard.findChild(SignSheet)
    assert sheet is not None
    sheet.act.button.click()


def states(desktop: Desktop, qtbot: QtBot) -> list[str]:
    """Of the releases that the record knows, after a verification of it."""
    verdicts: list[Verdict] = []
    found: list[str] = []
    desktop.session.read(lambda bench: bench.verify().verdict, owner=desktop.window, then=verdicts.append)
    desktop.session.read(
        lambda bench: [one.state for one in bench.releases.list()], owner=desktop.window, then=found.extend
    )
    qtbot.waitUntil(lambda: bool(found and verdicts), timeout=20_000)
    assert verdicts[0] in {Verdict.PASS, Verdict.REMARKS}
    return found


def test_a_disk_that_is_full_leaves_the_release_unsigned_and_signable(
    disk: Path, start: Starting, qtbot: QtBot
) -> None:
    project, draft = proposed(disk)
    desktop = start(project)
    page = at_signing(desktop, draft, qtbot)
    ballast = fill(disk)
    sign(page)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), PassphraseSheet), timeout=20_000)
    give_passphrase(PASSPHRASE)
    qtbot.waitUntil(lambda: "SF-1005" in shown(page), timeout=20_000)
    assert "is full" in shown(page)
    assert states(desktop, qtbot) == ["proposed"]
    ballast.unlink()
    sign(page)
    qtbot.waitUntil(lambda: page._stack.currentIndex() == SIGNED, timeout=60_000)
    assert states(desktop, qtbot) == ["signed"]


def test_a_disk_that_fills_up_before_the_line_is_written_leaves_the_release_unsigned_and_signable(
    project_to_sign: tuple[Path, Draft], start: Starting, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, draft = project_to_sign
    desktop = start(project)
    page = at_signing(desktop, draft, qtbot)

    def full(_handle: int, _length: int, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(segments, "_write_or_take_back", full)
        sign(page)
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), PassphraseSheet), timeout=20_000)
        give_passphrase(PASSPHRASE)
        qtbot.waitUntil(lambda: "SF-1005" in shown(page), timeout=20_000)
    assert states(desktop, qtbot) == ["proposed"]
    sign(page)
    qtbot.waitUntil(lambda: page._stack.currentIndex() == SIGNED, timeout=60_000)
    assert states(desktop, qtbot) == ["signed"]


def shown(widget: QWidget) -> str:
    """Every text in it."""
    return "\n".join(each.text() for each in widget.findChildren(Text))


def test_a_passphrase_typed_wrong_five_times_is_asked_for_again_and_nothing_is_lost(
    project_to_sign: tuple[Path, Draft], start: Starting, qtbot: QtBot
) -> None:
    project, draft = project_to_sign
    page = at_signing(start(project), draft, qtbot)
    page._wizard.sign()
    seen: list[QWidget] = []  # a sheet that is gone would leave its number to the next one
    for time in range(6):
        qtbot.waitUntil(lambda: _fresh_sheet(seen), timeout=60_000)
        sheet = QApplication.activeModalWidget()
        assert isinstance(sheet, PassphraseSheet)
        seen.append(sheet)
        assert ("SF-1104" in shown(sheet)) is (time > 0)
        assert (f"try {time};" in shown(sheet)) is (time > 1)
        give_passphrase(PASSPHRASE if time == 5 else f"not it, {time}")
    qtbot.waitUntil(lambda: page._stack.currentIndex() == SIGNED, timeout=60_000)


def _fresh_sheet(seen: list[QWidget]) -> bool:
    sheet = QApplication.activeModalWidget()
    return isinstance(sheet, PassphraseSheet) and not any(sheet is one for one in seen)


def test_a_passphrase_that_is_not_known_can_be_given_up_and_the_form_stays(
    project_to_sign: tuple[Path, Draft], start: Starting, qtbot: QtBot
) -> None:
    project, draft = project_to_sign
    desktop = start(project)
    page = at_signing(desktop, draft, qtbot)
    page._wizard.sign()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), PassphraseSheet), timeout=20_000)
    give_passphrase("not it")
    qtbot.waitUntil(lambda: desktop.session.passphrase.times_wrong == 1, timeout=20_000)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), PassphraseSheet), timeout=20_000)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, PassphraseSheet)
    sheet.reject()
    qtbot.waitUntil(lambda: not page._wizard._going.is_busy, timeout=20_000)
    assert (page._wizard.draft, desktop.session.passphrase.times_wrong) == (draft, 0)
    assert states(desktop, qtbot) == ["proposed"]
