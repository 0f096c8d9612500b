"""Home reads how far a project is from its record; the welcome page opens and makes projects."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from pytestqt.qtbot import QtBot

from surefoot.releases.tables import REDUCERS
from surefoot.texts import LANGUAGES, Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.events import Events
from surefoot_app.bridge.session import Session
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.tasks import Tasks
from surefoot_app.home import welcome
from surefoot_app.home.making import NewProjectSheet, Wanted, made
from surefoot_app.home.page import HomePage
from surefoot_app.home.progress import _WAITING, STEPS, Overview, done, overview
from surefoot_app.home.watch import ProjectWatch
from surefoot_app.home.welcome import WelcomePage
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.status import Status
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.text import Text
from tests.fakes.desk import FakeSession, changed
from tests.gallery.home import DONE, FULL
from tests.unit.app.conftest import Making

PASSPHRASE = "a long passphrase of ours"


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    session = Session(Tasks())
    yield Desk(session, Events(session), Settings(tmp_path / "desktop.ini"))
    session.shut()
    session.tasks.deleteLater()


def _project(folder: Path) -> Path:
    return made(Wanted(folder, "credit", "Ada", PASSPHRASE))


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        ({"asset.registered": 1}, {"data"}),
        ({"run.requested": 3, "run.failed": 3}, {"experiment"}),
        ({"check.failed": 1, "check.passed": 4}, {"checks"}),
        ({"checklist.made": 1}, set()),
        ({"release.approved": 1, "service.started": 1}, {"release", "deployment"}),
    ],
)
def test_a_step_is_done_when_the_record_shows_it(counts: dict[str, int], wanted: set[str]) -> None:
    assert done(counts) == wanted


def test_the_first_step_that_is_not_done_comes_next() -> None:
    assert FULL.next == "release"
    assert DONE.next == ""
    assert Overview(frozenset(), (), (), (), 0).marked(frozenset({"audit", "release"})).done == {"audit"}


def test_a_new_project_has_nothing_done_and_two_lines(tmp_path: Path) -> None:
    with Workbench.open(_project(tmp_path / "credit"), unlock=str) as bench:
        found = overview(bench)
    assert (found.done, found.next, found.lines) == (frozenset(), "data", 2)
    assert {kind for kind, _ in found.last} == {"workspace.created", "feed.opened"}


def test_what_waits_is_to_be_decided_about_or_signed_and_nothing_else() -> None:
    said = (
        ("1.0.0", "refused", ("approval.refused",)),
        ("1.1.0", "out", ("approval.given", "release.approved")),
        ("1.2.0", "signing", ("approval.given",)),
        ("1.3.0", "again", ("approval.given", "approval.withdrawn")),
        ("1.4.0", "before", ()),
        ("1.4.0", "new", ()),
    )
    with duckdb.connect() as catalog:
        catalog.execute(REDUCERS[0].tables[0])
        lines = 0
        for version, ref, kinds in said:
            for kind in ("release.proposed", *kinds):
                lines += 1
                body = {"name": "credit", "version": version}
                catalog.execute(
                    """
                    INSERT INTO release_evidence BY NAME
                    SELECT $leaf AS leaf, 'f' AS feed, $seq AS seq, $seq AS hlc, TIMESTAMP '2026-01-01' AS "at",
                           'a' AS actor, 'person' AS role, $kind AS type, $ref AS subject, [$cause] AS cause,
                           $body::JSON AS body
                    """,
                    {"leaf": f"l{lines}", "seq": lines, "kind": kind, "ref": ref, "cause": f"l{lines - 1}",
                     "body": json.dumps(body)},
                )  # fmt: skip
        found = catalog.execute(_WAITING).fetchall()
    assert found == [
        ("new", "credit", "1.4.0", False),
        ("again", "credit", "1.3.0", False),
        ("signing", "credit", "1.2.0", True),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_its_words(language: str) -> None:
    words = Words(language)
    for step, _, _ in STEPS:
        for key in (f"step_{step}", f"step_{step}_why", f"next_{step}", f"next_{step}_why", f"act_{step}"):
            assert words.has(f"app.home.{key}")


def test_a_step_leads_to_its_panel_and_a_run_to_itself(desk_of: Making, qtbot: QtBot) -> None:
    desk = desk_of(is_silent=True)
    page = HomePage(desk)
    qtbot.addWidget(page)
    page.show_overview(FULL)
    following, run = page.findChild(Button, "home.next"), page.findChild(Button, "open-run")
    assert following is not None
    assert run is not None
    with qtbot.waitSignal(desk.going) as going:
        following.click()
    with qtbot.waitSignal(desk.opening) as opening:
        run.click()
    assert (going.args, opening.args) == (["releases"], ["run", "r1"])


def test_home_asks_again_when_the_record_grows(desk_of: Making, qtbot: QtBot) -> None:
    desk = desk_of(is_silent=True)
    page = HomePage(desk)
    qtbot.addWidget(page)
    assert isinstance(desk.session, FakeSession)
    before = desk.session.asked
    changed(desk, "run.finished")
    changed(desk, "check.passed")
    assert desk.session.asked == before, "what is not seen costs nothing"
    page.show()
    assert desk.session.asked == before + 1
    changed(desk, "run.finished")
    assert desk.session.asked == before + 2
    page.hide()
    page.show()
    assert desk.session.asked == before + 2


def test_a_project_that_opens_is_verified_and_its_badge_says_so(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    said: list[Status] = []
    desk.status_changed.connect(said.append)
    ProjectWatch(desk)
    desk.open_project(_project(tmp_path / "credit"), owner=desk)
    qtbot.waitUntil(lambda: any(one.tone == "ok" for one in said))
    assert said[0].word == desk.words("app.home.verifying")
    assert [one.word for one in said if one.key == "audit"][-1] == desk.words("app.home.audit_verified")


def test_a_record_that_was_changed_is_told_as_broken(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    folder = _project(tmp_path / "credit")
    said: list[Status] = []
    desk.status_changed.connect(said.append)
    ProjectWatch(desk)
    desk.open_project(folder, owner=desk)
    qtbot.waitUntil(lambda: any(one.tone == "ok" for one in said))
    body = next(path for path in sorted((folder / ".surefoot" / "trail").rglob("*")) if path.suffix == ".evt")
    body.chmod(0o600)
    body.write_bytes(body.read_bytes()[:-40])
    said.clear()
    desk.session.opened.emit(desk.session.project)
    qtbot.waitUntil(lambda: any(one.key == "audit" and one.tone in {"bad", "warn"} for one in said))


def test_a_record_that_could_not_be_verified_is_not_told_as_broken(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    said: list[Status] = []
    desk.status_changed.connect(said.append)
    ProjectWatch(desk)
    desk.open_project(_project(tmp_path / "credit"), owner=desk)
    qtbot.waitUntil(lambda: any(one.tone == "ok" for one in said))
    said.clear()
    desk.session.verification._fail("no report")
    desk.retranslated.emit()
    told = [(one.word, one.tone) for one in said if one.key == "audit"]
    assert told == [(desk.words("app.home.audit_failed"), "warn")] * 2


def test_the_welcome_page_opens_a_project_or_says_why_not(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    page = WelcomePage(desk)
    qtbot.addWidget(page)
    page.show()
    page.open(tmp_path / "nothing")
    qtbot.waitUntil(page._wrong.isVisible)
    assert "SF-1001" in page._wrong.text()
    with qtbot.waitSignal(desk.session.opened):
        page.open(_project(tmp_path / "credit"))
    page._progress.end()


@pytest.mark.parametrize("has_store", [True, False])
def test_the_key_store_is_asked_beside_the_window_and_one_sheet_opens(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, has_store: bool
) -> None:
    asked: list[str] = []

    def answer() -> bool:
        asked.append(threading.current_thread().name)
        return has_store

    monkeypatch.setattr(welcome, "has_store", answer)
    page = WelcomePage(desk)
    qtbot.addWidget(page)
    page.show()
    button = page.findChild(Button, "welcome.new")
    assert button is not None
    button.click()
    button.click()
    qtbot.waitUntil(lambda: desk.session.tasks.is_idle and page.findChild(NewProjectSheet) is not None)
    (sheet,) = page.findChildren(NewProjectSheet)
    assert (sheet._in_store.isChecked(), sheet._in_store.isHidden()) == (has_store, not has_store)
    assert len(asked) == 2
    assert threading.main_thread().name not in asked
    sheet.reject()


def test_a_new_project_is_made_from_what_was_written(tmp_path: Path, qtbot: QtBot) -> None:
    words = Words("en")
    sheet = NewProjectSheet(words)
    qtbot.addWidget(sheet)
    sheet._in_store.setChecked(False)
    assert sheet._reason() == words("app.welcome.need_name")
    sheet._name.setText("credit")
    assert sheet._reason() == words("app.welcome.need_person")
    sheet._person.setText("Ada")
    assert sheet._reason() == words("app.welcome.need_passphrase")
    sheet._first.setText(PASSPHRASE)
    assert sheet._reason() == words("app.welcome.need_same")
    sheet._again.setText(PASSPHRASE)
    sheet._folder.setText(str(tmp_path))
    assert sheet.act.button.isEnabled()
    folder = made(sheet.wanted())
    assert Workbench.find(folder) == tmp_path / "credit"


def test_a_project_that_is_open_elsewhere_is_said_to_be(tmp_path: Path, qtbot: QtBot) -> None:
    session = Session(Tasks())
    desk = Desk(session, Events(session), Settings(tmp_path / "desktop.ini"), claim=lambda _folder: False)
    page = WelcomePage(desk)
    qtbot.addWidget(page)
    page.show()
    page.open(tmp_path)
    assert desk.words("app.welcome.elsewhere") in [each.text() for each in page.findChildren(Text) if each.isVisible()]
    session.shut()
    session.tasks.deleteLater()


def test_the_example_is_opened_also_where_the_page_was_built_anew_meanwhile(
    desk: Desk, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, is_gone = _project(tmp_path / "credit"), threading.Event()

    def walk(_words: Words, tell: Callable[[str], object], _cancel: object) -> Path:
        assert is_gone.wait(10)
        tell("Signed")
        return folder

    monkeypatch.setattr(welcome, "walk", walk)
    page = WelcomePage(desk)
    learn = page.findChild(Button, "welcome.learn")
    assert learn is not None
    learn.click()
    with qtbot.waitSignal(page.destroyed):
        page.deleteLater()
    with qtbot.waitSignal(desk.session.opened, timeout=20_000):
        is_gone.set()
    assert desk.session.project is not None
    assert desk.session.project.folder == folder


def test_a_project_is_opened_also_where_the_page_was_built_anew_meanwhile(
    desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    folder, free = _project(tmp_path / "credit"), threading.Event()
    desk.session.tasks.act(lambda _progress, _cancel: free.wait(10), owner=desk)
    page = WelcomePage(desk)
    page.open(folder)
    page.open(folder)  # as a double click does
    with qtbot.waitSignal(page.destroyed):
        page.deleteLater()
    opened: list[object] = []
    desk.session.opened.connect(opened.append)
    free.set()
    qtbot.waitUntil(lambda: desk.session.tasks.is_idle and bool(opened), timeout=20_000)
    assert len(opened) == 1


def test_an_opening_can_be_given_up(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    folder, free = _project(tmp_path / "credit"), threading.Event()
    desk.session.tasks.act(lambda _progress, _cancel: free.wait(10), owner=desk)
    page = WelcomePage(desk)
    qtbot.addWidget(page)
    page.show()
    page.open(folder)
    page._progress.cancelled.emit()
    free.set()
    qtbot.waitUntil(lambda: desk.session.tasks.is_idle)
    assert (desk.session.project, page._wrong.isVisible()) == (None, False)
    with qtbot.waitSignal(desk.session.opened, timeout=20_000):
        page.open(folder)
