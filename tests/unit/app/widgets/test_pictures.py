"""Parts that every page is made of look as they did (ux.md §9.2), in both schemes.

The typefaces are ours and the screen is none, so the pictures are the same on every machine but for what the system's
rasteriser rounds otherwise: a share of the pixels may differ, and all of them a little. Where a part is to look new:
`pytest tests/unit/app/widgets/test_pictures.py --update-pictures`, and look at each of them before they are kept.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from surefoot_app import theme
from tests.gallery.pictured import PICTURED

KEPT = Path(__file__).resolve().parents[3] / "golden" / "pictures"
SCHEMES: tuple[theme.Mode, ...] = ("light", "dark")
SEEN = 12  # of 255 in one colour: more than the edge of a letter differs between rasterisers
SHARE, MEAN = 0.002, 0.4


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two pictures are apart: the share of pixels that are seen to differ, and how much all do, of 255."""

    share: float
    mean: float

    @property
    def is_seen(self) -> bool:
        return self.share > SHARE or self.mean > MEAN


def pixels(image: QImage) -> npt.NDArray[np.int16]:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    whole = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.width(), 4)
    return whole[:, :, :3].astype(np.int16)


def difference(kept: QImage, found: QImage) -> Difference:
    if kept.size() != found.size():
        return Difference(1.0, 255.0)
    gaps = np.abs(pixels(kept) - pixels(found))
    return Difference(float((gaps.max(axis=2) > SEEN).mean()), float(gaps.mean()))


def side_by_side(kept: QImage, found: QImage) -> QImage:
    """What was kept, what was found, and where they differ, under each other."""
    apart = QImage(found)
    painter = QPainter(apart)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, kept)
    painter.end()
    parts = (kept, found, apart)
    whole = QImage(max(each.width() for each in parts), sum(each.height() for each in parts), found.format())
    whole.fill(0)
    painter = QPainter(whole)
    top = 0
    for each in parts:
        painter.drawImage(0, top, each)
        top += each.height()
    painter.end()
    return whole


def picture(name: str, mode: theme.Mode, qtbot: QtBot) -> QImage:
    theme.theme().apply(mode=mode)
    made = PICTURED[name]()
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    focus = made.focusWidget()
    if focus is not None:
        focus.clearFocus()
    for _ in range(2):  # what is filled in while it is shown finds its place in the second round
        QApplication.processEvents()
    return made.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


@pytest.mark.parametrize("mode", SCHEMES)
@pytest.mark.parametrize("name", PICTURED)
def test_a_part_looks_as_it_did(
    name: str, mode: theme.Mode, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = KEPT / f"{name}-{mode}.png"
    found = picture(name, mode, qtbot)
    if request.config.getoption("--update-pictures"):
        assert found.save(str(path))
    kept = QImage(str(path))
    apart = difference(kept, found)
    if apart.is_seen:
        beside = tmp_path / path.name
        side_by_side(kept, found).save(str(beside))
        pytest.fail(f"{apart}, see {beside}")


def test_no_picture_is_kept_of_what_is_not_there() -> None:
    assert {path.name for path in KEPT.iterdir()} <= {f"{name}-{mode}.png" for name in PICTURED for mode in SCHEMES}


def test_another_scheme_a_moved_line_and_another_tone_are_seen_and_a_rounding_is_not(qtbot: QtBot) -> None:
    light = picture("pills", "light", qtbot)
    assert difference(light, picture("pills", "dark", qtbot)).is_seen
    moved = QImage(light.size(), light.format())
    moved.fill(light.pixelColor(0, 0))
    painter = QPainter(moved)
    painter.drawImage(1, 0, light)
    painter.end()
    assert difference(light, moved).is_seen
    toned = QImage(light)
    painter = QPainter(toned)
    painter.fillRect(20, 20, 40, 10, light.pixelColor(0, 0).darker(150))
    painter.end()
    assert difference(light, toned).is_seen
    noise = np.random.default_rng(1).random(pixels(light).shape) < 0.3
    whole = np.full((light.height(), light.width(), 4), 255, np.uint8)
    whole[:, :, :3] = np.minimum(pixels(light) + noise, 255)
    rounded = QImage(whole.tobytes(), light.width(), light.height(), 4 * light.width(), light.format())
    assert not difference(light, rounded).is_seen
