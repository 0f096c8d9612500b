"""Icons from the Lucide set, drawn in the colours in force at the moment they are painted."""

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from surefoot import resources
from surefoot_app.theme.state import tokens

SIZE = 18
_SMALL = 15


@cache
def _source(name: str) -> str:
    return resources.path("icons", f"{name}.svg").read_text(encoding="utf-8")


@cache
def _drawn(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    stroke = "2.2" if size <= _SMALL else "1.75"
    svg = _source(name).replace("currentColor", colour).replace('stroke-width="2"', f'stroke-width="{stroke}"')
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(pixmap.rect()))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, role: str = "muted", size: int = SIZE, ratio: float | None = None) -> QPixmap:
    """An icon as a picture, kept by name, colour, size and pixel ratio.

    Args:
        name: of a file in `resources/icons`.
        role: a colour of the tokens.
        size: in pixels of the layout.
        ratio: pixels of the screen for one of the layout; the application's where it is None.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    return _drawn(name, tokens().colour(role), size, ratio or QGuiApplication.primaryScreen().devicePixelRatio())


class _Engine(QIconEngine):
    """Paints an icon in the colour that its role has now."""

    def __init__(self, name: str, role: str, on: str) -> None:
        super().__init__()
        self._name, self._role, self._on = name, role, on

    def _picture(self, size: int, mode: QIcon.Mode, state: QIcon.State, ratio: float) -> QPixmap:
        role = self._on if state is QIcon.State.On else self._role
        return pixmap(self._name, "faint" if mode is QIcon.Mode.Disabled else role, size, ratio)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        size = min(rect.width(), rect.height())
        place = QPoint(rect.x() + (rect.width() - size) // 2, rect.y() + (rect.height() - size) // 2)
        painter.drawPixmap(place, self._picture(size, mode, state, painter.device().devicePixelRatioF()))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self._picture(min(size.width(), size.height()), mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        # Qt asks in pixels of the screen here.
        return self._picture(round(min(size.width(), size.height()) / scale), mode, state, scale)

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role, self._on)


_kept: dict[tuple[str, str, str], tuple[_Engine, QIcon]] = {}


def icon(name: str, role: str = "muted", on: str = "accent") -> QIcon:
    """An icon that follows the scheme.

    Args:
        name: of a file in `resources/icons`.
        role: its colour.
        on: its colour while what it stands for is chosen.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    _source(name)
    if (name, role, on) not in _kept:
        # The engine is kept beside its icon: Qt owns it and Python must not take it away.
        engine = _Engine(name, role, on)
        _kept[name, role, on] = (engine, QIcon(engine))
    return _kept[name, role, on][1]
