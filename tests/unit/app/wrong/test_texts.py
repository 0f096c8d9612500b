"""Any text in any field: taken and shown, or refused with a plain reason; never an exception or a fault of ours."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from surefoot.errors import Code, SurefootError
from surefoot.texts import Words
from surefoot_app.__main__ import FEATURES, Desktop
from surefoot_app.datasets.draft import Draft as DatasetDraft
from surefoot_app.datasets.page import DatasetsPage
from surefoot_app.experiments.page import ExperimentsPage
from surefoot_app.home.making import NewProjectSheet, made
from surefoot_app.releases import steps
from surefoot_app.releases.page import ReleasesPage
from surefoot_app.releases.sheets import WaiveSheet
from surefoot_app.shell.sheets import PassphraseSheet
from surefoot_app.widgets.notices import ProblemsStrip
from surefoot_app.widgets.text import Text
from tests.fakes.checked import PASSPHRASE, laid
from tests.unit.app.wrong.conftest import Starting

TEXTS = {
    "right-to-left": "مرحبا بالعالم 123",
    "mixed": "\u202egnp.exe\u202c and \u2066more\u2069",
    "combining": "Z\u0351\u036b\u0343\u036a\u0302" * 30,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 20,
    "vietnamese": "Nguyễn Thị Hường đã đồng ý",
    "nul": "a\0b",
    "control": "a\x07\x1b[31mred\x7f\x85",
    "newlines": "one\ntwo\r\nthree\u2028four\u2029five",
    "tabs": "a\tb\t\tc",
    "nothing-seen": "\u200b\u200c\ufeff\u00a0",
    "half-a-pair": "x\ud800y",
    "no-character": "x\uffff\ufdd0",
    "long": "x" * 10_000,
    "long-words": "word " * 2000,
    "marks": "<b>bold</b><img src=x> & &amp; {name} %s %(x)s \\ \" ' ''' \"\"\" ; DROP TABLE runs; -- =1+1 $(id) `id`",
    "paths": "../../../etc/passwd",
    "numbers": "-1e999",
    "name": "CON",
    "home": "~nobody-of-this-name/x",
}


_WIDEST = 1440  # pixels that the window may need at most, whatever is written


def fields(root: QWidget) -> Iterator[QLineEdit | QPlainTextEdit]:
    """Everything that can be written in, shown or not."""
    for edit in root.findChildren(QWidget):
        if isinstance(edit, QLineEdit | QPlainTextEdit) and edit.isEnabled() and not edit.isReadOnly():
            yield edit


def write(edit: QLineEdit | QPlainTextEdit, text: str) -> None:
    """As somebody pastes it and goes on."""
    QApplication.clipboard().setText(text)
    edit.selectAll()
    edit.paste()
    if isinstance(edit, QLineEdit):
        edit.returnPressed.emit()
        edit.editingFinished.emit()


def settle(desktop: Desktop, qtbot: QtBot) -> None:
    qtbot.wait(1)
    qtbot.waitUntil(lambda: desktop.session.tasks.is_idle, timeout=60_000)


def own_faults(desktop: Desktop) -> list[str]:
    """Where the window says that something inside went wrong."""
    strip = desktop.window.findChild(ProblemsStrip)
    assert strip is not None
    told = [problem.text for problem in strip.problems.values()]
    told += [each.text() for each in desktop.window.findChildren(Text)]
    return [text[:300] for text in told if Code.INTERNAL in text]


def every_text(root: QWidget, desktop: Desktop, qtbot: QtBot, also: Callable[[], object] = lambda: None) -> None:
    """Writes every text in every field of a part, one at a time."""
    names = [edit.objectName() for edit in fields(root)]
    assert names
    wrong = []
    for name in dict.fromkeys(names):
        for kind, text in TEXTS.items():
            edit = next((each for each in fields(root) if each.objectName() == name), None)
            if edit is None:
                break  # what was written before took it away
            before = edit.text() if isinstance(edit, QLineEdit) else edit.toPlainText()
            write(edit, text)
            also()
            QApplication.processEvents()
            if own_faults(desktop):
                wrong.append((name, kind, own_faults(desktop)[0]))
            if desktop.window.minimumSizeHint().width() > _WIDEST:
                wrong.append((name, kind, f"the window needs {desktop.window.minimumSizeHint().width()} pixels"))
            edit = next((each for each in fields(root) if each.objectName() == name), None)
            if edit is not None:
                write(edit, before)
        settle(desktop, qtbot)
        if own_faults(desktop):
            wrong.append((name, "", own_faults(desktop)[0]))
    assert wrong == []


def refused(act: Callable[[], object]) -> SurefootError | None:
    """Why something was refused; None where it was done. Any other exception is a fault."""
    try:
        act()
    except SurefootError as error:
        return error
    return None


@pytest.fixture
def table(home: Path) -> Path:
    path = home / "table.csv"
    path.write_text("id,sex,answer\n" + "".join(f"{i},{'mf'[i % 2]},{i % 3 // 2}\n" for i in range(60)))
    return path


@pytest.mark.slow
def test_the_steps_of_a_dataset_take_any_text(start: Starting, project: Path, table: Path, qtbot: QtBot) -> None:
    desktop = start(project)
    desktop.window.show_page("datasets")
    page = desktop.window.page("datasets")
    assert isinstance(page, DatasetsPage)
    page.show_steps(DatasetDraft(source=str(table)))
    wizard = page._wizard
    assert wizard is not None
    settle(desktop, qtbot)
    every_text(wizard, desktop, qtbot, wizard._on_rest)


@pytest.mark.slow
def test_the_steps_of_an_experiment_take_any_text(start: Starting, project: Path, qtbot: QtBot) -> None:
    desktop = start(project)
    desktop.window.show_page("experiments")
    page = desktop.window.page("experiments")
    assert isinstance(page, ExperimentsPage)
    page.new()
    qtbot.waitUntil(lambda: page._wizard is not None, timeout=20_000)
    wizard = page._wizard
    assert wizard is not None
    every_text(wizard, desktop, qtbot, wizard._file.keep)


@pytest.mark.slow
def test_the_steps_of_a_release_take_any_text(start: Starting, home: Path, qtbot: QtBot) -> None:
    with laid(home) as laid_out:
        laid_out.checked()
        project, run = laid_out.bench.project, laid_out.story.run
    desktop = start(project)
    desktop.window.show_page("releases")
    page = desktop.window.page("releases")
    assert isinstance(page, ReleasesPage)
    page.begin(run)
    wizard = page._wizard
    qtbot.waitUntil(lambda: wizard._found is not None and bool(wizard._found.gates), timeout=20_000)
    for place in range(len(steps.STEPS)):
        wizard._stepper.go(place)
    every_text(wizard, desktop, qtbot, wizard._file.keep)


@pytest.mark.slow
def test_filters_and_the_palette_take_any_text(start: Starting, home: Path, qtbot: QtBot) -> None:
    with laid(home) as laid_out:
        laid_out.signed()
        project = laid_out.bench.project
    desktop = start(project)
    for feature in FEATURES:
        desktop.window.show_page(feature.id)
        settle(desktop, qtbot)
        page = desktop.window.page(feature.id)
        assert page is not None
        if any(True for _ in fields(page)):
            every_text(page, desktop, qtbot)
    for text in TEXTS.values():
        desktop.window.ask_palette(text)
        settle(desktop, qtbot)
        QApplication.processEvents()
        popup = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
    assert own_faults(desktop) == []


@pytest.mark.parametrize("kind", TEXTS)
def test_a_project_is_made_of_any_text_or_refused_with_a_reason(
    kind: str, home: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.chdir(home)  # a place is read from where one stands
    words, text = Words("en"), TEXTS[kind]
    for name in ("new.name", "new.person", "new.folder", "new.passphrase"):
        sheet = NewProjectSheet(words)
        qtbot.addWidget(sheet)
        usual = {
            "new.name": f"p-{name[4:]}", "new.person": "Ada", "new.folder": str(home / "all"),
            "new.passphrase": PASSPHRASE, "new.again": PASSPHRASE,
        }  # fmt: skip
        sheet._in_store.setChecked(False)
        for field, said in usual.items():
            edit = sheet.findChild(QLineEdit, field)
            assert edit is not None
            is_asked = field == name or (field == "new.again" and name == "new.passphrase")
            write(edit, text if is_asked else said)
        if not sheet.act.button.isEnabled():
            assert sheet.act.button.accessibleDescription()
            continue
        error = refused(partial(made, sheet.wanted()))
        if error is not None:
            sheet.show_error(error)
            assert Code.INTERNAL not in sheet._wrong.text()


@pytest.mark.parametrize("kind", TEXTS)
def test_reasons_are_recorded_as_any_text_or_refused(
    kind: str, home: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    words = Words("en")
    sheet = WaiveSheet(words, check="Accuracy", most=30)
    qtbot.addWidget(sheet)
    edit = sheet.findChild(QPlainTextEdit, "waive.reason")
    assert edit is not None
    write(edit, TEXTS[kind])
    with laid(home) as laid_out:
        laid_out.checked()
        bench, run = laid_out.bench, laid_out.story.run
        bench.releases.draft(run)
        for act in (
            lambda: bench.releases.draft(run, name=sheet.reason or None),
            lambda: bench.releases.draft(run, version=sheet.reason or None),
            lambda: bench.releases.draft(run, trade_off=sheet.reason),
            lambda: bench.releases.approve(bench.releases.list()[0].id, reason=sheet.reason),
            lambda: bench.releases.waivers.give(run, "accuracy", reason=sheet.reason, days=1),
        ):
            error = refused(act)
            assert error is None or (error.code is not Code.INTERNAL and words.error(error).what)
        assert bench.verify().verdict.value.startswith("PASS")


@pytest.mark.parametrize("kind", TEXTS)
def test_a_passphrase_is_any_text(kind: str, qtbot: QtBot) -> None:
    sheet = PassphraseSheet(Words("en"))
    qtbot.addWidget(sheet)
    edit = sheet.findChild(QLineEdit, "passphrase")
    assert edit is not None
    write(edit, TEXTS[kind])
    assert sheet.act.button.isEnabled() is bool(sheet.passphrase)
