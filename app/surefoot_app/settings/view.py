"""What can be chosen of the desktop itself: language, colours, text size, the rail. In force at once."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from surefoot_app.settings.line import SettingLine
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import theme
from surefoot_app.theme.tokens import LARGEST, SMALLEST
from surefoot_app.widgets.boxes import Card
from surefoot_app.widgets.fields import Select
from surefoot_app.widgets.tabs import Segments

_STEP = 10


class ViewSettings(Card):
    """Signals: `changed` after a choice that rebuilds nothing, so that marks can be shown anew."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.words("app.settings.general"))
        self._desk = desk
        self.body.setSpacing(0)
        words, settings = desk.words, desk.settings
        language = Segments((("en", "English"), ("vi", "Tiếng Việt")), name="settings.language")
        language.choose(words.language)
        language.chosen.connect(desk.set_language)
        modes = ("light", "dark", "system")
        mode = Segments([(each, words(f"app.settings.{each}")) for each in modes], name="settings.theme")
        mode.choose(settings.mode)
        mode.chosen.connect(self._set_theme)
        sizes = [(str(size), f"{size} %") for size in range(SMALLEST, LARGEST + 1, _STEP)]
        size = Select(sizes, name="settings.size")
        size.call(words("app.settings.size"))
        size.choose(str(theme().scale))
        size.chosen.connect(lambda chosen: desk.set_scale(int(chosen)))
        self._add("language", "view/language", language, lambda: self._rebuild("view/language"))
        self._add("theme", "view/theme", mode, lambda: self._set_theme("system", forget=True))
        self._add("size", "view/text-size", size, self._reset_size)
        self.lines = self.findChildren(SettingLine)

    def _add(self, name: str, key: str, control: QWidget, reset: Callable[[], object]) -> None:
        words = self._desk.words
        is_chosen = self._desk.settings.is_chosen(key)
        line = SettingLine(
            words(f"app.settings.{name}"),
            words(f"app.settings.{name}_detail"),
            control,
            key=key,
            mark=words("app.settings.chosen" if is_chosen else "app.settings.default"),
            undo=words("app.settings.reset") if is_chosen else "",
        )
        line.reset.connect(reset)
        self.body.addWidget(line)

    def _set_theme(self, mode: str, *, forget: bool = False) -> None:
        self._desk.set_theme("light" if mode == "light" else "dark" if mode == "dark" else "system")
        if forget:
            self._desk.settings.reset("view/theme")
        self.changed.emit()

    def _rebuild(self, key: str) -> None:
        self._desk.settings.reset(key)
        language = self._desk.settings.language
        self._desk.set_language(language)
        self._desk.settings.reset(key)

    def _reset_size(self) -> None:
        self._desk.settings.reset("view/text-size")
        theme().apply(scale=self._desk.settings.scale)
        self._desk.retranslated.emit()
