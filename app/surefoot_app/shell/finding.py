"""What the palette offers: panels and acts at once, objects of the project as they come, lessons."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from surefoot.errors import SurefootError
from surefoot_app.shell.actions import Action, ActionTable
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, Found
from surefoot_app.shell.palette import Entry, Palette

_RECENT = 20


class Finder(QObject):
    """Fills the palette and does what was chosen in it."""

    def __init__(self, desk: Desk, table: ActionTable, features: Sequence[Feature], window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._table, self._features = desk, table, features
        self._recent: list[str] = []
        self._objects: dict[str, list[Entry]] = {}
        words = desk.words
        self.palette = Palette(
            title=words("app.shell.search"),
            hint=words("app.shell.palette_hint"),
            none=words("app.shell.palette_none"),
            parent=window,
        )
        self.palette.chosen.connect(self._on_chosen)

    def leave(self) -> None:
        """Goes, and its palette with it."""
        self.palette.deleteLater()
        self.deleteLater()

    def ask(self, beginning: str = "") -> None:
        """Opens the palette."""
        self._fill()
        self.palette.ask(beginning)
        if self._desk.session.project is not None:
            for feature in self._features:
                self._ask_objects(feature)

    def _ask_objects(self, feature: Feature) -> None:
        if feature.objects is not None:
            self._desk.session.read(feature.objects, owner=self, then=self._keeper(feature), failed=self._on_failed)

    def _keeper(self, feature: Feature) -> Callable[[Sequence[Found]], None]:
        def keep(found: Sequence[Found]) -> None:
            self._objects[feature.id] = [self._found(one, "@", feature.icon) for one in found]
            self._fill()

        return keep

    def _on_failed(self, _error: SurefootError) -> None:
        # The page that shows these objects meets the same trouble and tells it.
        self._fill()

    def _fill(self) -> None:
        entries = [self._act(action) for action in self._table.all() if action.id != "palette.open"]
        for found in self._objects.values():
            entries.extend(found)
        for feature in self._features:
            if feature.lessons is not None:
                entries.extend(self._found(one, "?", feature.icon) for one in feature.lessons(self._desk.words))
        self.palette.fill(entries, self._recent)

    def _act(self, action: Action) -> Entry:
        return Entry(
            key=action.id,
            sort="" if action.id.startswith("go.") else ">",
            text=action.text(self._desk.words),
            detail=action.shortcut,
            icon=action.icon,
            run=lambda: self._table.run(action.id),
            reason=action.why_disabled(),
        )

    def _found(self, found: Found, sort: str, glyph: str) -> Entry:
        return Entry(
            key=f"{found.kind}:{found.ref}",
            sort=sort,
            text=found.title,
            detail=found.detail,
            icon=glyph,
            run=lambda: self._desk.open(found.kind, found.ref),
        )

    def _on_chosen(self, entry: Entry) -> None:
        self._recent = [entry.key, *(key for key in self._recent if key != entry.key)][:_RECENT]
        entry.run()
