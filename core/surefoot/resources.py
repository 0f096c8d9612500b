"""The one lookup of `resources/`: the checkout's folder first, else the copy inside the installed package."""

from pathlib import Path

_HERE = Path(__file__).resolve()


def folder() -> Path:
    """The folder that holds icons, texts, templates and samples."""
    checkout = _HERE.parents[2] / "resources"
    return checkout if (checkout / "texts").is_dir() else _HERE.parent / "_resources"


def path(*parts: str) -> Path:
    """A file or folder of `resources/`, by its parts.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    found = folder().joinpath(*parts)
    if not found.exists():
        raise FileNotFoundError(found)
    return found
