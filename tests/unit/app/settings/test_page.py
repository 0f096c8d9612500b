"""A choice is in force at once, names its default, and can be taken back; the rest says how things stand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from surefoot.workbench import Workbench
from surefoot_app import theme
from surefoot_app.settings import places
from surefoot_app.settings.page import SettingsPage
from surefoot_app.settings.view import ViewSettings
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Card
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import Select
from surefoot_app.widgets.text import Elided, Text
from tests.gallery.settings import AROUND
from tests.unit.app.conftest import Making


@pytest.fixture
def desk(desk_of: Making) -> Desk:
    return desk_of(is_silent=True)


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> Iterator[SettingsPage]:
    made = SettingsPage(desk)
    qtbot.addWidget(made)
    made.show_around(AROUND)
    made.show()
    yield made
    made.close()


def said(page: SettingsPage) -> str:
    return " ".join(
        [*(text.text() for text in page.findChildren(Text)), *(text.text for text in page.findChildren(Elided))]
    )


def press(page: SettingsPage, name: str) -> None:
    found = page.findChild(QPushButton, name) or page.findChild(QToolButton, name)
    assert isinstance(found, QPushButton | QToolButton), name
    found.click()


def test_colours_change_at_once_and_go_back(page: SettingsPage, desk: Desk) -> None:
    assert page.findChild(QToolButton, "setting.view/theme.reset") is None
    press(page, "settings.theme.dark")
    assert theme.theme().tokens.is_dark
    assert (desk.settings.mode, desk.settings.is_chosen("view/theme")) == ("dark", True)
    press(page, "setting.view/theme.reset")
    assert (desk.settings.mode, desk.settings.is_chosen("view/theme")) == ("system", False)
    assert page.findChild(QToolButton, "setting.view/theme.reset") is None


def test_colours_that_were_switched_elsewhere_are_shown_as_chosen(page: SettingsPage, desk: Desk) -> None:
    def chosen() -> list[str]:
        names = [f"settings.theme.{mode}" for mode in ("light", "dark", "system")]
        buttons = [button for name in names for button in page.findChildren(QPushButton, name)]
        return [button.objectName() for button in buttons if button.isChecked()]

    desk.set_theme("dark")
    assert chosen() == ["settings.theme.dark"]
    page.hide()
    desk.set_theme("light")
    page.show()
    assert chosen() == ["settings.theme.light"]


@pytest.mark.parametrize("key", ["view/language", "view/text-size"])
def test_what_is_taken_back_is_not_chosen_any_more_when_all_is_built_anew(
    page: SettingsPage, desk: Desk, qtbot: QtBot, key: str
) -> None:
    desk.set_language("vi")
    desk.set_scale(120)
    again = SettingsPage(desk)
    qtbot.addWidget(again)
    seen: list[bool] = []
    desk.retranslated.connect(lambda: seen.append(desk.settings.is_chosen(key)))
    press(again, f"setting.{key}.reset")
    assert seen == [False]


def test_the_language_changes_at_once(page: SettingsPage, desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.retranslated):
        press(page, "settings.language.vi")
    assert (desk.words.language, desk.settings.language) == ("vi", "vi")
    press(page, "setting.view/language.reset")
    assert not desk.settings.is_chosen("view/language")


def test_the_text_grows_at_once_and_goes_back(page: SettingsPage, desk: Desk, qtbot: QtBot) -> None:
    size = page.findChild(Select, "settings.size")
    assert isinstance(size, Select)
    with qtbot.waitSignal(desk.retranslated):
        size.chosen.emit("130")
    assert (theme.theme().scale, desk.settings.scale) == (130, 130)
    again = SettingsPage(desk)
    qtbot.addWidget(again)
    press(again, "setting.view/text-size.reset")
    assert (theme.theme().scale, desk.settings.is_chosen("view/text-size")) == (100, False)


def test_each_choice_names_its_key_and_whether_it_is_the_default(page: SettingsPage) -> None:
    for key in ("view/language", "view/theme", "view/text-size"):
        assert key in said(page)
    assert "default" in said(page)


def test_who_signs_and_where_things_lie_is_said(page: SettingsPage) -> None:
    assert "Ada Lovelace" in said(page)
    assert "wrapped by your passphrase" in said(page)
    assert "8.2 GiB" in said(page)
    assert "No telemetry" in said(page)


def test_a_search_leaves_what_it_finds(page: SettingsPage) -> None:
    page.search("fingerprint")
    shown = [card.objectName() for card in page.findChildren(Card) if not card.isHidden() and card.objectName()]
    assert shown == ["settings.identity"]
    page.search("text size")
    view = page.findChild(ViewSettings)
    assert isinstance(view, ViewSettings)
    assert [line.isHidden() for line in view.lines] == [True, True, False]
    page.search("nothing of the kind")
    none = page.findChild(EmptyState)
    assert isinstance(none, EmptyState)
    assert (none.kind, none.isHidden()) == ("no-match", False)
    page.search("")
    assert none.isHidden()


def test_keys_are_listed_with_what_they_do(page: SettingsPage) -> None:
    page.show_keys([Action("view.filter", "funnel", int, "Ctrl+F"), Action("view.language", "languages", int)])
    assert "Ctrl+F" in said(page)
    assert "Filter this list" in said(page)
    assert "Switch between English" not in said(page)


def test_a_project_tells_who_signs_in_it_and_how_much_lies_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with Workbench.create(tmp_path / "project", name="p", person="Ada", sample=True) as bench:
        found = places.around(bench)
    assert found.person is not None
    assert (found.person.name, found.person.kept.value) == ("Ada", "sample")
    assert found.keys.is_dir()
    sizes = {place.name: place.size for place in found.places}
    assert sizes["trail"] > 0
    assert sizes["state"] > 0


def test_a_project_of_somebody_else_has_no_key_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "theirs"))
    Workbench.create(tmp_path / "project", name="p", person="Ada", sample=True).close()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "mine"))
    with Workbench.open(tmp_path / "project", unlock=str) as bench:
        assert places.around(bench).person is None


def test_sizes_are_those_of_files_and_follow_no_link(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"x" * 1000)
    (tmp_path / "big").write_bytes(b"x" * 100_000)
    (tmp_path / "in" / "link").symlink_to(tmp_path / "big")
    assert 1000 <= places.size_of(tmp_path / "in") < 2000
    assert places.size_of(tmp_path / "nowhere") == 0
