"""The place in which a record is founded: made, or cleared of what an interrupted founding left, and nothing else."""

import shutil
from pathlib import Path

from surefoot.errors import Code, InputRefusedError
from surefoot.files import explained


def make_room(kept: Path) -> None:
    """Makes the folder that a project's record is founded in, or clears it.

    Args:
        kept: the project's kept folder; the caller sees to it that nobody else founds a record there now.

    Raises:
        InputRefusedError: there is a record already, a part of one, or the place cannot be written to.
    """
    with explained(kept.parent):
        if (kept / "trail").exists():
            raise InputRefusedError(Code.PROJECT_EXISTS, path=kept.parent)
        try:
            kept.mkdir(parents=True, exist_ok=True)
        except (FileNotFoundError, FileExistsError, ValueError) as error:
            # A place such as /proc, in which nothing can be made by anybody, a file of that name, or a NUL in it.
            raise InputRefusedError(Code.NOT_WRITABLE, path=kept.parent) from error
        _clear(kept)


def _clear(place: Path) -> None:
    """Removes what an interrupted founding left: its draft and, where these had come out of it, the details.

    Raises:
        InputRefusedError: something else lies there, as in a project that came back without its record.
    """
    left = set(place.glob(".founding-*"))
    if any((draft / "trail").is_dir() for draft in left):
        left.add(place / "bodies")
    there = set(place.iterdir())
    if there - left:
        raise InputRefusedError(Code.PROJECT_PARTIAL, path=place)
    for path in there:
        shutil.rmtree(path)
