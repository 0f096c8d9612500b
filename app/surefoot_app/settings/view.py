"""What can be chosen of the desktop itself: language, colours, text size, the rail. In force at once."""

from collections.abc import Callable

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
    """Shows each choice with its mark, as they are when it is made.

    Attributes:
        lines: one for each choice. mode: the scheme that it shows as chosen.
    """

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
        self.mode = settings.mode
        mode.choose(self.mode)
        mode.chosen.connect(self._set_theme)
        sizes = [(str(size), f"{size} %") for size in range(SMALLEST, LARGEST + 1, _STEP)]
        size = Select(sizes, name="settings.size")
        size.call(words("app.settings.size"))
        size.choose(str(theme().scale))
        size.chosen.connect(lambda chosen: desk.set_scale(int(chosen)))
        self._add("language", "view/language", language, lambda: self._reset("view/language"))
        self._add("theme", "view/theme", mode, self._reset_theme)
        self._add("size", "view/text-size", size, lambda: self._reset("view/text-size"))
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

    def _set_theme(self, mode: str) -> None:
        self._desk.set_theme("light" if mode == "light" else "dark" if mode == "dark" else "system")

    def _reset_theme(self) -> None:
        self._desk.settings.reset("view/theme")
        theme().apply(mode=self._desk.settings.mode)

    def _reset(self, key: str) -> None:
        self._desk.settings.reset(key)
        self._desk.renew()
