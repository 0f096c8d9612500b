"""The list and the steps over a real project: what is there, what cannot be read, what is written and started."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QRadioButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments import templates
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.events import Events
from surefoot_app.bridge.session import Session
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.tasks import Tasks
from surefoot_app.experiments import draft as drafts
from surefoot_app.experiments import overview as views
from surefoot_app.experiments.feature import EXPERIMENTS
from surefoot_app.experiments.page import ExperimentsPage
from surefoot_app.experiments.trying import TryCard
from surefoot_app.experiments.wizard import ExperimentWizard
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.table import Table
from tests.fakes.desk import FakeSession, changed
from tests.gallery.experiments import DRAFT, KNOWN, LIST
from tests.unit.app.conftest import Making


@pytest.fixture
def desk(desk_of: Making, bench: Workbench) -> Desk:
    return desk_of(bench)


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> Iterator[ExperimentsPage]:
    made = ExperimentsPage(desk)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    yield made
    made.close()


def button(page: ExperimentsPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton), name
    return found


def table(page: ExperimentsPage) -> Table:
    found = page.findChild(Table, "experiments.table")
    assert isinstance(found, Table)
    return found


def cells(page: ExperimentsPage, row: int) -> list[str]:
    model = table(page).model()
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def typed(page: ExperimentsPage, name: str, text: str) -> None:
    field = page.findChild(QLineEdit, f"experiment.{name}")
    assert isinstance(field, QLineEdit), name
    field.setText(text)


def wizard(page: ExperimentsPage) -> ExperimentWizard:
    found = page.findChild(ExperimentWizard)
    assert isinstance(found, ExperimentWizard)
    return found


# what is asked


def test_the_project_tells_how_far_each_experiment_is(bench: Workbench) -> None:
    broken, pi = views.overview(bench).experiments
    assert (broken.name, broken.standing, broken.error and broken.error.values["line"]) == ("broken", "unreadable", 3)
    assert (pi.tally.runs, pi.tally.going, pi.standing) == (3, 0, "met")
    assert pi.best is not None
    assert pi.criterion is not None
    assert views.meets(pi.best, pi.criterion)
    assert views.asked(pi.criterion, Words("en")) == "error ≤ 0.05"
    assert "→   3  goal = 3" in views.around(broken)


def test_the_steps_are_told_what_can_be_chosen(bench: Workbench) -> None:
    known = views.known(bench)
    assert known.names == {"broken", "pi"}
    assert "error" in known.metrics
    assert known.cores > 0
    assert known.memory > 0


def test_a_filter_looks_at_name_and_goal() -> None:
    assert [one.name for one in LIST if views.fits(one, "LOAN credit")] == ["german-credit"]
    assert [one.name for one in LIST if views.fits(one, "fraud")] == ["fraud-2"]


# the list


def test_the_list_shows_what_can_and_what_cannot_be_read(page: ExperimentsPage) -> None:
    assert cells(page, 0)[0] == "broken"
    assert "line 3" in cells(page, 0)[1]
    assert cells(page, 1)[0:1] + cells(page, 1)[2:3] + cells(page, 1)[4:6] == ["pi", "error ≤ 0.05", "Met", "3"]
    assert page.findChild(QPlainTextEdit, "experiment.lines") is not None
    assert page.findChild(QPushButton, "experiment.open") is None


def test_the_model_of_the_list_is_one_that_qt_accepts(page: ExperimentsPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(table(page).model())


def test_the_best_run_is_a_link(page: ExperimentsPage, desk: Desk, qtbot: QtBot) -> None:
    page.show_object("experiment", "pi")
    with qtbot.waitSignal(desk.opening) as opened:
        button(page, "open-run").click()
    assert opened.args[0] == "run"
    assert str(opened.args[1]).startswith("run_")


def test_a_filter_without_a_match_says_so(page: ExperimentsPage, qtbot: QtBot) -> None:
    line = page.findChild(FilterLine)
    assert isinstance(line, FilterLine)
    qtbot.keyClicks(line, "nothing like it")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    shown = [state.kind for state in page.findChildren(EmptyState) if state.isVisible()]
    assert (shown, table(page).isVisible()) == (["no-match"], False)


def test_the_command_of_an_experiment_is_copied(page: ExperimentsPage) -> None:
    page.show_object("experiment", "pi")
    button(page, "experiment.copy").click()
    assert QGuiApplication.clipboard().text() == "surefoot experiment start experiments/pi.toml"


def test_without_experiments_there_is_one_thing_to_do(desk_of: Making, qtbot: QtBot) -> None:
    page = ExperimentsPage(desk_of(is_silent=True))
    qtbot.addWidget(page)
    page.show()
    assert [state.kind for state in page.findChildren(EmptyState)] == ["loading"]
    page.show_overview(views.Overview(()))
    qtbot.waitUntil(lambda: [one.kind for one in page.findChildren(EmptyState) if one.isVisible()] == ["nothing"])
    filled = [one for one in page.findChildren(Button) if one.property("kind") == "primary" and one.isVisible()]
    assert [one.objectName() for one in filled] == ["experiments.new"]


def test_a_folder_that_may_not_be_read_is_said_to_be_one(desk_of: Making, qtbot: QtBot) -> None:
    class Closed:
        @property
        def catalog(self) -> object:
            raise InputRefusedError(Code.NO_RIGHT, path="experiments")

    page = ExperimentsPage(desk_of(Closed()))
    qtbot.addWidget(page)
    assert [state.kind for state in page.findChildren(EmptyState)] == ["no-permission"]


def test_a_run_that_ends_asks_again_and_another_line_does_not(page: ExperimentsPage, desk: Desk) -> None:
    session = cast("FakeSession", desk.session)
    before = session.asked
    changed(desk, "check.passed")
    assert session.asked == before
    changed(desk, "run.finished")
    assert session.asked == before + 1


# the steps


@pytest.fixture
def without_traces(bench: Workbench) -> Iterator[Path]:
    """Where the recipe `closer` will lie; what a test writes of it is gone afterwards."""
    recipe = bench.project / "experiments" / "closer.toml"
    yield recipe
    recipe.unlink()
    shutil.rmtree(bench.project / "train" / "closer")


def answer(page: ExperimentsPage) -> None:
    """Answers what is asked, beginning with the template of a plain command."""
    template = page.findChild(QRadioButton, "experiment.template.plain-command")
    assert isinstance(template, QRadioButton)
    template.click()
    for name, text in (("goal", "How close?"), ("name", "closer"), ("seeds", "7")):
        typed(page, name, text)
    button(page, "experiment.criteria.add").click()
    typed(page, "criteria.0.0", "error")
    typed(page, "criteria.0.2", "0.5")


def test_a_new_experiment_is_written_started_and_shown(
    page: ExperimentsPage, bench: Workbench, qtbot: QtBot, without_traces: Path
) -> None:
    page.show_object("experiment-new", "")
    answer(page)
    forward = button(page, "stepper.forward")
    for _ in range(6):
        assert forward.isEnabled(), wizard(page).draft
        forward.click()
    assert forward.text() == "Start the run"
    forward.click()
    assert "[criteria.error]\nat_least = 0.5" in without_traces.read_text(encoding="utf-8")
    assert (bench.project / "train" / "closer" / "train.sh").is_file()
    runs = bench.runs.list(where='experiment = "closer"')
    assert [run.seed for run in runs] == [7]
    assert bench.runs.wait([run.run for run in runs], seconds=60)[0].meets is False
    assert drafts.kept(bench.own_state / "drafts", "") is None
    qtbot.waitUntil(lambda: table(page).isVisible())
    assert cells(page, table(page).currentIndex().row())[0] == "closer"


def test_runs_are_asked_for_once_and_told_also_where_the_steps_were_left(
    page: ExperimentsPage,
    bench: Workbench,
    desk: Desk,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page.show_object("experiment-new", "")
    answer(page)
    typed(page, "name", "once")
    steps, waiting, told = wizard(page), list[Callable[[], object]](), list[str]()
    desk.told.connect(lambda text, _tone: told.append(text))
    act = desk.session.act

    def held(work: Any, **named: Any) -> SimpleNamespace:
        def twice(bench: Any, progress: Any, cancel: Any) -> Any:  # as where the passphrase is wrong at first
            start = bench.runs.start
            with monkeypatch.context() as patched:
                patched.setattr(bench.runs, "start", lambda *_args, **_named: None)
                work(bench, progress, cancel)
            assert bench.runs.start == start
            return work(bench, progress, cancel)

        waiting.append(lambda: act(twice, **named))
        return SimpleNamespace(cancel=lambda: None)

    monkeypatch.setattr(desk.session, "act", held)
    steps.start()
    steps._stepper.go(1)
    assert steps._stepper._forward_button.button.accessibleDescription() == desk.words("app.experiments.starting")
    steps.start()
    assert len(waiting) == 1
    with qtbot.waitSignal(steps.destroyed):
        button(page, "stepper.leave").click()
    assert drafts.kept(bench.own_state / "drafts", "") is not None
    waiting[0]()
    assert len(bench.runs.list(where='experiment = "once"')) == 1
    assert drafts.kept(bench.own_state / "drafts", "") is None, "what was begun is no draft any more"
    assert told == [desk.words("app.experiments.started", count="1", name="once")]
    (bench.project / "experiments" / "once.toml").unlink()
    shutil.rmtree(bench.project / "train" / "once")


def test_the_template_that_is_chosen_takes_nothing_away(page: ExperimentsPage) -> None:
    page.new()
    steps = wizard(page)
    chosen = steps.findChild(QRadioButton, f"experiment.template.{steps.draft.template}")
    assert chosen is not None
    steps.draft = replace(steps.draft, command="python mine.py")
    chosen.click()
    assert steps.draft.command == "python mine.py"


def test_a_step_says_what_is_missing_beside_its_button(page: ExperimentsPage) -> None:
    page.new()
    forward = button(page, "stepper.forward")
    assert not forward.isEnabled()
    assert "goal" in forward.accessibleDescription()
    typed(page, "goal", "How close?")
    typed(page, "name", "pi")
    assert "of this name" in forward.accessibleDescription()
    typed(page, "name", "other")
    assert forward.isEnabled()


def test_a_draft_is_kept_shown_and_gone_on_with(
    page: ExperimentsPage, bench: Workbench, desk: Desk, qtbot: QtBot
) -> None:
    page.new()
    typed(page, "goal", "A question for later")
    button(page, "stepper.leave").click()
    kept = drafts.kept(bench.own_state / "drafts", "")
    assert kept is not None
    assert kept.goal == "A question for later"
    button(page, "experiment.go_on").click()
    assert wizard(page).draft.goal == "A question for later"
    button(page, "stepper.leave").click()
    button(page, "experiment.discard").click()
    assert drafts.kept(bench.own_state / "drafts", "") is None
    assert page.findChild(QPushButton, "experiment.go_on") is None
    with qtbot.waitSignal(page._desk.opening) as opened:
        page._desk.undo.undo()
    page.show_object(*opened.args)
    assert wizard(page).draft.goal == "A question for later"


def test_steps_without_an_answer_leave_no_draft(page: ExperimentsPage, bench: Workbench) -> None:
    folder = bench.own_state / "drafts"
    page.new()
    wizard(page)._stepper.go(2)
    page.hide()
    page.show()
    button(page, "stepper.leave").click()
    page.new()
    wizard(page).discard()
    assert page._wizard is None
    assert drafts.kept(folder, "") is None
    assert not page._desk.undo.canUndo()
    page.new()
    typed(page, "goal", "Why")
    wizard(page)._stepper.go(2)
    button(page, "stepper.leave").click()
    page.new()
    assert (wizard(page).draft.goal, wizard(page).draft.step) == ("Why", 2)
    wizard(page)._stepper.go(1)
    button(page, "stepper.leave").click()
    kept = drafts.kept(folder, "")
    assert kept is not None
    assert kept.step == 1, "what was answered before is kept with its place"


def test_a_row_that_was_taken_out_comes_back(page: ExperimentsPage) -> None:
    page.new()
    steps = wizard(page)
    before = steps.draft.parameters
    assert before
    steps._on_changed({"parameters": before[1:]})
    page._desk.undo.undo()
    assert steps.draft.parameters == before
    page._desk.undo.redo()
    assert steps.draft.parameters == before[1:]
    steps.draft = replace(steps.draft, file="later.toml", base=steps.draft.base)  # as a start writes it
    page._desk.undo.undo()
    assert steps.draft.file == "later.toml"
    page._desk.undo.redo()
    steps.draft = replace(steps.draft, file="")
    steps._on_rebased("plain-command")
    assert steps.draft.template == "plain-command"
    page._desk.undo.undo()
    assert (steps.draft.template, steps.draft.parameters) == ("tabular-classification", before[1:])


def test_a_draft_is_written_half_a_second_after_an_answer(
    page: ExperimentsPage, bench: Workbench, qtbot: QtBot
) -> None:
    page.new()
    with qtbot.waitSignal(wizard(page).kept, timeout=3000):
        typed(page, "goal", "Kept by itself")
    kept = drafts.kept(bench.own_state / "drafts", "")
    assert kept is not None
    assert kept.goal == "Kept by itself"


def test_an_answer_is_kept_when_all_pages_are_built_anew(page: ExperimentsPage, bench: Workbench) -> None:
    page.new()
    typed(page, "goal", "Just typed")
    page.hide()
    kept = drafts.kept(bench.own_state / "drafts", "")
    assert kept is not None
    assert kept.goal == "Just typed"


def test_a_draft_of_a_recipe_is_gone_on_with_or_dropped(page: ExperimentsPage, bench: Workbench) -> None:
    folder = bench.own_state / "drafts"
    page.show_object("experiment", "pi")
    button(page, "experiment.open").click()
    typed(page, "goal", "Half an idea")
    button(page, "stepper.leave").click()
    page.show_object("experiment", "pi")
    button(page, "experiment.open").click()
    assert wizard(page).draft.goal == "Half an idea"
    button(page, "experiment.drop").click()
    assert drafts.kept(folder, "pi.toml") is None
    page.show_object("experiment", "pi")
    button(page, "experiment.open").click()
    assert "random points" in wizard(page).draft.goal


def test_a_draft_of_a_recipe_that_was_changed_since_is_not_gone_on_with(
    page: ExperimentsPage, bench: Workbench
) -> None:
    path = bench.project / "experiments" / "pi.toml"
    before = path.read_text(encoding="utf-8")
    page.show_object("experiment", "pi")
    button(page, "experiment.open").click()
    typed(page, "goal", "Half an idea")
    path.write_text(before + "# by hand\n", encoding="utf-8")
    try:
        button(page, "stepper.leave").click()
        page.show_object("experiment", "pi")
        button(page, "experiment.open").click()
        assert "random points" in wizard(page).draft.goal
        assert wizard(page).draft.base.endswith("# by hand\n")
    finally:
        path.write_text(before, encoding="utf-8")


def test_a_recipe_is_changed_in_steps_and_keeps_its_comments(page: ExperimentsPage, bench: Workbench) -> None:
    path = bench.project / "experiments" / "pi.toml"
    before = path.read_text(encoding="utf-8")
    page.show_object("experiment", "pi")
    button(page, "experiment.open").click()
    steps = wizard(page)
    assert steps.draft.file == "pi.toml"
    typed(page, "goal", "Another goal")
    text = drafts.judged(steps.draft, KNOWN).text
    assert 'goal = "Another goal"' in text
    assert [line for line in before.splitlines() if "#" in line and line not in text.splitlines()] == []
    assert path.read_text(encoding="utf-8") == before, "nothing is written before the last step"


def test_a_recipe_that_was_changed_meanwhile_is_not_written_over(page: ExperimentsPage, bench: Workbench) -> None:
    path = bench.project / "experiments" / "pi.toml"
    before = path.read_text(encoding="utf-8")
    page.show_object("experiment", "pi")
    button(page, "experiment.open").click()
    steps = wizard(page)
    path.write_text(before + "# by somebody else\n", encoding="utf-8")
    try:
        steps.start()
        assert path.read_text(encoding="utf-8").endswith("# by somebody else\n")
        assert page.findChild(ExperimentWizard) is steps
    finally:
        path.write_text(before, encoding="utf-8")


def test_the_steps_go_by_keyboard(desk_of: Making, qtbot: QtBot) -> None:
    desk = desk_of(is_silent=True)
    steps = ExperimentWizard(desk, DRAFT, KNOWN)
    qtbot.addWidget(steps)
    steps.show()
    steps.activateWindow()
    qtbot.waitUntil(steps.isActiveWindow)
    qtbot.keyClick(steps, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert steps.draft.step == 1
    qtbot.keyClick(steps, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert steps.draft.step == 0
    assert steps.draft.seen == (0, 1)


def test_the_command_names_the_file_that_will_be_written(desk_of: Making, qtbot: QtBot) -> None:
    steps = ExperimentWizard(desk_of(is_silent=True), DRAFT, KNOWN)
    qtbot.addWidget(steps)
    steps.copy_command()
    assert QGuiApplication.clipboard().text() == "surefoot experiment start experiments/credit-2.toml"


def test_the_palette_finds_experiments_by_name(bench: Workbench, desk: Desk) -> None:
    assert EXPERIMENTS.objects is not None
    assert [found.title for found in EXPERIMENTS.objects(bench)] == ["pi"]
    (act,) = EXPERIMENTS.actions(desk)
    assert (act.id, act.why_disabled()) == ("experiments.new", "")


# trying the script


def _card(page: ExperimentsPage) -> TryCard:
    found = page.findChild(TryCard)
    assert isinstance(found, TryCard)
    return found


def test_a_script_is_tried_before_anything_is_written(page: ExperimentsPage, bench: Workbench) -> None:
    before = sum(1 for _ in bench.trail.events())
    page.show_steps(drafts.changed(drafts.fresh("plain-command", KNOWN), {"name": "brand-new", "step": 1}), KNOWN)
    button(page, "experiment.try").click()
    said = " ".join(each.text() for each in _card(page).findChildren(QLabel))
    assert "finished after" in said
    assert "Nothing was recorded" in said
    assert [each.word for each in _card(page).findChildren(Pill)] == ["It runs"]
    assert not (bench.project / "experiments" / "brand-new.toml").exists()
    assert sum(1 for _ in bench.trail.events()) == before


def test_a_script_that_fails_shows_what_it_said(page: ExperimentsPage) -> None:
    draft = drafts.fresh("plain-command", KNOWN)
    page.show_steps(replace(draft, name="brand-new", command="sh -c 'echo it is broken; exit 3'", step=1), KNOWN)
    button(page, "experiment.try").click()
    said = " ".join(each.text() for each in _card(page).findChildren(QLabel))
    assert "it is broken" in said
    assert "(3)" in said
    what = next(each for each in _card(page).findChildren(QLabel) if "it is broken" in each.text())
    assert not what.visibleRegion().isEmpty()  # it was scrolled to
    assert [each.word for each in _card(page).findChildren(Pill)] == ["It does not run yet"]


def test_what_keeps_a_script_from_being_tried_is_said_beside_the_button(page: ExperimentsPage) -> None:
    draft = drafts.fresh(templates.OWN, KNOWN)
    page.show_steps(replace(draft, name="brand-new", step=1), KNOWN)
    assert not button(page, "experiment.try").isEnabled()
    assert "Choose the folder" in button(page, "experiment.try").accessibleDescription()
    typed(page, "folder", "/nowhere")
    typed(page, "command", "sh go.sh")
    assert button(page, "experiment.try").isEnabled()
    button(page, "experiment.try").click()
    assert "SF-" in " ".join(each.text() for each in _card(page).findChildren(QLabel))
    assert button(page, "experiment.try").isEnabled()


def test_a_trial_that_goes_on_can_be_stopped_and_ends_with_its_wizard(
    tmp_path: Path, qtbot: QtBot, bench: Workbench
) -> None:
    session = Session(Tasks())
    desk = Desk(session, Events(session), Settings(tmp_path / "desktop.ini"))
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open(bench.project, owner=desk)
    page = ExperimentsPage(desk)
    qtbot.addWidget(page)
    page.show()
    draft = replace(drafts.fresh("plain-command", KNOWN), name="long", command="sleep 600", step=1)
    trials = bench.own_state / "trials"
    page.show_steps(draft, KNOWN)
    button(page, "experiment.try").click()
    assert not button(page, "experiment.try").isEnabled()
    qtbot.waitUntil(lambda: any(trials.glob("run_*/state.json")), timeout=20_000)
    button(page, "experiment.try.cancel").click()
    qtbot.waitUntil(lambda: button(page, "experiment.try").isEnabled(), timeout=20_000)
    assert "Nothing is left" in " ".join(each.text() for each in _card(page).findChildren(QLabel))
    assert not any(trials.glob("run_*"))
    button(page, "experiment.try").click()
    qtbot.waitUntil(lambda: any(trials.glob("run_*/state.json")), timeout=20_000)
    page.show_steps(draft, KNOWN)  # another wizard in its place
    qtbot.waitUntil(lambda: not any(trials.glob("run_*")), timeout=20_000)
    session.shut()
    session.tasks.deleteLater()
