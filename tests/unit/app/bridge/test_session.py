"""The open project: asked off the GUI thread, acted on in its lane, followed; over a project of its own."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from surefoot.audit import tables
from surefoot.errors import CancelledError, Code, SurefootError
from surefoot.workbench import Workbench
from surefoot_app.bridge.events import Change, Events
from surefoot_app.bridge.passphrase import Passphrase
from surefoot_app.bridge.session import Project, Session
from surefoot_app.bridge.tasks import Tasks

PASSPHRASE = "a long passphrase of ours"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "credit"
    Workbench.create(folder, name="credit", person="Ada", passphrase=PASSPHRASE).close()
    return folder


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session(Tasks())
    yield made
    made.shut()
    made.tasks.deleteLater()


def _opened(session: Session, folder: Path, qtbot: QtBot) -> Project:
    with qtbot.waitSignal(session.opened):
        session.open(folder, owner=session)
    assert session.project is not None
    return session.project


def _adopt(bench: Workbench) -> str:
    return bench.releases.adopt(bench.project / "policies" / "baseline.toml").policy.name


def test_a_project_is_opened_from_a_folder_within_it(session: Session, project: Path, qtbot: QtBot) -> None:
    found = _opened(session, project / "policies", qtbot)
    assert (found.folder, found.name, found.is_sample, found.is_solo) == (project, "credit", False, True)


def test_a_folder_without_a_project_is_refused(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    told: list[SurefootError] = []
    session.open(tmp_path, owner=session, failed=told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert (told[0].code, session.project) == (Code.NO_PROJECT, None)


def test_a_question_is_answered_and_told_on_this_thread(session: Session, project: Path, qtbot: QtBot) -> None:
    _opened(session, project, qtbot)
    told: list[tuple[int, bool]] = []
    session.read(
        lambda bench: tables.count(bench.catalog),
        owner=session,
        then=lambda count: told.append((count, threading.current_thread() is threading.main_thread())),
    )
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(2, True)]


def test_many_questions_and_an_act_at_once_do_no_harm(session: Session, project: Path, qtbot: QtBot) -> None:
    _opened(session, project, qtbot)
    counts: list[int] = []
    session.passphrase_wanted.connect(lambda: session.give_passphrase(PASSPHRASE))
    for _ in range(20):
        session.read(lambda bench: len(bench.releases.list()), owner=session, then=counts.append)
    with qtbot.waitSignal(session.acted):
        session.act(lambda bench, _p, _c: _adopt(bench), owner=session)
    qtbot.waitUntil(lambda: len(counts) == 20)
    assert counts == [0] * 20


def test_an_act_asks_for_the_passphrase_and_is_seen_by_who_follows(
    session: Session, project: Path, qtbot: QtBot
) -> None:
    events = Events(session)
    _opened(session, project, qtbot)
    qtbot.waitUntil(lambda: events._seen is not None)
    session.passphrase_wanted.connect(lambda: session.give_passphrase(PASSPHRASE))
    done: list[str] = []
    with qtbot.waitSignal(events.changed) as changed:
        session.act(lambda bench, _p, _c: _adopt(bench), owner=session, then=done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert changed.args is not None
    assert changed.args[0].touches("policy")
    assert not changed.args[0].touches("run")


def test_an_act_is_given_up_where_the_passphrase_is_not_given(session: Session, project: Path, qtbot: QtBot) -> None:
    _opened(session, project, qtbot)
    session.passphrase_wanted.connect(lambda: session.give_passphrase(None))
    told: list[SurefootError] = []
    session.act(lambda bench, _p, _c: _adopt(bench), owner=session, failed=told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], CancelledError)


def test_what_another_process_records_is_seen_within_a_second(session: Session, project: Path, qtbot: QtBot) -> None:
    events = Events(session)
    _opened(session, project, qtbot)
    qtbot.waitUntil(lambda: events._seen is not None)
    with Workbench.open(project, unlock=lambda: PASSPHRASE) as other, qtbot.waitSignal(events.changed, timeout=3000):
        _adopt(other)


def test_an_answer_of_a_project_that_was_closed_is_not_told(session: Session, project: Path, qtbot: QtBot) -> None:
    _opened(session, project, qtbot)
    told: list[int] = []
    failed: list[SurefootError] = []
    session.close()
    qtbot.waitUntil(lambda: session.tasks.is_idle)
    session.read(lambda bench: tables.count(bench.catalog), owner=session, then=told.append, failed=failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert (told, session.project) == ([], None)


def test_a_session_that_waits_for_a_passphrase_can_be_shut(project: Path, qtbot: QtBot) -> None:
    session = Session(Tasks())
    _opened(session, project, qtbot)
    with qtbot.waitSignal(session.passphrase_wanted):
        session.act(lambda bench, _p, _c: _adopt(bench), owner=QObject())
    session.shut()
    assert not [each for each in threading.enumerate() if each.name.startswith("surefoot-act")]


def test_the_end_gives_up_everybody_who_waits_for_a_passphrase() -> None:
    passphrase, ended = Passphrase(lambda: None), list[Code]()

    def ask() -> None:
        try:
            passphrase.ask()
        except CancelledError as error:
            ended.append(error.code)

    waiting = [threading.Thread(target=ask) for _ in range(3)]
    for thread in waiting:
        thread.start()
    passphrase.end()
    for thread in waiting:
        thread.join(10)
    assert ended == [Code.CANCELLED] * 3


def test_an_act_that_asks_for_a_passphrase_after_the_end_is_given_up(project: Path, qtbot: QtBot) -> None:
    session = Session(Tasks())
    _opened(session, project, qtbot)
    begun, ended = threading.Event(), list[Code]()

    def late(bench: Workbench, _progress: object, cancel: Callable[[], bool]) -> None:
        begun.set()
        while not cancel():
            begun.wait(0.01)
        try:
            _adopt(bench)
        except SurefootError as error:
            ended.append(error.code)

    session.act(late, owner=session)
    assert begun.wait(20)
    session.shut()
    assert ended == [Code.CANCELLED]


@pytest.mark.parametrize(
    ("types", "nouns", "wanted"), [({"run.finished"}, ("run",), True), ({"runner.x"}, ("run",), False)]
)
def test_a_change_touches_the_nouns_of_its_lines(types: set[str], nouns: tuple[str, ...], wanted: bool) -> None:
    assert Change(frozenset(types)).touches(*nouns) is wanted


def test_what_was_asked_for_in_one_project_is_done_there_though_another_opens(
    session: Session, project: Path, qtbot: QtBot
) -> None:
    other = project.with_name("other")
    Workbench.create(other, name="other", person="Ada", sample=True).close()
    _opened(session, project, qtbot)
    free = threading.Event()
    done: list[Path] = []
    session.act(lambda _bench, _p, _c: free.wait(10), owner=session)
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open(other, owner=session)
        session.act(lambda bench, _p, _c: bench.project, owner=session, then=done.append)
        free.set()
    session.act(lambda bench, _p, _c: bench.project, owner=session, then=done.append)
    qtbot.waitUntil(lambda: len(done) == 2, timeout=20_000)
    assert done == [project, other]
    qtbot.waitUntil(lambda: session._leaving == [], timeout=20_000)


def test_a_project_that_is_left_while_it_works_is_let_go_after_its_acts(
    session: Session, project: Path, qtbot: QtBot
) -> None:
    _opened(session, project, qtbot)
    free = threading.Event()
    done: list[Path] = []
    session.act(lambda _bench, _p, _c: free.wait(10), owner=session)
    session.act(lambda bench, _p, _c: bench.project, owner=session, then=done.append)
    session.close()
    told: list[SurefootError] = []
    session.act(lambda bench, _p, _c: bench.project, owner=session, failed=told.append)
    free.set()
    qtbot.waitUntil(lambda: bool(told))
    assert (done, told[0].code) == ([project], Code.NO_PROJECT)
