"""A candidate among the others by two figures, and the sheets that ask before something is signed."""

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from pytestqt.qtbot import QtBot

from surefoot.releases.facts import Loosening
from surefoot.texts import Words
from surefoot_app.releases.hands import Hands
from surefoot_app.releases.sheets import AdoptSheet, SignSheet, WaiveSheet
from surefoot_app.releases.tradeoffs import WeighStep
from surefoot_app.releases.weighing import weigh
from surefoot_app.widgets.text import Text
from tests.gallery.releases import BEGUN, SUBJECTS
from tests.unit.app.conftest import Making

WORDS = Words("en")


def test_the_line_joins_the_runs_that_none_beats() -> None:
    found = weigh(SUBJECTS, "run_41")
    assert found is not None
    assert (found.kinds, found.limits) == (("accuracy", "fairness"), ((0.75, True), (0.05, False)))
    for x, y in found.front:
        assert not any(p.x >= x and p.y <= y and (p.x > x or p.y < y) for p in found.points)
    own = next(point for point in found.points if point.run == "run_41")
    beaten = [p for p in found.points if p.x >= own.x and p.y <= own.y and (p.x > own.x or p.y < own.y)]
    assert found.beaten == len(beaten)


def test_a_candidate_without_others_is_told_so(desk_of: Making, qtbot: QtBot) -> None:
    step = WeighStep(desk_of(is_silent=True))
    qtbot.addWidget(step)
    step.show_dossier(replace(BEGUN, subjects=SUBJECTS[:1]), cast("Hands", SimpleNamespace()))
    said = "\n".join(each.text() for each in step.findChildren(Text))
    assert "none to weigh it against" in said
    assert "0 others" not in said
    step.show_dossier(replace(BEGUN, subjects=SUBJECTS[:2]), cast("Hands", SimpleNamespace()))
    said = "\n".join(each.text() for each in step.findChildren(Text))
    assert "1 other" in said
    assert "1 others" not in said


def test_without_two_figures_there_is_nothing_to_weigh() -> None:
    assert weigh(SUBJECTS, "run_nobody") is None
    assert weigh((replace(SUBJECTS[0], results=SUBJECTS[0].results[:1]),), "run_41") is None


def test_a_waiver_asks_why_and_for_how_long(qtbot: QtBot) -> None:
    sheet = WaiveSheet(WORDS, check="Fairness", most=30)
    qtbot.addWidget(sheet)
    assert not sheet.act.button.isEnabled()
    sheet._reason.setPlainText("  It is known.  ")
    sheet._days.setValue(99)
    assert sheet.act.button.isEnabled()
    assert (sheet.reason, sheet.days) == ("It is known.", 30)


def test_signing_says_once_more_what_and_that_it_cannot_be_undone(qtbot: QtBot) -> None:
    sheet = SignSheet(WORDS, title="credit 1.0.0", files=11, digest="9f86d081884c7d65")
    qtbot.addWidget(sheet)
    said = " ".join(each.text() for each in sheet.findChildren(Text))
    assert "credit 1.0.0" in said
    assert "9f86d081." in said
    assert WORDS("app.releases.cannot_undo") in said


def test_a_policy_that_asks_less_says_in_what(qtbot: QtBot) -> None:
    sheet = AdoptSheet(WORDS, name="loose", loosened=(Loosening("approvals.count", "2", "1"),))
    qtbot.addWidget(sheet)
    assert any("approvals.count" in each.text() for each in sheet.findChildren(Text))
