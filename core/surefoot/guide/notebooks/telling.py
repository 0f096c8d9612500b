"""A finding in words: where it is and what, why it matters, how it is mended."""

from dataclasses import dataclass

from surefoot.guide.notebooks.facts import Finding
from surefoot.texts import Words, printable


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words."""

    place: str
    what: str
    why: str
    fix: str


def told(finding: Finding, words: Words) -> Told:
    """A finding in a language; what it quotes from the notebook is shown on one line."""
    place = "place" if finding.line else "cell" if finding.cell else "whole"
    key = f"say.notebook.risk.{finding.risk}"
    return Told(
        place=words(f"say.notebook.{place}", cell=finding.cell, line=finding.line),
        what=words(f"{key}.what", detail=printable(finding.detail)),
        why=words(f"{key}.why"),
        fix=words(f"{key}.fix"),
    )
