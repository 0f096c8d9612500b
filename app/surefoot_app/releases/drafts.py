"""Releases that are being prepared here, kept on each change until they are signed. No Qt here.

A draft is this desktop's own note of how far somebody is; nothing of it is recorded until the release is proposed.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from surefoot_app.bridge.drafts import read, remove, write

_PREFIX = "release-"
ENOUGH = 12
"""Characters that a sentence on what was weighed has at the least."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was chosen so far.

    Attributes:
        key: names the draft. run: the candidate. name, version: empty where they follow from the record.
        environments: where it may run. trade_off: what was given up for what.
        release: the proposal that was made of it; empty before. step: where one left, from 0.
    """

    key: str = ""
    run: str = ""
    name: str = ""
    version: str = ""
    environments: tuple[str, ...] = ("local",)
    trade_off: str = ""
    release: str = ""
    step: int = 0

    @property
    def has_weighed(self) -> bool:
        """Whether a person has written what was given up for what."""
        return len(self.trade_off.strip()) >= ENOUGH


def new(run: str = "") -> Draft:
    """A draft that nobody has begun."""
    return Draft(key=uuid4().hex[:12], run=run)


def file_of(key: str) -> str:
    """The name of a draft's file."""
    return f"{_PREFIX}{key}.json"


def kept(folder: Path) -> tuple[Draft, ...]:
    """The drafts in a folder, the one changed last first; what cannot be read is left out."""
    paths = sorted(folder.glob(f"{_PREFIX}*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    return tuple(draft for draft in (read(path, Draft) for path in paths) if draft is not None and draft.key)


def note_proposal(folder: Path, about: Draft, release: str) -> None:
    """Writes into a draft's file what was proposed of it; not where that is gone, or is about another run by now."""
    path = folder / file_of(about.key)
    kept = read(path, Draft)
    if kept is not None and kept.run == about.run:
        write(path, replace(kept, release=release))


def let_go(folder: Path, about: Draft) -> None:
    """Lets a draft's file go, unless it is about another run by now."""
    path = folder / file_of(about.key)
    kept = read(path, Draft)
    if kept is not None and kept.run == about.run:
        remove(path)
