"""The walk back, drawn: the deployment at the right, what it rests on to the left; keys move along it."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from surefoot_app.audit.walk import Node, Walked
from surefoot_app.theme import Weight, made, pixmap, px, theme, tokens
from surefoot_app.theme.tokens import RADIUS_CONTROL

_WIDTH, _HEIGHT, _ACROSS, _DOWN, _ICON = 172, 58, 36, 14, 18
_MARGIN = 8


class NodeItem(QGraphicsItem):
    """One node."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node
        self.is_current = False
        self.setToolTip(f"{node.title}\n{node.said}")

    def boundingRect(self) -> QRectF:
        return QRectF(-2, -2, _WIDTH + 4, _HEIGHT + 4)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        colours, node = tokens(), self.node
        colour, soft = colours.tone(node.tone)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = colours.accent_soft if self.is_current else soft if node.tone in {"bad", "warn"} else colours.surface
        edge = colours.accent if self.is_current else colour if node.tone != "neutral" else colours.edge
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(edge), 2 if self.is_current else 1))
        painter.drawRoundedRect(QRectF(0, 0, _WIDTH, _HEIGHT), RADIUS_CONTROL, RADIUS_CONTROL)
        role = "muted" if node.tone == "neutral" else node.tone
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(QPointF(12, (_HEIGHT - _ICON) / 2), pixmap(node.glyph, role, _ICON, ratio))
        self._line(painter, node.title, 9, Weight.SEMIBOLD, 13, "text")
        self._line(painter, node.said, 30, Weight.REGULAR, 12, "muted")

    def _line(self, painter: QPainter, text: str, top: int, weight: Weight, size: int, role: str) -> None:
        font = made(px(size), weight)
        painter.setFont(font)
        painter.setPen(QColor(tokens().colour(role)))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, _WIDTH - 52)
        painter.drawText(QRectF(40, top, _WIDTH - 48, 20), Qt.AlignmentFlag.AlignVCenter, shown)


class WalkGraph(QGraphicsView):
    """Shows the graph. Signals: `chosen(key)` as another node is looked at."""

    chosen = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._walked: Walked | None = None
        self._items: dict[str, NodeItem] = {}
        self.current = ""
        self.setObjectName("audit.walk")
        self.setAccessibleName(title)
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(self.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setStyleSheet("background: transparent; border: none;")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme().changed.connect(self._redraw)

    def show_walk(self, walked: Walked) -> None:
        """Draws a graph and stands at the deployment; in one of the same deployment, where one stood before."""
        before, self._walked = self._walked, walked
        self._redraw()
        if before is not None and before.start == walked.start and walked.node(self.current) is not None:
            self.look_at(self.current)
        elif walked.nodes:
            self.look_at(walked.nodes[0].key)

    def look_at(self, key: str) -> None:
        """Stands at a node."""
        self.current = key
        for name, item in self._items.items():
            item.is_current = name == key
            item.update()
        node = self._walked.node(key) if self._walked is not None else None
        if node is not None:
            self.ensureVisible(self._items[key], _MARGIN, _MARGIN)
            self.setAccessibleDescription(f"{node.title}. {node.said}. {' '.join(node.sentences)}")
            self.chosen.emit(key)

    def _redraw(self) -> None:
        scene = self.scene()
        scene.clear()
        self._items = {}
        if self._walked is None:
            return
        spots = _spots(self._walked)
        for node in self._walked.nodes:
            for key in node.rests_on:
                if key in spots:
                    scene.addItem(_link(spots[key], spots[node.key]))
        for node in self._walked.nodes:
            item = NodeItem(node)
            item.setPos(spots[node.key])
            item.is_current = node.key == self.current
            scene.addItem(item)
            self._items[node.key] = item
        scene.setSceneRect(scene.itemsBoundingRect().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        walked, key = self._walked, Qt.Key(event.key())
        if walked is None:
            return
        asked = {
            Qt.Key.Key_Left: lambda: walked.back(self.current),
            Qt.Key.Key_Right: lambda: walked.on(self.current),
            Qt.Key.Key_Up: lambda: walked.beside(self.current, -1),
            Qt.Key.Key_Down: lambda: walked.beside(self.current, 1),
            Qt.Key.Key_Home: lambda: walked.nodes[0] if walked.nodes else None,
        }.get(key)
        if asked is None:
            super().keyPressEvent(event)
            return
        node = asked()
        if node is not None:
            self.look_at(node.key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        item = self.itemAt(event.position().toPoint())
        if isinstance(item, NodeItem):
            self.look_at(item.node.key)
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.current in self._items:
            self.ensureVisible(self._items[self.current], _MARGIN, _MARGIN)


def _spots(walked: Walked) -> dict[str, QPointF]:
    """Where each node stands: a column a step back, centred."""
    spots, columns = {}, max((node.column for node in walked.nodes), default=0)
    tallest = max((sum(node.column == column for node in walked.nodes) for column in range(columns + 1)), default=1)
    for column in range(columns + 1):
        nodes = [node for node in walked.nodes if node.column == column]
        top = 0.0 if column >= columns - 1 else (tallest - len(nodes)) * (_HEIGHT + _DOWN) / 2
        for place, node in enumerate(nodes):
            spots[node.key] = QPointF((columns - column) * (_WIDTH + _ACROSS), top + place * (_HEIGHT + _DOWN))
    return spots


def _link(start: QPointF, end: QPointF) -> QGraphicsPathItem:
    """A curve from what is rested on to what rests on it."""
    first, last = start + QPointF(_WIDTH, _HEIGHT / 2), end + QPointF(0, _HEIGHT / 2)
    bend = QPointF(_ACROSS / 2, 0)
    path = QPainterPath(first)
    path.cubicTo(first + bend, last - bend, last)
    item = QGraphicsPathItem(path)
    item.setPen(QPen(QColor(tokens().edge), 1.4))
    return item
