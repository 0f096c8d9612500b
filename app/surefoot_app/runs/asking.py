"""What the table of runs asks of a project: an order, pages of it, and how the user last looked at it. No Qt here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import msgspec

from surefoot.files import private_folder, write_whole
from surefoot.runs.facts import Run
from surefoot.runs.listing import Known, Order
from surefoot.workbench import Workbench

PAGE = 200
"""Rows that are read at once."""
CHIPS: dict[str, str] = {
    "all": "",
    "finished": "state = finished",
    "failed": "state = failed or state = interrupted or state = lost",
    "running": "state = running or state = queued or state = preempted",
    "meets": "meets = true",
}
"""Quick filters, in the language of `--where`."""
_USUAL_METRICS = 2
_KEPT = "runs.json"
_LONGEST = 65_536


class View(msgspec.Struct, frozen=True):
    """How the list is looked at.

    Attributes:
        where: what the user wrote. chip: a key of CHIPS. sort: as `--sort`. columns: their ids; empty for the usual.
    """

    where: str = ""
    chip: str = "all"
    sort: str = ""
    columns: tuple[str, ...] = ()

    @property
    def is_filtered(self) -> bool:
        """Whether runs may be left out."""
        return bool(self.where.strip()) or self.chip != "all"

    def is_written_on(self, where: str) -> bool:
        """Whether another filter is this one with letters more, as while it is written."""
        return bool(where) and where.startswith(self.where)

    @property
    def command(self) -> str:
        """The same question on the command line."""
        parts = [part for part in (self.where.strip(), CHIPS[self.chip]) if part]
        where = parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)
        words = ["surefoot run list"]
        words += [f"--where {_quoted(where)}"] if where else []
        words += [f"--sort={_quoted(self.sort)}"] if self.sort else []
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Listed:
    """An answer.

    Attributes:
        order: all runs that the view lets through. rows: a page of them, from `first` on. total: all runs there are.
        known: the names that there are. goals: metrics that the newest runs are judged by.
    """

    order: Order
    first: int
    rows: Sequence[Run]
    total: int
    known: Known
    goals: tuple[str, ...]


def listed(bench: Workbench, view: View, near: int = 0) -> Listed:
    """Asks for the order, and for the page around a place.

    Raises:
        InputRefusedError: the filter cannot be read, or names what no run has.
    """
    listing = bench.runs.listing
    order = listing.order(where=view.where, also=CHIPS[view.chip], sort=view.sort)
    first = min(max(0, near), max(0, len(order) - 1)) // PAGE * PAGE
    rows = listing.page(order, first, PAGE)
    return Listed(order, first, rows, listing.count(), listing.known(), goals_of(rows))


def goals_of(runs: Sequence[Run]) -> tuple[str, ...]:
    """The metrics that the first run with a verdict is judged by."""
    for run in runs:
        found = tuple(dict.fromkeys(str(each["metric"]) for each in run.verdict.get("criteria", ())))
        if found:
            return found
    return ()


def usual(known: Known, goals: Sequence[str]) -> tuple[str, ...]:
    """The columns to begin with: what runs are judged by, then other metrics, then how long it took and when."""
    first = [name for name in goals if name in known.metrics]
    more = (name for name in known.metrics if name not in first)
    metrics = islice(chain(first, more), _USUAL_METRICS)  # there may be ten thousand names
    return (*(f"metric.{name}" for name in metrics), "seconds", "started")


def chosen(view: View, known: Known, goals: Sequence[str]) -> tuple[str, ...]:
    """The columns to show: those that were chosen, as far as they still exist."""
    kept = tuple(name for name in view.columns if _is_there(name, known))
    return kept or usual(known, goals)


def _is_there(column: str, known: Known) -> bool:
    family, _, name = column.partition(".")
    return column in FIXED or name in {"metric": known.metrics, "param": known.parameters}.get(family, ())


FIXED = ("verdict", "seconds", "executor", "seed", "commit", "started")
"""Columns that every run has, beside its name and state."""


def sorted_by(column: str, sort: str) -> str:
    """What `sort` becomes when a header is pressed: greatest first, then least first, then as it was."""
    term = {"name": "experiment, number", "started": "requested_at", "verdict": "meets"}.get(
        column, _quoted_name(column)
    )
    down = ", ".join(f"-{part.strip()}" for part in term.split(","))
    return {down: term, term: ""}.get(sort, down)


def is_sorted_by(column: str, sort: str) -> int:
    """1 where the list is sorted by this column, least first; -1 greatest first; 0 not by it."""
    down = sorted_by(column, "")
    return 0 if not sort else -1 if sort == down else 1 if sort == sorted_by(column, down) else 0


def _quoted_name(column: str) -> str:
    family, _, name = column.partition(".")
    if not name or name.replace("_", "").isalnum():
        return column
    return f'{family}."{name}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def kept_view(bench: Workbench) -> View:
    """How the user last looked at this project's runs; the usual view where nothing is kept or can be read."""
    try:
        found = msgspec.json.decode(_place(bench).read_bytes()[:_LONGEST], type=View)
    except (OSError, msgspec.DecodeError):
        return View()
    return found if found.chip in CHIPS else View()


def keep_view(bench: Workbench, view: View) -> None:
    """Remembers how the user looks at them; what was written in the filter is not kept."""
    kept = msgspec.structs.replace(view, where="", chip="all")
    write_whole(_place(bench), msgspec.json.encode(kept), mode=0o600)


def _place(bench: Workbench) -> Path:
    return private_folder(bench.own_state / "views") / _KEPT
