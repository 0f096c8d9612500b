"""The long list of runs: an order over all that a filter lets through, and pages of it.

An order is one whole number a run, so that a million of them are eight megabytes and a page is found at once, wherever
it lies. It is a picture of the moment: a run that was asked for later is in the next one. A run's key is the clock of
its request, which never changes while its state does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from surefoot.catalog import Catalog
from surefoot.runs import tables
from surefoot.runs.facts import Run

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# The rows are found by their keys alone, so that only their texts are unpacked and not those of all their neighbours.
_OF_PAGE = """
    SELECT hlc, run, shown FROM runs
    WHERE rowid IN (SELECT rowid FROM runs WHERE hlc BETWEEN ? AND ? AND hlc IN (SELECT unnest(?)))
    ORDER BY hlc, run
"""
_KEY = "SELECT hlc FROM runs WHERE run = ?"
_COUNT = "SELECT count(*) AS runs FROM runs"
_SPAN = "SELECT min(runs.metric[?]) AS low, max(runs.metric[?]) AS high FROM runs"


@dataclass(frozen=True, slots=True)
class Order:
    """The runs that a filter lets through, in the order that was asked for.

    Attributes:
        keys: one a run.
    """

    keys: "npt.NDArray[np.int64]"

    def __len__(self) -> int:
        return len(self.keys)

    def is_same(self, other: "Order") -> bool:
        """Whether both hold the same runs in the same places."""
        return len(self) == len(other) and bool((self.keys == other.keys).all())


@dataclass(frozen=True, slots=True)
class Known:
    """The names that runs can be told apart by: of their metrics and of their parameters."""

    metrics: tuple[str, ...]
    parameters: tuple[str, ...]


class Listing:
    """Asks the catalog for orders and pages.

    Args:
        catalog: of the project. attend: catches up with the record; called before an order is made.
    """

    def __init__(self, catalog: Catalog, attend: Callable[[], object]) -> None:
        self._catalog = catalog
        self._attend = attend

    def order(self, *, where: str = "", also: str = "", sort: str = "") -> Order:
        """All runs that both filters let through, newest first unless `sort` says otherwise, as `Runs.list` takes them.

        Raises:
            InputRefusedError: a filter cannot be read, or one of the three names something that no run has.
        """
        self._attend()
        return Order(tables.keys(self._catalog, where=where, also=also, sort=sort))

    def page(self, order: Order, first: int, most: int) -> Sequence[Run]:
        """The runs of an order from a place on; fewer at its end, or where the record was shortened since."""
        wanted = order.keys[first : first + most].tolist()
        found: dict[int, list[Any]] = {}
        for row in self._catalog.rows(_OF_PAGE, [min(wanted), max(wanted), wanted]) if wanted else ():
            found.setdefault(row["hlc"], []).append(row["shown"])
        return [
            tables.shown(self._one(order, place, found[key]))
            for place, key in enumerate(wanted, start=first)
            if key in found
        ]

    def _one(self, order: Order, place: int, shown: Sequence[str]) -> str:
        """The text at a place. Two keys that are alike (two machines asked at once) each stand for one of the runs."""
        if len(shown) == 1:
            return shown[0]
        before = int((order.keys[:place] == order.keys[place]).sum())
        return shown[before % len(shown)]

    def place(self, order: Order, run: str) -> int:
        """Where a run stands in an order; -1 where it does not."""
        row = self._catalog.one(_KEY, [run])
        if row is None or not len(order):
            return -1
        first = int((order.keys == row["hlc"]).argmax())
        return first if order.keys[first] == row["hlc"] else -1

    def count(self) -> int:
        """How many runs there are."""
        (row,) = self._catalog.remembered(_COUNT)
        return int(row["runs"])

    def known(self) -> Known:
        """The names of all metrics and parameters, sorted."""
        names = tables.names(self._catalog)
        return Known(tuple(names["metric"]), tuple(names["param"]))

    def span(self, metric: str) -> tuple[float, float] | None:
        """The least and the greatest last value of a metric over all runs; None where no run has one."""
        row = self._catalog.one(_SPAN, [metric, metric])
        if row is None or row["low"] is None:
            return None
        return float(row["low"]), float(row["high"])
