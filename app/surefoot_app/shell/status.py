"""A state shown in the top bar, such as how many runs are active."""

from dataclasses import dataclass

from surefoot_app.theme import Tone


@dataclass(frozen=True, slots=True)
class Status:
    """One state.

    Attributes:
        key: one place, one key. word: what it says; empty takes it away. tone, glyph: how.
        goes: the page that a press leads to. detail: more words, for the tooltip.
    """

    key: str
    word: str
    tone: Tone = "info"
    glyph: str = "info"
    goes: str = ""
    detail: str = ""
