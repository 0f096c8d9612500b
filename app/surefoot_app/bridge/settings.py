"""What the desktop remembers of itself: language, scheme, window. Nothing of a project, and nothing that matters."""

from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QLocale, QSettings

from surefoot.texts import LANGUAGES
from surefoot_app.theme import Mode

_RECENT = 8


class Settings:
    """The choices of this account, in one INI file.

    Args:
        path: of the file; made when something is first kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._kept = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def language(self) -> str:
        """`en` or `vi`; the system's, unless one was chosen."""
        chosen = self._text("view/language")
        if chosen in LANGUAGES:
            return chosen
        return "vi" if QLocale.system().language() is QLocale.Language.Vietnamese else "en"

    @language.setter
    def language(self, value: str) -> None:
        self._kept.setValue("view/language", value)

    @property
    def mode(self) -> Mode:
        """The scheme; the system's, unless one was chosen."""
        chosen = self._text("view/theme")
        return cast("Mode", chosen) if chosen in {"light", "dark", "system"} else "system"

    @mode.setter
    def mode(self, value: Mode) -> None:
        self._kept.setValue("view/theme", value)

    @property
    def scale(self) -> int:
        """The text size in per cent."""
        chosen = self._text("view/text-size")
        return int(chosen) if chosen.isdecimal() else 100

    @scale.setter
    def scale(self, value: int) -> None:
        self._kept.setValue("view/text-size", str(value))

    @property
    def is_rail_narrow(self) -> bool:
        """Whether the rail shows icons alone."""
        return self._text("view/rail") == "narrow"

    @is_rail_narrow.setter
    def is_rail_narrow(self, value: bool) -> None:
        self._kept.setValue("view/rail", "narrow" if value else "wide")

    @property
    def geometry(self) -> QByteArray:
        """The window's place and size; empty the first time."""
        kept = self._kept.value("window/geometry")
        return kept if isinstance(kept, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._kept.setValue("window/geometry", value)

    @property
    def recent(self) -> tuple[Path, ...]:
        """Projects that were open, the last one first, whether or not their folders are there now.

        To look would hold the window where one lies on a disk that does not answer.
        """
        return tuple(map(Path, filter(None, self._text("projects/recent").split("\n"))))

    def remember(self, folder: Path) -> None:
        """Puts a project at the head of the recent ones."""
        rest = [path for path in self.recent if path != folder]
        self._kept.setValue("projects/recent", "\n".join(str(path) for path in (folder, *rest)[:_RECENT]))

    def marks(self, ws: str) -> frozenset[str]:
        """Steps of Home's checklist that were taken in a workspace and of which nothing is recorded."""
        return frozenset(filter(None, self._text(f"steps/{ws}").split(" ")))

    def mark(self, ws: str, step: str) -> None:
        """Ticks such a step: whoever only looks at the audit leaves no line in the record."""
        self._kept.setValue(f"steps/{ws}", " ".join(sorted({*self.marks(ws), step})))

    @property
    def lessons(self) -> frozenset[str]:
        """Lessons that were read on this computer. Nobody else is told, and no record holds it."""
        return frozenset(filter(None, self._text("learn/read").split(" ")))

    def read_lesson(self, name: str) -> None:
        """Remembers that a lesson was read."""
        self._kept.setValue("learn/read", " ".join(sorted({*self.lessons, name})))

    def is_chosen(self, key: str) -> bool:
        """Whether a setting, such as `view/theme`, was chosen; otherwise its default holds."""
        return self._kept.contains(key)

    def reset(self, key: str) -> None:
        """Goes back to the default of a setting."""
        self._kept.remove(key)

    def sync(self) -> None:
        """Writes what was changed."""
        self._kept.sync()

    def _text(self, key: str) -> str:
        return str(self._kept.value(key, ""))
