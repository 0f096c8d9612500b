"""Drafts of guided work on disk, in the project's part of the state folder. No Qt here.

They are this desktop's own notes, and no part of the record.
"""

from pathlib import Path
from typing import TypeVar

import msgspec

from surefoot.files import explained, private_folder, write_whole
from surefoot.workbench import Workbench

T = TypeVar("T")


def folder(bench: Workbench) -> Path:
    """Where the drafts of a project lie."""
    return inside(bench.own_state)


def inside(state: Path) -> Path:
    """Where drafts lie in a project's part of the state folder."""
    return state / "drafts"


def write(path: Path, draft: object) -> None:
    """Keeps a draft, a dataclass, in place of its earlier state."""
    write_whole(private_folder(path.parent) / path.name, msgspec.json.encode(draft), mode=0o600)


def read(path: Path, kind: type[T]) -> T | None:
    """The draft that was left; None where there is none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def remove(path: Path) -> None:
    """Lets a draft go, where it is there."""
    with explained(path):
        path.unlink(missing_ok=True)
