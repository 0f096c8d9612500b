"""A draft is kept in the order of its changes, also where the wizard or the program is gone by then."""

import threading
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from surefoot.errors import SurefootError
from surefoot_app.bridge.draft_file import DraftFile
from surefoot_app.bridge.drafts import inside, read, remove, write
from surefoot_app.bridge.session import Session
from surefoot_app.bridge.tasks import Tasks


@dataclass(frozen=True)
class Note:
    """What is kept here."""

    text: str = ""


class Desk(QObject):
    """A wizard's stead: what it says now, and what went wrong."""

    def __init__(self, state: Path) -> None:
        super().__init__()
        self.tasks = Tasks()
        self.session = Session(self.tasks)
        self.session._benches = SimpleNamespace(asked=SimpleNamespace(own_state=state))  # type: ignore[assignment]
        self.text: str | None = "first"
        self.wrong: list[SurefootError] = []
        self.wizard = QObject()
        self.file = DraftFile(self.session, self._content, failed=self.wrong.append, parent=self.wizard)

    def _content(self) -> tuple[str, object] | None:
        return None if self.text is None else ("note.json", Note(self.text))


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot) -> Any:
    made = Desk(tmp_path)
    yield made
    made.tasks.close()


def _on_disk(tmp_path: Path) -> Note | None:
    return read(inside(tmp_path) / "note.json", Note)


def test_what_was_changed_is_written_once_nothing_more_is(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    desk.file.touch()
    was_due, before = desk.file.is_due, _on_disk(tmp_path)
    desk.text = "last"
    with qtbot.waitSignals([desk.file.kept, desk.file.rested], timeout=5000):
        pass
    assert (was_due, before) == (True, None)
    assert not desk.file.is_due
    assert _on_disk(tmp_path) == Note("last")
    assert inside(tmp_path).stat().st_mode & 0o777 == 0o700
    assert (inside(tmp_path) / "note.json").stat().st_mode & 0o777 == 0o600


def test_the_last_change_wins_and_is_there_after_the_end_whatever_else_goes_on(desk: Desk, tmp_path: Path) -> None:
    free = threading.Event()
    for _ in range(4):  # more than there are readers
        desk.tasks.read(lambda: free.wait(20), owner=desk, then=lambda _nothing: None)
    desk.tasks.keep(lambda: free.wait(0.2), owner=desk, then=lambda _nothing: None)
    for text in ("one", "two", "three"):
        desk.text = text
        desk.file.keep()
    desk.wizard.deleteLater()
    threading.Timer(0.5, free.set).start()
    desk.tasks.close()
    assert _on_disk(tmp_path) == Note("three")


def test_what_is_let_go_stays_gone_though_it_was_just_being_written(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    gone: list[int] = []
    desk.file.touch()
    desk.file.keep()
    desk.file.forget("note.json", lambda: gone.append(1))
    qtbot.waitUntil(lambda: gone == [1])
    assert _on_disk(tmp_path) is None
    assert not desk.file.is_due
    assert desk.wrong == []


def test_where_there_is_nothing_to_keep_nothing_is_written(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    desk.text, then = None, list[int]()
    desk.file.keep(lambda: then.append(1))
    assert then == [1]
    desk.file.touch()
    with qtbot.waitSignal(desk.file.rested, timeout=5000):
        pass
    assert not inside(tmp_path).exists()


def test_what_comes_after_keeping_finds_the_draft_on_disk(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    found: list[Note | None] = []
    desk.file.keep(lambda: found.append(_on_disk(tmp_path)))
    qtbot.waitUntil(lambda: found == [Note("first")])


def test_a_draft_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    inside(tmp_path).write_text("in the way", encoding="utf-8")
    then: list[int] = []
    desk.file.keep(lambda: then.append(1))
    qtbot.waitUntil(lambda: bool(desk.wrong))
    assert then == [], "who could not keep it is not led away from it"
    assert desk.wrong[0].code.startswith("SF-")


def test_a_stopped_one_writes_no_more(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    desk.file.touch()
    desk.file.stop()
    qtbot.wait(700)
    assert _on_disk(tmp_path) is None


def test_a_damaged_draft_is_none(tmp_path: Path) -> None:
    place = tmp_path / "drafts" / "note.json"
    write(place, Note("kept"))
    assert read(place, Note) == Note("kept")
    for damaged in (b"{", b"[1, 2]", b'{"text": 3}', b""):
        place.write_bytes(damaged)
        assert read(place, Note) is None
    remove(place)
    remove(place)
    assert read(place, Note) is None


def test_a_draft_stays_with_its_project_where_another_one_is_open_by_then(
    desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    other = tmp_path / "other"
    desk.session._benches = SimpleNamespace(asked=SimpleNamespace(own_state=other))  # type: ignore[assignment]
    with qtbot.waitSignal(desk.file.kept):
        desk.file.keep()
    assert (_on_disk(tmp_path), _on_disk(other)) == (Note("first"), None)
