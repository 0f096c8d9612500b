"""The palette finds by name, keeps what cannot be done with its reason, and remembers."""

import time

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from surefoot_app.shell.palette import Entry, Palette, matching


def entry(text: str, *, sort: str = ">", reason: str = "", key: str = "") -> Entry:
    return Entry(key or text, sort, text, "", "play", lambda: None, reason)


ENTRIES = [entry("Start a run"), entry("Stop this model"), entry("lucky-ibex", sort="@"), entry("Fairness", sort="?")]


def names(typed: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [each.text for each in matching(typed, ENTRIES, recent)]


def test_a_name_is_found_by_its_beginning_its_middle_and_its_letters() -> None:
    assert names("sto") == ["Stop this model"]
    assert names("model") == ["Stop this model"]
    assert names("stm") == ["Stop this model"]
    assert names("zzz") == []


def test_a_sign_narrows_to_acts_objects_or_lessons() -> None:
    assert names(">") == ["Start a run", "Stop this model"]
    assert names("@lu") == ["lucky-ibex"]
    assert names("? fair") == ["Fairness"]


def test_what_was_used_last_stands_first() -> None:
    assert names("", ("Fairness",))[0] == "Fairness"


def test_five_thousand_names_answer_within_two_frames() -> None:
    many = [entry(f"run {number:05} of lucky-ibex") for number in range(5000)]
    began = time.perf_counter()
    matching("ib 42", many, ())
    assert time.perf_counter() - began < 0.06  # twice the budget of 30 ms


def _palette(qtbot: QtBot) -> Palette:
    palette = Palette(title="Search", hint="Type", none="Nothing")
    qtbot.addWidget(palette)
    palette.fill([entry("Sign", reason="Nothing to sign"), entry("Sing")], ())
    palette.ask()
    return palette


def test_what_cannot_be_done_stays_listed_with_its_reason_and_is_not_done(qtbot: QtBot) -> None:
    palette = _palette(qtbot)
    chosen: list[Entry] = []
    palette.chosen.connect(chosen.append)
    assert "Nothing to sign" in palette._model.index(0, 0).data()
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert (chosen, palette.isVisible()) == ([], True)
    qtbot.keyClick(palette._field, Qt.Key.Key_Down)
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert [each.text for each in chosen] == ["Sing"]
    assert not palette.isVisible()


def test_nothing_found_is_said(qtbot: QtBot) -> None:
    palette = _palette(qtbot)
    qtbot.keyClicks(palette._field, "zzzz")
    assert palette._none.isVisible()
    qtbot.keyClick(palette._field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_what_was_gone_to_stays_current_while_more_comes_and_not_the_next_time(qtbot: QtBot) -> None:
    palette = _palette(qtbot)
    many = [entry(f"Sign {number}") for number in range(5)]
    palette.fill(many, ())
    for _ in range(3):
        qtbot.keyClick(palette._field, Qt.Key.Key_Down)
    palette.fill([entry("Also signed"), *many], ("Also signed",))
    assert palette._list.currentIndex().data().startswith("Sign 3")
    chosen: list[Entry] = []
    palette.chosen.connect(chosen.append)
    qtbot.keyClick(palette._field, Qt.Key.Key_Return)
    assert [one.text for one in chosen] == ["Sign 3"]
    palette.ask()
    assert palette._list.currentIndex().row() == 0
