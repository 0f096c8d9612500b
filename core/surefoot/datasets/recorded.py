"""Dataset versions as the trail tells them, for whoever has no catalog, as the supervisor."""

from pathlib import Path

from surefoot.datasets import tables
from surefoot.datasets.facts import Placed
from surefoot.datasets.kinds import Room
from surefoot.datasets.service import lay_out
from surefoot.errors import Code, IncompleteError
from surefoot.trail import Event, Followed

_TYPES = frozenset({"asset.registered"})


class Recorded:
    """The versions that were recorded; each line of the trail is read once. Belongs to one thread.

    Args:
        trail: what it follows.
        room: what a version is laid out with.
    """

    def __init__(self, trail: Followed, room: Room) -> None:
        self._trail = trail
        self._room = room
        self._seen: dict[str, int] = {}
        self._events: dict[tuple[str, str | None], Event] = {}

    def lay_out(self, dataset: str, version: str, folder: Path) -> Placed:
        """Lays out the training side of a version.

        Args:
            dataset: its dataset's id.
            version: the digest that names it.
            folder: made if need be.

        Raises:
            InputRefusedError: its permission has ended, or a referenced source is not what it was.
            IncompleteError: the record does not hold it, or the data are not here.
        """
        self._follow()
        event = self._events.get((dataset, version))
        if event is None or event.body is None:
            raise IncompleteError(Code.FILE_MISSING, path=version)
        found = tables.from_body(event.body, id=dataset, version=version, leaf=event.leaf, recorded_at=event.at)
        return lay_out(found, folder, room=self._room)

    def _follow(self) -> None:
        """Takes in what was recorded since the last look."""
        sizes = self._trail.sizes()
        if sizes == self._seen:
            return
        for event in self._trail.events(after=self._seen, types=_TYPES):
            if event.body is None:
                continue
            # The last one counts: a permission may have been renewed, or ended, since.
            of = (event.subjects[0].id, event.subjects[0].sha256)
            self._events[of] = max(event, self._events.get(of, event), key=_order)
        self._seen = sizes


def _order(event: Event) -> tuple[int, str, int]:
    return event.hlc, event.feed, event.seq
