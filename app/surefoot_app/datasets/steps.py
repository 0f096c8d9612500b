"""How each of the six steps stands, in words. No Qt here."""

from pathlib import Path
from typing import Literal

from surefoot.texts import Words
from surefoot_app.datasets.draft import QUALITY, SOURCE, STEPS, VERSION, Judged
from surefoot_app.datasets.overview import shares

State = Literal["todo", "now", "done", "failed", "close", "again"]
_ROOM = 40
"""Letters that the list of steps has room for."""
_READING = "need_look"


def state(place: int, judged: Judged, words: Words) -> tuple[State, str]:
    """How a step stands, and what is said under its title."""
    draft = judged.draft
    if place == draft.step:
        return "now", summary(place, judged, words) or words("app.datasets.now")
    if place not in draft.seen:
        return "todo", words("app.datasets.todo")
    if place == judged.at or judged.reasons.get(place, _READING) != _READING:
        return "failed", words("app.datasets.to_mend")
    if place in draft.again:
        return "again", words("app.datasets.again")
    if place == QUALITY and judged.look is not None and judged.look.version.warnings:
        return "close", summary(place, judged, words)
    return "done", summary(place, judged, words)


def summary(place: int, judged: Judged, words: Words) -> str:
    """What was answered in a step, in a few words."""
    draft, look = judged.draft, judged.look
    if look is None:
        return Path(draft.source).name if place == SOURCE else ""
    version = look.version
    said = (
        Path(draft.source).name,
        words("app.datasets.columns_count", count=words.count(len(version.columns))),
        words.term("legal-basis", draft.legal_basis) if draft.legal_basis else "",
        " / ".join(words.count(rows) for _, rows in shares(version)),
        words("app.datasets.findings_count", count=len(version.warnings)),
        version.ref,
    )[place]
    return said if len(said) < _ROOM else f"{said[: _ROOM - 2]}…"


def reason(judged: Judged, words: Words) -> str:
    """Why one cannot go on: what is missing here; at the last step what is missing anywhere."""
    step = judged.draft.step
    for place in range(len(STEPS)) if step == VERSION else (step,):
        if place in judged.reasons:
            key = judged.reasons[place]
            what = words(f"app.datasets.{key}")
            here = place == step or key == _READING
            return what if here else words("app.datasets.missing_at", step=place + 1, what=what)
        if place == judged.at and judged.error is not None:
            return words.error(judged.error).what
    return ""
