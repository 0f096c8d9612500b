"""Frozen facts of notebooks: cells, what was found in them, what becomes of them."""

from dataclasses import dataclass
from pathlib import Path

RISKS = (
    "order",
    "hidden-name",
    "syntax",
    "no-seed",
    "leak",
    "secret",
    "path",
    "unpinned",
    "pickle",
    "shell",
    "no-test",
)
"""Every kind of risk, the gravest for a figure that somebody will believe first."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds code.

    Attributes:
        number: its place among all cells of the notebook, from 1.
        count: the number that running it left (`In [7]`), or None where it was not run since it was last cleared.
        source: its text.
        is_parameters: whether it carries the tag `parameters` (the convention of papermill).
    """

    number: int
    count: int | None
    source: str
    is_parameters: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A risk at a place.

    Attributes:
        risk: one of `RISKS`.
        cell: the number of the cell; 0 for the notebook as a whole.
        line: within the cell, from 1; 0 for the cell as a whole.
        detail: what was found there, as the sentence about it names it.
    """

    risk: str
    cell: int
    line: int
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a notebook is like.

    Attributes:
        cells: how many hold code. lines: of code.
        findings: in the order of the notebook.
    """

    cells: int
    lines: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was made of a notebook.

    Attributes:
        recipe: the draft experiment. script: the code. notebook: the copy that is kept as a note.
        parameters: names with the values that the notebook gave them.
        data: the files and addresses it read, to be added as datasets.
        findings: what remains to be mended in the script.
    """

    recipe: Path
    script: Path
    notebook: Path
    parameters: dict[str, object]
    data: tuple[str, ...]
    findings: tuple[Finding, ...]
