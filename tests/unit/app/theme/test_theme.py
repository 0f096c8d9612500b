"""Scheme and text size switch at once; icons follow; only our typefaces are used."""

import re
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QIcon, QImage, QRawFont
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QRadioButton
from pytestqt.qtbot import QtBot

from surefoot import resources
from surefoot_app import theme
from surefoot_app.theme.fonts import MONO, SANS
from surefoot_app.widgets.buttons import Button
from tests.gallery.parts import table_page
from tests.unit.app.conftest import Making

_NEAR = 12  # a round edge is drawn in colours near its own
APP = Path(__file__).resolve().parents[4] / "app" / "surefoot_app"


def test_the_typefaces_that_come_with_us_are_the_ones_that_are_used(qapp: QApplication) -> None:
    assert {SANS, MONO} <= set(QFontDatabase.families())
    assert QFontInfo(theme.made(13)).family() == SANS
    assert QFontInfo(theme.made(13, theme.Weight.SEMIBOLD)).family() == SANS
    assert QFontInfo(theme.made(12, mono=True)).family() == MONO


def test_vietnamese_has_all_its_letters(qapp: QApplication) -> None:

    raw = QRawFont.fromFont(theme.made(13))
    letters = "ăâđêôơưạảãắằẳẵặấầẩẫậẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ≥≤±→✓…·"
    assert [letter for letter in letters if not raw.supportsCharacter(ord(letter))] == []


def test_a_switch_of_scheme_reaches_what_is_painted_and_takes_less_than_half_a_second(
    qtbot: QtBot, desk_of: Making
) -> None:
    page = table_page(desk_of())
    qtbot.addWidget(page)
    page.resize(1244, 849)
    page.show()
    light = page.grab().toImage().pixelColor(4, 4).name()
    began = time.perf_counter()
    theme.theme().apply(mode="dark")
    dark = page.grab().toImage().pixelColor(4, 4).name()
    seconds = time.perf_counter() - began
    assert (light.upper(), dark.upper()) == ("#F5F6F8", "#0F1115")
    assert seconds < 0.5  # twice the budget of 250 ms


def _colour(icon: QIcon, *, disabled: bool = False) -> QColor:
    """The colour of an icon's strongest spot."""
    mode = QIcon.Mode.Disabled if disabled else QIcon.Mode.Normal
    image = icon.pixmap(18, 18, mode, QIcon.State.Off).toImage()
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    spots = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(spots, key=lambda spot: spot.alpha())


def _is_near(found: QColor, wanted: str) -> bool:
    asked = QColor(wanted)
    gaps = (found.red() - asked.red(), found.green() - asked.green(), found.blue() - asked.blue())
    return max(map(abs, gaps)) <= 3


def test_an_icon_is_drawn_in_the_colour_that_its_role_has_now(qapp: QApplication) -> None:
    icon = theme.icon("square", "accent")
    assert _is_near(_colour(icon), "#2E5BD7")
    theme.theme().apply(mode="dark")
    assert _is_near(_colour(icon), "#8FB0FF")
    assert _is_near(_colour(icon, disabled=True), "#8891A0")


def test_text_grows_with_the_size_that_is_chosen_and_stays_within_its_bounds(qtbot: QtBot) -> None:
    button = Button("Grow", name="grow")
    qtbot.addWidget(button)
    button.show()
    before = button.sizeHint().width()
    theme.theme().apply(scale=150)
    assert button.sizeHint().width() > before
    theme.theme().apply(scale=400)
    assert theme.theme().scale == 150


def test_the_scheme_of_the_system_is_followed_where_that_is_chosen(qapp: QApplication) -> None:
    theme.theme().apply(mode="system")
    assert theme.theme().tokens.is_dark is False  # this screen says nothing, so it is light
    assert theme.theme().mode == "system"


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=lambda path: path.relative_to(APP).as_posix())
def test_every_icon_that_is_named_is_there(path: Path) -> None:
    known = {each.stem for each in resources.path("icons").glob("*.svg")}
    text = path.read_text(encoding="utf-8")
    named = re.findall(r'(?:glyph=|icon=|Glyph\(|IconButton\(|pixmap\()"([a-z0-9-]+)"', text)
    assert [name for name in named if name not in known] == []


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
def test_a_box_that_is_not_ticked_is_seen_and_one_that_is_looks_otherwise(
    qtbot: QtBot, mode: theme.Mode, kind: type[QAbstractButton]
) -> None:
    theme.theme().apply(mode=mode)
    box = kind()
    qtbot.addWidget(box)
    box.show()

    def has(colour: str) -> bool:
        drawn, near = box.grab().toImage(), QColor(colour)
        found = {drawn.pixel(x, y) for x in range(drawn.width()) for y in range(drawn.height())}
        return any(
            max(abs(one.red() - near.red()), abs(one.green() - near.green()), abs(one.blue() - near.blue())) < _NEAR
            for one in map(QColor.fromRgb, found)
        )

    tokens = theme.theme().tokens
    assert has(tokens.edge)
    assert not has(tokens.fill)
    box.setChecked(True)
    assert has(tokens.fill)
    assert has(tokens.on_fill)


def test_what_we_did_not_make_comes_with_its_licence() -> None:
    assert "SIL Open Font License" in resources.path("fonts", "Inter-OFL.txt").read_text(encoding="utf-8")
    assert "SIL Open Font License" in resources.path("fonts", "JetBrainsMono-OFL.txt").read_text(encoding="utf-8")
    assert "ISC License" in resources.path("icons", "LICENSE.txt").read_text(encoding="utf-8")
