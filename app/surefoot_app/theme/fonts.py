"""The typefaces that come with us: Inter for words and figures, JetBrains Mono for ids and code."""

from enum import IntEnum
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from surefoot import resources

SANS, MONO = "Inter", "JetBrains Mono"


class Weight(IntEnum):
    """How strong letters are; there are three, and no others."""

    REGULAR = QFont.Weight.Normal.value
    MEDIUM = QFont.Weight.Medium.value
    SEMIBOLD = QFont.Weight.DemiBold.value


def load() -> None:
    """Makes our typefaces known to Qt, once a process.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for path in sorted(resources.path("fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))


@cache
def made(size: float, weight: Weight = Weight.REGULAR, *, mono: bool = False) -> QFont:
    """A font of a size in pixels; its figures have one width, so that columns of numbers align."""
    font = QFont(MONO if mono else SANS)
    font.setPixelSize(round(size))
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
