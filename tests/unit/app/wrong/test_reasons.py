"""Any text as a reason for an order, as an answer of a review, as an input of a trial: kept and told, or refused."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from surefoot.audit.facts import Wanted
from surefoot.deployments.facts import State
from surefoot.errors import Code
from surefoot_app.audit.review import DecisionCard, Waiting
from surefoot_app.deployments import ordering, standing
from surefoot_app.deployments.ordering import Order, OrderSheet
from surefoot_app.deployments.page import DeploymentsPage
from surefoot_app.deployments.stopping import StopSheet
from surefoot_app.shell.desk import Desk
from tests.fakes.looking import named, texts
from tests.fakes.served import Unwatched, serving
from tests.fakes.served import told as proposed
from tests.unit.app.conftest import Making
from tests.unit.app.wrong.test_texts import TEXTS, fields, write

# Each order starts a service anew, so these stand for all: they differ in what a form or a record may fail on.
_ORDERED = ("right-to-left", "emoji", "nul", "control", "newlines", "nothing-seen", "half-a-pair", "long")
_MOST = 2000  # letters of an answer that the record keeps


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unwatched]:
    """A project of these tests alone: they stop and start what runs in it."""
    with serving(tmp_path_factory.mktemp("reasons")) as made:
        yield made


def fill(sheet: QWidget, name: str, kind: str) -> str:
    """Writes a text where a reason stands; gives what the field made of it."""
    edit = named(sheet, name)
    assert isinstance(edit, QLineEdit)
    edit.setText("")
    write(edit, TEXTS[kind])
    return edit.text().strip()


def told(sheet: QWidget) -> str:
    said = texts(sheet)
    assert Code.INTERNAL not in said
    return said


def reasons(bench: Unwatched, event: str) -> list[str]:
    bench.catalog.catch_up()
    return [str((one.body or {}).get("reason")) for one in bench.audit.lines.newest(Wanted()) if one.type == event]


def give(desk: Desk, order: Order, kind: str, qtbot: QtBot) -> tuple[bool, str]:
    """Gives an order for a reason; whether it was carried out, and the reason."""
    done: list[object] = []
    sheet = OrderSheet(desk, order, ended=done.append)
    qtbot.addWidget(sheet)
    reason = fill(sheet, "order.reason", kind)
    sheet.give()
    assert bool(done) or "SF-" in told(sheet)
    return bool(done), reason


@pytest.mark.parametrize("kind", _ORDERED)
def test_an_order_is_given_for_any_reason(kind: str, running: Unwatched, desk_of: Making, qtbot: QtBot) -> None:
    desk = desk_of(running)

    def now() -> standing.Standing:
        return standing.overview(running).standings["local"]

    sheet = StopSheet(desk, now())
    qtbot.addWidget(sheet)
    sheet.open()
    named(sheet, "sheet.act").click()
    assert sheet.phase == "seen"
    why = fill(sheet, "stop.reason", kind)
    named(sheet, "sheet.act").click()
    if why:
        assert not sheet.isVisible() or "SF-" in told(sheet)
        assert sheet.isVisible() or reasons(running, "service.stopped")[0] == why
    else:
        assert not named(sheet, "sheet.act").isEnabled()
    sheet.done(0)

    is_lifted, reason = give(desk, ordering.lift(desk, now()), kind, qtbot)
    if is_lifted:
        assert reasons(running, "service.lifted")[0] == reason
    else:
        running.deployments.lift("local")
    is_back, reason = give(desk, ordering.rollback(desk, now(), "–"), kind, qtbot)
    assert not is_back or reasons(running, "release.rolled-back")[0] == reason
    assert now().deployment.state is State.SERVING
    page = DeploymentsPage(desk)
    qtbot.addWidget(page)
    assert "Stop this model" in told(page)


@pytest.mark.parametrize("kind", TEXTS)
def test_a_trial_takes_any_text_in_any_field(kind: str, running: Unwatched, desk_of: Making, qtbot: QtBot) -> None:
    page = DeploymentsPage(desk_of(running))
    qtbot.addWidget(page)
    edits = [edit for edit in fields(page) if edit.objectName().startswith("deployment.input.")]
    assert edits
    for edit in edits:
        assert isinstance(edit, QLineEdit)
        before = edit.text()
        write(edit, TEXTS[kind])
        said = told(page)
        assert page.findChild(QWidget, "deployment.answer") is not None or "cannot be read" in said
        edit.setText(before)


@pytest.mark.parametrize("kind", TEXTS)
def test_a_review_is_answered_with_any_text(kind: str, running: Unwatched, desk_of: Making, qtbot: QtBot) -> None:
    desk = desk_of(running)
    card = DecisionCard(desk, Waiting(proposed(running, 3.0 + 0.01 * list(TEXTS).index(kind))[0], "credit 1.0.2"))
    qtbot.addWidget(card)
    reason = fill(card, "review.reason", kind)
    decided: list[bool] = []
    card.decided.connect(lambda: decided.append(True))
    named(card, "review.ask").click()
    assert named(card, "review.no").isEnabled() is bool(reason)
    named(card, "review.no").click()
    if reason:
        assert decided or "SF-" in told(card)
        assert not decided or reasons(running, "approval.refused")[0] == reason[:_MOST]
    assert running.verify().verdict.value.startswith("PASS")
