"""Words for the command line, reports and the desktop: one TOML file a language, looked up by key.

`resources/texts/en.toml` and `vi.toml` hold the same keys with the same placeholders (a test compares them).
A key is a dotted path: `error.SF-1001.what`, `why.dataset.split`, `say.run.finished`. Keys that begin with `app.` are
the desktop's; they lie in `resources/texts/app/`, so that the command line does not read them. What the desktop says
in place of a text that names a command or an option lies in `resources/texts/instead/`, under the same key.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from surefoot import resources
from surefoot.errors import SurefootError

LANGUAGES = ("en", "vi")
_DESKTOP, _INSTEAD = "app", "instead"
_LONGEST = 1000
_DIGITS = 3
# `{count:row|rows}`: what stands there where that placeholder is one, and where it is not. One form needs no choice.
_FORMS = re.compile(r"\{(\w+):([^{}|]*)\|([^{}|]*)\}")
_CODE = re.compile(r"`([^`\n]+)`")
# Placeholders that stand for measured figures: they come with a point, and are shown as a language writes them.
FIGURES = frozenset(
    {
        "again", "answer", "asked", "auc", "chance", "confidence", "cost", "criteria", "difference", "figure",
        "figures", "high", "lift_seconds", "limit", "loss", "low", "mib", "most", "ms", "probability", "saved",
        "seconds", "share", "spread", "stop", "stop_seconds", "tolerance",
    }
)  # fmt: skip
# Placeholders that count things, and get their thousands parted where they come as numbers.
COUNTS = frozenset(
    {"all", "beaten", "best", "cells", "columns", "count", "files", "lines", "of", "rows", "runs", "total"}
)
_FRACTION = re.compile(r"(?<![\w.,])(-?\d+)\.(\d+(?:e[+-]?\d+)?)(?![\w.,]*\w)")
# Values that come from closed lists, by the placeholder that stands for them, and the list.
_LISTS = {
    "state": "run-state",
    "role": "role",
    "roles": "role",
    "type": "type",
    "side": "side",
    "kind": "kind",
    "rule": "rule",
    "basis": "legal-basis",
    "gates": "gate",
    "check": "kind",
    "metric": "metric",
}


@cache
def _table(language: str, room: str = "") -> Mapping[str, Any]:
    with resources.path("texts", room, f"{language}.toml").open("rb") as file:
        return tomllib.load(file)


def _found(language: str, key: str) -> Any:
    """What stands under a key: a text, a mapping, or None."""
    room, _, rest = key.partition(".")
    return _within(_table(language, _DESKTOP), rest) if room == _DESKTOP else _within(_table(language), key)


def _within(table: Mapping[str, Any], key: str) -> Any:
    node: Any = table
    for part in key.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return None
        node = node[part]
    return node


def printable(text: str) -> str:
    """A text on one line, in which control characters are shown: a terminal would obey them."""
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text)


def figure(value: object) -> str:
    """A decimal as people read it: three decimals at most, a smaller one in powers of ten.

    What is no number is shown as it is, and what is not there as a dash.
    """
    if value is None:
        return "-"
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    if number != 0 and abs(number) < Decimal(10) ** -_DIGITS:
        return f"{number:.1e}"
    return f"{number:.{_DIGITS}f}".rstrip("0").rstrip(".")


def _shown(text: str) -> str:
    """A foreign text on one line, cut in the middle where it is too long."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"
    return printable(text)


@dataclass(frozen=True, slots=True)
class Told:
    """An error in words: what happened, what it means for the user's work, what to do."""

    code: str
    what: str
    means: str
    do: str


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language.

    Attributes:
        language: `en` or `vi`.
        is_desktop: no command is named where a page does the same, and code stands in “quotes”, not in backticks.
    """

    language: str = "en"
    is_desktop: bool = False

    def __call__(self, key: str, /, **values: object) -> str:
        """The text under a dotted key, with its placeholders filled.

        Raises:
            KeyError: there is no such text.
        """
        text = self._text(key)
        if not isinstance(text, str):
            raise KeyError(key)
        if "|" in text:
            text = _FORMS.sub(lambda form: form[2 if str(values[form[1]]) == "1" else 3], text)
        if values and not key.startswith("error."):  # an error shows what was typed or found, as it stands
            values = {name: self._spelled(name, value) for name, value in values.items()}
        return text.format_map(values)

    def _text(self, key: str) -> Any:
        if not self.is_desktop:
            return _found(self.language, key)
        text = _within(_table(self.language, _INSTEAD), key)
        text = text if isinstance(text, str) else _found(self.language, key)
        return _CODE.sub(r"“\1”", text) if isinstance(text, str) and "`" in text else text

    def decimal(self, text: str) -> str:
        """A text with the decimal points in it as this language writes them. It is not to hold versions or names."""
        sign = self("say.term.decimal")
        return text if sign == "." else _FRACTION.sub(rf"\1{sign}\2", text)

    def figure(self, value: object) -> str:
        """A decimal as people read it in this language; see `figure`."""
        return self.decimal(figure(value))

    def _spelled(self, name: str, value: object) -> object:
        if name in COUNTS and isinstance(value, int):
            return self.count(value)
        is_figure = name in FIGURES or name.endswith("percent")
        return self.decimal(str(value)) if is_figure and isinstance(value, str | float) else value

    def count(self, number: int) -> str:
        """A whole number with its thousands parted as this language writes them."""
        return f"{number:,}".replace(",", self("say.term.thousands"))

    def has(self, key: str) -> bool:
        """Whether there is a text under this key."""
        return isinstance(_found(self.language, key), str)

    def told(self, key: str, /, **values: object) -> str:
        """The text under a key, for reading.

        What its placeholders name from a closed list is told in this language too; `{figure}` is rounded.
        """
        return self(key, **{name: self._listed(name, value) for name, value in values.items()})

    def _listed(self, name: str, value: object) -> object:
        if name == "figure":
            return figure(value)
        if name not in _LISTS:
            return value
        return ", ".join(self.term(_LISTS[name], part) for part in str(value).split(", "))

    def term(self, vocabulary: str, value: object) -> str:
        """A word of a closed list (`say.term.<vocabulary>`), such as a state; what is in none is shown as it is."""
        key = f"say.term.{vocabulary}.{re.sub(r'[ _.]', '-', str(value))}"
        return self(key) if self.has(key) else str(value)

    def error(self, error: SurefootError) -> Told:
        """An error in words. What it names comes from files and people: it is shown on one line, and not endlessly.

        A value may be the name of a text of its own, such as the reason `no-side` (`error.SF-2018.detail.no-side`).
        """
        key = f"error.{error.code}"
        values = {name: _shown(str(self._listed(name, value))) for name, value in error.values.items()}
        own = {name: f"{key}.{name}.{value}" for name, value in error.values.items()}
        values |= {name: self(place, **values) for name, place in own.items() if self.has(place)}
        return Told(
            code=error.code.value,
            what=self(f"{key}.what", **values),
            means=self(f"{key}.means", **values),
            do=self(f"{key}.do", **values),
        )
