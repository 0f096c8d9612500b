"""Parallel axes: a line a thing over several figures, and on each axis a brush that says between what values.

The mass of the lines is drawn once, one pixel wide, a hundred at a time so that the window is never held, and kept as a
picture; those of a series stand above it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from surefoot_app.theme import made, px, theme, tokens

_TOP, _SIDE, _NEAR = 10, 34, 14
_MANY = 100  # lines from which they are drawn paler
_AT_ONCE = 100  # lines that are drawn before the window is served again
_STEP = 0.05  # of an axis, that a key moves a brush's edge
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Strand:
    """One line: its values, None where it has none, and its series (None for the mass)."""

    values: Sequence[float | None]
    series: int | None = None


class ParallelAxes(QWidget):
    """Shows strands over axes.

    Signals: `brushed(ranges)` when a brush was drawn or taken away: axis to its least and greatest value, infinite
    where the brush reaches the axis' end.
    """

    brushed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._axes: tuple[str, ...] = ()
        self._strands: Sequence[Strand] = ()
        self._ranges: list[Range] = []
        self._brushes: dict[int, Range] = {}  # values, so that they stay what they are on an axis that changes
        self._current = 0
        self._from: tuple[int, float] | None = None
        self._mass = self._draft = QPixmap()  # what is shown of it, and what is being drawn
        self._rest: Iterator[tuple[Strand, QPolygonF]] = iter(())
        self._is_stale = True
        self._drawing = QTimer(self, singleShot=True, interval=0)
        self._drawing.timeout.connect(self._on_drawing)
        self.setMinimumSize(200, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme().changed.connect(self._forget)

    def set(self, axes: Sequence[str], strands: Sequence[Strand], sentence: str) -> None:
        """Draws other strands; brushes stay as long as the axes are the same."""
        before = self._axes, self._ranges, self._mass_of(self._strands)
        if tuple(axes) != self._axes:
            self._brushes.clear()
            self._current = 0
        self._axes, self._strands = tuple(axes), tuple(strands)
        self._ranges = []
        for number in range(len(self._axes)):
            values = [value for each in strands if (value := each.values[number]) is not None] or [0.0, 1.0]
            low, high = min(values), max(values)
            self._ranges.append((low, high) if high > low else (low - 0.5, high + 0.5))
        self.setAccessibleName(sentence)
        if before == (self._axes, self._ranges, self._mass_of(self._strands)):
            self.update()
        else:
            self._forget()

    @staticmethod
    def _mass_of(strands: Sequence[Strand]) -> list[Strand]:
        """What is kept as a picture."""
        return [strand for strand in strands if strand.series is None]

    @property
    def ranges(self) -> Mapping[str, Range]:
        """What lies between the brushes, by axis."""
        return {self._axes[number]: brush for number, brush in self._brushes.items()}

    def clear(self) -> None:
        """Takes the brushes away, without telling."""
        self._brushes.clear()
        self._forget()

    def _forget(self) -> None:
        self._is_stale = True
        self.update()

    def _x(self, number: int) -> float:
        width = self.width() - 2 * _SIDE
        return _SIDE + (width * number / (len(self._axes) - 1) if len(self._axes) > 1 else width / 2)

    def _foot(self) -> float:
        return self.height() - px(24)

    def _y(self, share: float) -> float:
        return self._foot() - share * (self._foot() - _TOP)

    def _lines(self, strands: Sequence[Strand]) -> Iterator[tuple[Strand, QPolygonF]]:
        """Strands as they are drawn. Where the axes stand is asked once, and not for each of a thousand points."""
        foot = self._foot()
        height, places = foot - _TOP, [self._x(number) for number in range(len(self._axes))]
        for strand in strands:
            spots = [
                QPointF(x, foot - height * (value - low) / (high - low))
                for x, value, (low, high) in zip(places, strand.values, self._ranges, strict=True)
                if value is not None
            ]
            yield strand, QPolygonF(spots)

    def _is_kept(self, strand: Strand) -> bool:
        ranges = self.ranges
        return all(
            (value := strand.values[self._axes.index(name)]) is not None and low <= value <= high
            for name, (low, high) in ranges.items()
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._axes:
            return
        if self._is_stale or self._draft.size() != self._pixels():
            self._begin()
        with QPainter(self) as painter:
            if self._mass.size() == self._pixels():
                painter.drawPixmap(0, 0, self._mass)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            series = tokens().series
            for strand, drawn in self._lines([one for one in self._strands if one.series is not None]):
                painter.setPen(QPen(QColor(series[(strand.series or 0) % len(series)]), 2))
                painter.drawPolyline(drawn)
            for number in range(len(self._axes)):
                self._axis(painter, number)

    def _begin(self) -> None:
        """Begins another picture of the mass; the one before is shown until it is whole."""
        self._draft = QPixmap(self._pixels())
        self._draft.setDevicePixelRatio(self.devicePixelRatioF())
        self._draft.fill(Qt.GlobalColor.transparent)
        self._rest, self._is_stale = self._lines(self._mass_of(self._strands)), False
        self._go_on()

    def _pixels(self) -> QSize:
        """How large the picture is in pixels of the screen, of which one of the layout may be one and a quarter."""
        return self.size() * self.devicePixelRatioF()

    def _go_on(self) -> None:
        kept, left = QColor(tokens().muted), QColor(tokens().muted)
        kept.setAlphaF(0.34 if len(self._strands) < _MANY else 0.14)
        left.setAlphaF(0.06)
        pens = {True: QPen(kept, 1), False: QPen(left, 1)}
        part = tuple(islice(self._rest, _AT_ONCE))
        with QPainter(self._draft) as painter:
            for strand, drawn in part:
                painter.setPen(pens[self._is_kept(strand)])
                painter.drawPolyline(drawn)
        if len(part) < _AT_ONCE:
            self._mass = self._draft
        else:
            self._drawing.start()

    def _on_drawing(self) -> None:
        if self._is_stale:
            return  # other lines are drawn instead, once it is painted
        self._go_on()
        if not self._drawing.isActive():
            self.update()

    def _axis(self, painter: QPainter, number: int) -> None:
        colours, x = tokens(), self._x(number)
        is_current = self.hasFocus() and number == self._current
        painter.setPen(QPen(QColor(colours.accent if is_current else colours.edge), 2 if is_current else 1))
        painter.drawLine(QPointF(x, _TOP), QPointF(x, self._foot()))
        if number in self._brushes:
            foot, head = (self._share_of(number, value) for value in self._brushes[number])
            painter.setPen(QPen(QColor(colours.accent), 1.5))
            painter.setBrush(QColor(colours.accent_soft))
            painter.drawRoundedRect(QRectF(x - 5, self._y(head), 10, max(3.0, self._y(foot) - self._y(head))), 3, 3)
        painter.setFont(made(px(11)))
        painter.setPen(QColor(colours.text if is_current else colours.muted))
        room = (self.width() - 2 * _SIDE) / max(1, len(self._axes) - 1)
        width = min(room - 6, 2.0 * _SIDE + 24) if len(self._axes) > 1 else self.width()
        name = self._axes[number].rpartition(".")[2]
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(width))
        left = min(max(2.0, x - width / 2), self.width() - width - 2)
        painter.drawText(QRectF(left, self._foot() + 4, width, px(18)), Qt.AlignmentFlag.AlignCenter, shown)

    def _share_of(self, number: int, value: float) -> float:
        """How far up an axis a value lies, from 0 at its foot to 1."""
        low, high = self._ranges[number]
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def _value_at(self, number: int, share: float, *, is_head: bool) -> float:
        """The value of an edge so far up an axis; at the end that it comes from it stands for all that lies beyond."""
        low, high = self._ranges[number]
        if is_head and share >= 1:
            return inf
        return -inf if share <= 0 and not is_head else low + share * (high - low)

    def _share(self, y: float) -> float:
        return min(1.0, max(0.0, (self._foot() - y) / max(1.0, self._foot() - _TOP)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        near = [number for number in range(len(self._axes)) if abs(self._x(number) - place.x()) <= _NEAR]
        self._from = (near[0], self._share(place.y())) if near else None
        self._current = near[0] if near else self._current
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            number, begin = self._from
            here = self._share(event.position().y())
            foot, head = sorted((begin, here))
            self._brushes[number] = (
                self._value_at(number, foot, is_head=False),
                self._value_at(number, head, is_head=True),
            )
            self._forget()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        number, begin = self._from
        self._from = None
        if abs(self._share(event.position().y()) - begin) < _STEP / 4:
            # A press without a way is how a brush is taken off.
            self._brushes.pop(number, None)
        self._forget()
        self.brushed.emit(dict(self.ranges))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_head = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in {Qt.Key.Key_Left, Qt.Key.Key_Right} and self._axes:
            step = 1 if key == Qt.Key.Key_Right else -1
            self._current = (self._current + step) % len(self._axes)
            self.setAccessibleDescription(self._axes[self._current])
            self.update()
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down} and self._axes:
            self._move(_STEP if key == Qt.Key.Key_Up else -_STEP, is_head=is_head)
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self._current in self._brushes:
            del self._brushes[self._current]
            self._forget()
            self.brushed.emit(dict(self.ranges))
        else:
            super().keyPressEvent(event)

    def _move(self, step: float, *, is_head: bool) -> None:
        number = self._current
        least, most = self._brushes.get(number, (-inf, inf))
        foot, head = self._share_of(number, least), self._share_of(number, most)
        if is_head:
            most = self._value_at(number, max(foot, head + step), is_head=True)
        else:
            least = self._value_at(number, min(head, foot + step), is_head=False)
        self._brushes[number] = (least, most)
        self._forget()
        self.brushed.emit(dict(self.ranges))
