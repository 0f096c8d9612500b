"""Settings: what can be chosen, who signs, where things lie, what is told to whom, which keys there are."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from surefoot_app.bridge.formatting import size
from surefoot_app.settings import places
from surefoot_app.settings.places import Around
from surefoot_app.settings.view import ViewSettings
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.window import Window
from surefoot_app.theme import px, theme
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, Page, cleared, column, holding, row, scrolled
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text

_WIDTH = 820


class SettingsPage(Page):
    """The page of the panel. Only the first part can be changed here; the rest says how things stand."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.settings.title"))
        self._desk = desk
        self._filter = FilterLine(words("app.settings.search"), name="settings.filter")
        self._filter.setFixedWidth(px(320))
        self._filter.asked.connect(self.search)
        self.acts.addWidget(self._filter)
        self._identity, self._storage = FactsList(), FactsList()
        self._keys = QGridLayout()
        self._listed: tuple[Action, ...] = ()
        self._view = column(gap=0)
        self._none = EmptyState("no-match", words("app.settings.no_match"), words("app.settings.no_match_why"))
        self._none.hide()
        self._cards = (
            self._card("identity", self._identity),
            self._card("storage", self._storage),
            self._privacy(),
            self._keyboard(),
        )
        content = column(self._view, *self._cards, self._none, 1, gap=GAP)
        area = scrolled(content)
        if (inside := area.widget()) is not None:
            inside.setMaximumWidth(px(_WIDTH))
        self.body.addWidget(area)
        self._show_view()
        theme().changed.connect(self._on_theme_changed)
        if desk.session.project is not None:
            desk.session.read(places.around, owner=self, then=self.show_around)

    def _card(self, name: str, facts: QWidget) -> Card:
        words = self._desk.words
        card = Card(words(f"app.settings.{name}"))
        card.setObjectName(f"settings.{name}")
        card.body.addWidget(Text(words(f"app.settings.{name}_detail"), "secondary", wrap=True))
        card.body.addWidget(facts)
        return card

    def _privacy(self) -> Card:
        words = self._desk.words
        said = column(gap=10)
        for key, glyph in (("none", "shield-check"), ("reports", "file-text"), ("lessons", "graduation-cap")):
            text = Text(words(f"app.settings.privacy_{key}"), "body", wrap=True)
            line = row(Glyph(glyph, "ok" if key == "none" else "muted"), text, gap=12)
            line.setStretch(1, 1)
            said.addLayout(line)
        return self._card("privacy", holding(said))

    def _keyboard(self) -> Card:
        self._keys.setHorizontalSpacing(24)
        self._keys.setVerticalSpacing(8)
        self._keys.setColumnStretch(0, 1)
        return self._card("keyboard", holding(self._keys))

    # what is shown

    def _show_view(self) -> None:
        cleared(self._view)
        self._shown = ViewSettings(self._desk)
        self._view.addWidget(self._shown)

    def _on_theme_changed(self) -> None:
        if self.isVisible():
            self._show_view()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._shown.mode != self._desk.settings.mode:  # it was switched elsewhere
            self._show_view()
        window = self.window()
        if isinstance(window, Window):
            self.show_keys(window.actions_table.all())

    def show_keys(self, actions: Sequence[Action]) -> None:
        """Lists the acts that have a key."""
        known = [action for action in actions if action.shortcut]
        if self._listed == tuple(known):
            return
        self._listed = tuple(known)
        cleared(self._keys)
        for place, action in enumerate(known):
            self._keys.addWidget(Text(action.text(self._desk.words), wrap=True), place, 0)
            self._keys.addWidget(Text(action.shortcut, "mono"), place, 1, Qt.AlignmentFlag.AlignRight)

    def show_around(self, found: Around) -> None:
        """Shows who signs and where things lie."""
        words, person = self._desk.words, found.person
        copy = words("app.shell.copy")
        if person is None:
            self._identity.set([Fact(words("app.settings.person"), words("app.settings.nobody"))])
        else:
            self._identity.set(
                [
                    Fact(words("app.settings.person"), person.name),
                    Fact(words("app.settings.kept"), words(f"app.settings.kept_{person.kept.value}")),
                    Fact(words("app.settings.key"), person.feed, "hash", copies=copy),
                    Fact(words("app.settings.where"), str(found.keys)),
                ]
            )
        self._storage.set(
            [
                Fact(words(f"app.settings.place_{place.name}"), f"{size(place.size, words)} · {place.path}")
                for place in found.places
            ]
        )

    def search(self, text: str) -> None:
        """Shows the parts in which each word of a text stands."""
        words = text.casefold().split()
        view = self._shown
        for line in view.lines:
            line.setVisible(all(word in line.said for word in words))
        view.setVisible(any(not line.isHidden() for line in view.lines))
        for card in self._cards:
            said = " ".join(label.text() for label in card.findChildren(Text)).casefold()
            card.setVisible(all(word in said for word in words))
        self._none.setVisible(view.isHidden() and all(card.isHidden() for card in self._cards))
