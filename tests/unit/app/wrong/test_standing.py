"""A project that vanishes, may only be read, is newer, or is damaged: it is said, and nothing is recorded or lost."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from surefoot.errors import Code, SurefootError
from surefoot.trail import Verdict, verify
from surefoot.workbench import Workbench, state_folder
from surefoot_app.__main__ import Desktop
from surefoot_app.audit.page import AuditPage
from surefoot_app.home.welcome import WelcomePage
from surefoot_app.releases.sheets import AdoptSheet
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.notices import ProblemsStrip
from tests.unit.app.wrong.conftest import PASSPHRASE, Starting


def problem(desktop: Desktop) -> str:
    strip = desktop.window.findChild(ProblemsStrip)
    assert strip is not None
    found = strip.problems.get("standing")
    assert found is None or strip.isVisible()
    return "" if found is None else found.text


def refused(desktop: Desktop, qtbot: QtBot) -> Code:
    """What an act that records ends with."""
    told: list[SurefootError] = []
    before = desktop.session.project
    assert before is not None
    desktop.session.act(
        lambda bench, _p, _c: bench.releases.adopt(before.folder / "policies" / "baseline.toml"),
        owner=desktop.window,
        failed=told.append,
    )
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    return told[0].code


def run_all(desktop: Desktop) -> ReasonedButton:
    """An act that records, and the reason beside it."""
    desktop.window.show_page("checks")
    button = desktop.window.findChild(Button, "checks.run")
    assert button is not None
    parent = button.parent()
    assert isinstance(parent, ReasonedButton)
    return parent


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """For root, whom no rights hold up, the folder is mounted anew; for anybody else its rights are taken."""
    if os.geteuid() != 0:
        held = [folder / ".surefoot", folder / ".surefoot" / "trail" / "feeds"]
        for each in held:
            each.chmod(0o555)
        yield
        for each in held:
            each.chmod(0o755)
        return
    for options in (("--bind",), ("-o", "remount,bind,ro")):
        if subprocess.run(["mount", *options, str(folder), str(folder)], check=False).returncode:
            pytest.skip("this root may not mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def segment(folder: Path) -> Path:
    (found,) = (folder / ".surefoot" / "trail" / "feeds").glob("*/000000.evt")
    return found


def damage(folder: Path) -> None:
    """Changes one letter of the second line."""
    path = segment(folder)
    lines = path.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b'"role":"owner"', b'"role":"ownar"')
    path.write_bytes(b"\n".join(lines))


def test_a_folder_that_vanishes_is_told_and_taken_up_again_when_it_is_back(
    start: Starting, project: Path, qtbot: QtBot
) -> None:
    desktop = start(project)
    act = run_all(desktop)
    project.rename(project.with_name("elsewhere"))
    qtbot.waitUntil(lambda: "no longer at" in problem(desktop), timeout=5000)
    assert str(project) in problem(desktop)
    assert not act.button.isEnabled()
    assert act.button.accessibleDescription() == "The project's folder is away"
    for feature in ("home", "datasets", "experiments", "runs", "checks", "releases", "deployments", "audit", "learn"):
        desktop.window.show_page(feature)  # what is shown is how it was
    qtbot.waitUntil(lambda: desktop.session.tasks.is_idle, timeout=10_000)
    assert refused(desktop, qtbot) is Code.PROJECT_AWAY
    assert not project.exists()  # nothing of ours made a part of it anew
    project.with_name("elsewhere").rename(project)
    qtbot.waitUntil(lambda: problem(desktop) == "", timeout=5000)
    assert act.button.accessibleDescription() != "The project's folder is away"
    assert desktop.session.standing.now.error is None


def test_a_record_that_was_away_while_it_was_verified_is_not_damaged(
    start: Starting, project: Path, qtbot: QtBot
) -> None:
    desktop = start(project)
    verification = desktop.session.verification
    qtbot.waitUntil(lambda: verification.report is not None, timeout=20_000)
    elsewhere = project.with_name("elsewhere")
    project.rename(elsewhere)
    report = verify(project / ".surefoot", pins=state_folder())
    elsewhere.rename(project)
    assert report.verdict is Verdict.FAIL
    with qtbot.waitSignal(verification.verified, timeout=20_000) as told:
        verification._take(report)  # it comes when the folder is there again
    assert told.args is not None
    assert told.args[0].verdict is not Verdict.FAIL
    assert desktop.session.standing.now.error is None
    project.rename(elsewhere)
    qtbot.waitUntil(lambda: desktop.session.standing.now.is_away, timeout=5000)
    assert verification.report is None
    elsewhere.rename(project)
    qtbot.waitUntil(lambda: verification.report is not None, timeout=20_000)  # verified anew
    assert desktop.session.standing.now.error is None


def test_a_project_that_may_only_be_read_says_so_and_goes_on_when_it_may_be_written(
    start: Starting, project: Path, qtbot: QtBot
) -> None:
    with read_only(project):
        desktop = start(project)
        qtbot.waitUntil(lambda: "can only be read" in problem(desktop), timeout=5000)
        act = run_all(desktop)
        assert (act.button.isEnabled(), act.button.accessibleDescription()) == (False, "This project can only be read")
        assert refused(desktop, qtbot) is Code.PROJECT_READ_ONLY
        counted: list[int] = []
        desktop.session.read(lambda bench: len(bench.runs.list()), owner=desktop.window, then=counted.append)
        qtbot.waitUntil(lambda: counted == [0], timeout=5000)
    qtbot.waitUntil(lambda: problem(desktop) == "", timeout=5000)


def test_a_project_becomes_read_only_while_it_is_open(start: Starting, project: Path, qtbot: QtBot) -> None:
    desktop = start(project)
    assert problem(desktop) == ""
    with read_only(project):
        qtbot.waitUntil(lambda: "can only be read" in problem(desktop), timeout=5000)
        assert refused(desktop, qtbot) is Code.PROJECT_READ_ONLY


@pytest.mark.parametrize("is_open", [True, False])
def test_lines_of_a_newer_version_leave_a_project_that_can_be_read(
    start: Starting, project: Path, qtbot: QtBot, *, is_open: bool
) -> None:
    path = segment(project)
    newer = path.read_bytes() + b'{"v":2}\tAAAA\n'
    if not is_open:
        path.write_bytes(newer)
    desktop = start(project)
    if is_open:
        path.write_bytes(newer)
    qtbot.waitUntil(lambda: "newer Surefoot" in problem(desktop), timeout=5000)
    assert run_all(desktop).button.accessibleDescription() == "A newer Surefoot wrote in this project"
    assert refused(desktop, qtbot) is Code.PROJECT_NEWER
    assert path.read_bytes() == newer


def test_one_that_cannot_be_opened_is_told_and_the_one_before_stays_open(
    start: Starting, project: Path, home: Path, qtbot: QtBot
) -> None:
    desktop = start(project)
    strip = desktop.window.findChild(ProblemsStrip)
    assert strip is not None
    desktop.desk.open_project(home / "nowhere", owner=desktop.window)
    qtbot.waitUntil(lambda: "SF-1001" in strip.problems, timeout=5000)
    done: list[object] = []
    desktop.session.passphrase_wanted.connect(lambda: desktop.session.give_passphrase(PASSPHRASE))
    desktop.session.read(lambda bench: bench.runs.list(), owner=desktop.window, then=done.append)
    qtbot.waitUntil(lambda: done == [[]], timeout=5000)
    # Another window must not get it: it is still open here.
    desktop.single.raised.disconnect()  # this platform raises no window
    assert not start().open(project)


def test_a_project_that_was_closed_can_be_opened_again(start: Starting, project: Path, qtbot: QtBot) -> None:
    desktop = start(project)
    assert "audit" in desktop.window._statuses, "the badge is there from the first moment"
    desktop.window.close_project()
    with qtbot.waitSignal(desktop.session.opened, timeout=20_000):
        assert desktop.open(project)
    other = start()
    desktop.single.raised.disconnect()  # this platform raises no window
    assert not other.open(project)
    with qtbot.waitSignal(desktop.session.opened, timeout=20_000):
        assert desktop.open(project), "and so can the one that is open"


def test_the_greeting_says_that_a_recent_project_is_gone(start: Starting, project: Path, qtbot: QtBot) -> None:
    desktop = start()
    project.rename(project.with_name("elsewhere"))
    welcome = desktop.window.findChild(WelcomePage)
    assert welcome is not None
    welcome.open(project)
    qtbot.waitUntil(lambda: "SF-1001" in welcome._wrong.text(), timeout=5000)
    assert welcome._wrong.isVisible()


@pytest.mark.parametrize("is_open", [True, False])
def test_a_damaged_line_leaves_a_window_that_reads_and_leads_to_it(
    start: Starting, project: Path, qtbot: QtBot, *, is_open: bool
) -> None:
    if not is_open:
        damage(project)
    desktop = start(project)
    if is_open:
        damage(project)
        desktop.window.show_page("audit")  # which verifies
    qtbot.waitUntil(lambda: "first at line 2" in problem(desktop), timeout=10_000)
    assert run_all(desktop).button.accessibleDescription() == "The record does not verify"
    before = segment(project).read_bytes()
    assert refused(desktop, qtbot) is Code.RECORD_FAILS_AT
    assert segment(project).read_bytes() == before
    lead = desktop.window.findChild(Button, "problem.standing")
    assert lead is not None
    lead.click()
    page = desktop.window.page("audit")
    assert isinstance(page, AuditPage)
    qtbot.waitUntil(lambda: page.timeline.rows.at(0) is not None, timeout=5000)
    qtbot.waitUntil(lambda: (shown := page.timeline.rows.at(0)) is not None and shown.event.seq == 1, timeout=5000)
    assert page.timeline.isVisible()
    qtbot.waitUntil(lambda: page.badge.accessibleName().startswith("Broken"), timeout=5000)


@pytest.mark.parametrize("is_open", [True, False])
def test_a_record_that_was_cut_is_told_and_what_was_seen_stays(
    start: Starting, project: Path, qtbot: QtBot, *, is_open: bool
) -> None:
    path = segment(project)
    if not is_open:
        with Workbench.open(project, unlock=str) as bench:
            bench.catalog.catch_up()  # what this machine has seen before
        path.write_bytes(path.read_bytes()[:200])
    desktop = start(project)
    if is_open:
        # Else the verification that begins with the project might see the cut first, and tell it in its own words.
        qtbot.waitUntil(lambda: desktop.session.verification.report is not None, timeout=20_000)
        path.write_bytes(path.read_bytes()[:200])
    qtbot.waitUntil(lambda: "SF-12" in problem(desktop), timeout=5000)
    assert run_all(desktop).button.accessibleDescription() == "The record does not verify"
    assert refused(desktop, qtbot) is Code.TRAIL_BEHIND
    counted: list[int] = []
    desktop.session.read(lambda bench: len(bench.audit.lines.actors()), owner=desktop.window, then=counted.append)
    qtbot.waitUntil(lambda: counted == [1], timeout=5000)


def test_another_project_is_not_taken_for_the_damaged_one(
    start: Starting, project: Path, home: Path, qtbot: QtBot
) -> None:
    Workbench.create(home / "sound", name="sound", person="Bo", passphrase=PASSPHRASE, sample=True).close()
    damage(project)
    desktop = start(project)
    qtbot.waitUntil(lambda: "SF-1218" in problem(desktop), timeout=10_000)
    with qtbot.waitSignal(desktop.session.opened, timeout=20_000):
        desktop.open(home / "sound")
    qtbot.waitUntil(lambda: problem(desktop) == "", timeout=5000)


def test_one_may_leave_a_project_that_vanished_after_something_was_recorded(
    start: Starting, project: Path, home: Path, qtbot: QtBot
) -> None:
    Workbench.create(home / "sound", name="sound", person="Bo", passphrase=PASSPHRASE, sample=True).close()
    desktop = start(project)
    desktop.session.passphrase_wanted.disconnect()
    desktop.session.passphrase_wanted.connect(lambda: desktop.session.give_passphrase(PASSPHRASE))
    text = (project / "policies" / "baseline.toml").read_text()
    (project / "policies" / "other.toml").write_text(text.replace('name = "baseline"', 'name = "other"'))
    done: list[object] = []
    desktop.session.act(
        lambda bench, _p, _c: bench.releases.adopt(project / "policies" / "other.toml"),
        owner=desktop.window, then=done.append,
    )  # fmt: skip
    qtbot.waitUntil(lambda: bool(done), timeout=20_000)
    project.rename(project.with_name("elsewhere"))
    with qtbot.waitSignal(desktop.session.opened, timeout=20_000):
        desktop.open(home / "sound")
    qtbot.waitUntil(lambda: problem(desktop) == "", timeout=5000)


def test_a_policy_is_not_adopted_where_nothing_can_be_recorded(start: Starting, project: Path, qtbot: QtBot) -> None:
    desktop = start(project)
    sheet = AdoptSheet(desktop.desk.words, name="baseline", loosened=(), parent=desktop.window)
    desktop.desk.guard(sheet.act)
    project.rename(project.with_name("elsewhere"))
    qtbot.waitUntil(lambda: not sheet.act.button.isEnabled(), timeout=5000)
    sheet.deleteLater()
