"""The bar on top: the project, the way to the palette, what goes on, notices, the scheme."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy

from surefoot_app.bridge.session import Project
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.status import Status
from surefoot_app.theme import icon, theme
from surefoot_app.theme.tokens import MARGIN, NEAR
from surefoot_app.widgets.boxes import row
from surefoot_app.widgets.buttons import Button, IconButton
from surefoot_app.widgets.text import Text

_HEIGHT = 51


class StatusPill(QPushButton):
    """A state that leads to its page."""

    def __init__(self, status: Status) -> None:
        super().__init__(f" {status.word}")
        self.setObjectName(f"status.{status.key}")
        self.setProperty("kind", "pill")
        self.setProperty("tone", status.tone)
        self.setIcon(icon(status.glyph, "muted" if status.tone == "neutral" else status.tone))
        self.setAccessibleName(status.word)
        self.setAccessibleDescription(status.detail)
        self.setToolTip(status.detail)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class TopBar(QFrame):
    """Signals: `palette_wanted`; `act(id)` for an act of the table."""

    palette_wanted = Signal()
    act = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, words = desk, desk.words
        self.setProperty("kind", "bar")
        self.setMinimumHeight(_HEIGHT)
        self.project = Button("", name="project.menu")
        self.project.setMenu(QMenu(self.project))
        self.project.setMaximumWidth(300)
        self.project.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._field = self._palette_field(words("app.shell.search"))
        self._places: dict[str, StatusPill] = {}
        self._statuses = row(gap=NEAR)
        self.bell = IconButton("bell", words("app.shell.notices"), name="notices")
        self.bell.setMenu(QMenu(self.bell))
        self.bell.setPopupMode(self.bell.ToolButtonPopupMode.InstantPopup)
        self._scheme = IconButton("moon", "", name="view.theme", act=lambda: self.act.emit("view.theme"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(MARGIN, 8, MARGIN - 6, 8)
        layout.setSpacing(NEAR)
        layout.addWidget(self.project)
        layout.addStretch(1)
        layout.addWidget(self._field)
        layout.addStretch(1)
        layout.addLayout(self._statuses)
        layout.addWidget(self.bell)
        layout.addWidget(self._scheme)
        self._show_scheme()
        theme().changed.connect(self._show_scheme)

    def _palette_field(self, hint: str) -> Button:
        field = Button(hint, name="palette.field", kind="palette-field", glyph="search", act=self.palette_wanted.emit)
        key = Text("Ctrl K", "caption")
        key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = row(1, key)
        inside.setContentsMargins(0, 0, 12, 0)
        field.setLayout(inside)
        field.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        field.setMinimumWidth(240)
        field.setFixedWidth(380)
        return field

    def show_project(self, project: Project) -> None:
        """Names the project that is open."""
        sample = f"  ·  {self._desk.words('app.shell.sample')}" if project.is_sample else ""
        self.project.setText(f"{project.name}{sample}".replace("&", "&&"))
        self.project.setAccessibleName(self._desk.words("app.shell.project_named", name=project.name))
        self.project.setToolTip(str(project.folder))

    def show_status(self, status: Status) -> None:
        """Shows, changes or takes away a state."""
        old = self._places.pop(status.key, None)
        place = self._statuses.indexOf(old) if old is not None else self._statuses.count()
        if old is not None:
            self._statuses.removeWidget(old)
            old.hide()
            old.deleteLater()
        if not status.word:
            return
        pill = StatusPill(status)
        if status.goes:
            pill.clicked.connect(lambda _checked=False: self._desk.go(status.goes))
        self._places[status.key] = pill
        self._statuses.insertWidget(place, pill)

    def show_notices(self, notices: Sequence[str]) -> None:
        """Fills the bell's list, the last one first."""
        menu = self.bell.menu()
        menu.clear()
        for notice in notices or (self._desk.words("app.shell.no_notices"),):
            menu.addAction(notice.replace("&", "&&")).setEnabled(bool(notices))

    def _show_scheme(self) -> None:
        is_dark = theme().tokens.is_dark
        key = "app.shell.to_light" if is_dark else "app.shell.to_dark"
        self._scheme.set_glyph("sun" if is_dark else "moon", self._desk.words(key))
