"""The one table of colours and sizes, for light and dark, with the pairs in which they are used.

A colour never has two meanings. Text is at least 4.5:1 on every surface it stands on, an edge 3:1 (a test computes it).
"""

from dataclasses import dataclass, fields
from typing import Literal

Tone = Literal["neutral", "accent", "ok", "warn", "bad", "info"]

MARGIN, PADDING, GAP, NEAR = 24, 16, 16, 8
RADIUS_CARD, RADIUS_CONTROL, RADIUS_PILL = 10, 7, 11
CONTROL, TARGET, ROW, HEADER = 32, 24, 34, 36
_LINEAR = 0.04045
SMALLEST, LARGEST = 90, 150
"""The text sizes that a user may choose, in per cent."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one scheme, as `#RRGGBB`.

    Attributes:
        bg, surface, sunken: what things lie on. text, muted, faint: what is written. border: hairlines.
        edge: outlines of controls. accent: text and icons. fill: filled buttons and bars; on_fill: text on them.
        ok, warn, bad, info: the four meanings; each has a soft background.
        series: colours of lines in a chart.
        is_dark: which scheme it is.
    """

    bg: str
    surface: str
    sunken: str
    text: str
    muted: str
    faint: str
    border: str
    edge: str
    accent: str
    fill: str
    on_fill: str
    danger: str
    accent_soft: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    info: str
    info_soft: str
    series: tuple[str, ...]
    is_dark: bool

    def colour(self, role: str) -> str:
        """The colour of a role, such as `muted`.

        Raises:
            KeyError: there is no such role.
        """
        if role not in ROLES:
            raise KeyError(role)
        return str(getattr(self, role))

    def tone(self, tone: Tone) -> tuple[str, str]:
        """The colour of a meaning and its soft background."""
        if tone == "neutral":
            return self.muted, self.sunken
        return self.colour(tone), self.colour(f"{tone}_soft")


ROLES = frozenset(field.name for field in fields(Tokens)) - {"series", "is_dark"}

LIGHT = Tokens(
    bg="#F5F6F8", surface="#FFFFFF", sunken="#EEF0F3", text="#171A21", muted="#545D6B", faint="#5F6876",
    border="#DFE3E8", edge="#7F8896", accent="#2E5BD7", fill="#2E5BD7", on_fill="#FFFFFF", danger="#B3261E",
    accent_soft="#E8EEFC", ok="#146C37", ok_soft="#E3F4E9", warn="#8A5200", warn_soft="#FCF1DC", bad="#B3261E",
    bad_soft="#FBE7E5", info="#0B6A82", info_soft="#E0F3F7",
    series=("#2E5BD7", "#C2410C", "#0F766E", "#9333A8", "#6B7482"), is_dark=False,
)  # fmt: skip
DARK = Tokens(
    bg="#0F1115", surface="#16191F", sunken="#12151A", text="#E8EBF1", muted="#A3ACBA", faint="#8891A0",
    border="#2A2F39", edge="#656E7E", accent="#8FB0FF", fill="#3D68E0", on_fill="#FFFFFF", danger="#C4372E",
    accent_soft="#1D2A4A", ok="#5FCB8C", ok_soft="#15301F", warn="#EDB548", warn_soft="#33270F", bad="#FF8A80",
    bad_soft="#3A1B1A", info="#62C7DE", info_soft="#11303A",
    series=("#8FB0FF", "#FF9D5C", "#4FD1C0", "#DDA0F0", "#A3ACBA"), is_dark=True,
)  # fmt: skip

SURFACES = ("bg", "surface", "sunken")
TEXT_PAIRS = (
    *((text, surface) for text in ("text", "muted", "faint", "accent") for surface in SURFACES),
    *((tone, surface) for tone in ("ok", "warn", "bad", "info") for surface in (*SURFACES, f"{tone}_soft")),
    *((text, f"{tone}_soft") for text in ("text", "muted") for tone in ("accent", "ok", "warn", "bad", "info")),
    ("accent", "accent_soft"),
    ("on_fill", "fill"),
    ("on_fill", "danger"),
)
"""Text and what it stands on."""
EDGE_PAIRS = (
    *(("edge", surface) for surface in SURFACES),
    *((edge, surface) for edge in ("accent", "fill") for surface in SURFACES),
)
"""Outlines, focus rings and marks, and what they stand on."""


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, relative luminance), 1 to 21."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    # The limit and the exponents are those of sRGB.
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= _LINEAR else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
