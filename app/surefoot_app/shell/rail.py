"""The rail at the left: the panels, with their names or, collapsed, as icons alone."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QVBoxLayout

from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import AT_FOOT, Feature
from surefoot_app.theme import px, theme
from surefoot_app.widgets.boxes import row
from surefoot_app.widgets.buttons import Button, IconButton
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text

WIDE, NARROW = 196, 56


class Rail(QFrame):
    """Signals: `chosen(feature)`; `narrowed(bool)` when it was collapsed or opened."""

    chosen = Signal(str)
    narrowed = Signal(bool)

    def __init__(self, desk: Desk, features: Sequence[Feature]) -> None:
        super().__init__()
        self.setProperty("kind", "rail")
        self.setAccessibleName(desk.words("app.shell.panels"))
        self._words = desk.words
        self.is_narrow = False
        self._buttons: dict[str, Button] = {}
        self._group = QButtonGroup(self)
        self._titles = {feature.id: desk.words(feature.title) for feature in features}
        self._foot = [feature.foot(desk) for feature in features if feature.foot is not None]
        self._mark, self._name = Glyph("badge-check", "accent", 22), Text("Surefoot", "card-title")
        self._collapse = IconButton("panel-left", "", name="view.rail")
        self._collapse.clicked.connect(lambda _checked=False: self.set_narrow(narrow=not self.is_narrow))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(10, 10, 10, 12)
        self._layout.setSpacing(4)
        self._head = row(self._mark, self._name, 1, self._collapse, gap=8)
        self._head.setContentsMargins(7, 0, 0, 12)
        self._layout.addLayout(self._head)
        self._fill(features)
        self.set_narrow(narrow=desk.settings.is_rail_narrow)
        theme().changed.connect(self._resize)

    def _fill(self, features: Sequence[Feature]) -> None:
        group = features[0].group if features else 0
        for number, feature in enumerate(f for f in features if f.group != AT_FOOT):
            if feature.group != group:
                self._layout.addSpacing(8)
                group = feature.group
            self._layout.addWidget(self._button(feature, number + 1))
        self._layout.addStretch(1)
        for card in self._foot:
            self._layout.addWidget(card)
            self._layout.addSpacing(6)
        for feature in features:
            if feature.group == AT_FOOT:
                self._layout.addWidget(self._button(feature, 0))

    def _button(self, feature: Feature, number: int) -> Button:
        title = self._titles[feature.id]
        button = Button(title, name=f"go.{feature.id}", kind="nav", glyph=feature.icon)
        button.setCheckable(True)
        button.setIconSize(QSize(18, 18))
        button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        button.setToolTip(f"{title}  Ctrl+{number}" if 0 < number <= 9 else title)  # noqa: PLR2004 - digits
        button.clicked.connect(lambda _checked=False: self.chosen.emit(feature.id))
        self._group.addButton(button)
        self._buttons[feature.id] = button
        return button

    def mark(self, feature: str) -> None:
        """Shows which panel is open."""
        if feature in self._buttons:
            self._buttons[feature].setChecked(True)

    def set_narrow(self, *, narrow: bool) -> None:
        """Collapses it to icons, or opens it."""
        self.is_narrow = narrow
        for name, button in self._buttons.items():
            button.setText("" if narrow else f"  {self._titles[name]}".replace("&", "&&"))
        for part in (self._name, self._mark, *self._foot):
            part.setVisible(not narrow)
        self._head.setContentsMargins(0 if narrow else 7, 0, 0, 12)
        key = "app.shell.rail_open" if narrow else "app.shell.rail_close"
        self._collapse.set_glyph("panel-left", self._words(key))
        self._resize()
        self.narrowed.emit(narrow)

    def _resize(self) -> None:
        self.setFixedWidth(NARROW if self.is_narrow else max(WIDE, px(WIDE)))
        self._layout.setAlignment(Qt.AlignmentFlag.AlignTop)
