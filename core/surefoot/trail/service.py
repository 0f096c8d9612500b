"""The trail of one project: found it, open it, record in it, read it.

Several processes may have the same trail open. Reading never waits for writing, except for the moment in which lines
that are on the disk but not yet remembered here have to be verified.
"""

import secrets
import shutil
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from surefoot.errors import Code, InputRefusedError, RecordBrokenError
from surefoot.files import private_folder, sync_folder, write_whole
from surefoot.trail import lines, roots
from surefoot.trail.books import Books, places_of
from surefoot.trail.canonical import Json
from surefoot.trail.details import Details
from surefoot.trail.erasing import erase
from surefoot.trail.facts import Draft, Event, Head, Page, Recorder, Signer, Subject
from surefoot.trail.writing import FeedRecorder, event_of

APP = "library/0.1.0"


class Trail:
    """An open trail. It belongs to one thread; another thread, like another process, opens its own.

    Attributes:
        ws: id of the workspace, SHA-256 of its founding document: keep it elsewhere as the anchor.
        founding: who founded it.
    """

    def __init__(self, books: Books, *, app: str) -> None:
        self.ws = books.ws
        self.founding = books.founding
        self._books = books
        self._app = app
        self._recorders: dict[str, FeedRecorder] = {}

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        state: Path,
        owner: Signer,
        about: Mapping[str, Json] | None = None,
        sample: bool = False,
        app: str = APP,
    ) -> Self:
        """Founds a workspace: role document 1 and the owner's feed. All of it appears at once, or nothing does.

        Args:
            folder: the project's `.surefoot`.
            state: the user's state folder of Surefoot; what this machine remembers goes to `<state>/<ws>/trail`.
            owner: the key of the only person.
            about: body of `workspace.created` (the project's name …).
            sample: the owner's key is a sample identity.
            app: process kind and version for the lines, as `cli/0.1.0`.

        Raises:
            InputRefusedError: there is a trail already, or no right to write.
            SurefootError: the disk is full.
        """
        if (folder / "trail").exists():
            raise InputRefusedError(Code.PROJECT_EXISTS, path=folder.parent)
        envelope = roots.found(owner, sample=sample)
        founding = roots.parse(envelope, folder / "trail" / roots.FIRST)
        draft = folder / f".founding-{secrets.token_hex(6)}"
        try:
            write_whole(draft / "trail" / roots.FIRST, envelope)
            books = Books(founding, places_of(draft, state, founding.ws))
            private_folder(books.places.state)
            first = Subject(owner.actor, owner.feed)
            recorder = FeedRecorder(books, owner, app)
            recorder.record(Draft("workspace.created", (first,), about or {}), Draft("feed.opened", (first,)))
            recorder.close()
            sync_folder(draft / "trail")
            sync_folder(draft)
            for name in ("bodies", "trail"):
                (draft / name).rename(folder / name)
            sync_folder(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return cls.open(folder, state=state, app=app)

    @classmethod
    def open(cls, folder: Path, *, state: Path, app: str = APP, stands: bool = False) -> Self:
        """Opens a trail: recovers own feeds from a torn tail, verifies what this machine has not verified yet.

        Args:
            folder: the project's `.surefoot`.
            state: where this machine keeps what it remembers.
            app: what writes the lines.
            stands: opens one that is damaged too. Nothing can be recorded in it, and its lines are not handed out.

        Raises:
            RecordBrokenError: the trail is damaged, incomplete, or older than this machine remembers.
            IncompleteError: it was founded by a newer version of Surefoot.
        """
        founding = roots.read(folder / "trail")
        books = Books(founding, places_of(folder, state, founding.ws))
        private_folder(books.places.state)
        books.thaw()
        try:
            books.refresh()
        except RecordBrokenError:
            if not stands:
                raise
        return cls(books, app=app)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Writes the last checkpoints of the keys that recorded here."""
        for recorder in self._recorders.values():
            recorder.close()
        self._recorders.clear()

    @property
    def is_newer(self) -> bool:
        """Whether lines of a later format were met: what this version knows can be read, nothing can be recorded."""
        return any(feed.newer for feed in self._books.feeds)

    def recorder(self, signer: Signer) -> Recorder:
        """Records with this key. The same key gets the same recorder, so that it is opened once."""
        return self._recorder(signer)

    def _recorder(self, signer: Signer) -> FeedRecorder:
        if signer.feed not in self._recorders:
            self._recorders[signer.feed] = FeedRecorder(self._books, signer, self._app)
        return self._recorders[signer.feed]

    def enrol(self, person: Signer, device: Signer) -> Event | None:
        """Lets a device's key in, signed by a person. None where it is in already.

        Raises:
            InputRefusedError: the device's key is weak, or `person` may not enrol.
        """
        self._books.refresh()
        if self._books.is_enrolled(device.feed):
            return None
        about: dict[str, Json] = {"public": device.public.hex(), "role": device.role}
        draft = Draft("device.enrolled", (Subject(device.actor, device.feed),), about)
        return self.recorder(person).record(draft)[0]

    def erase(self, person: Signer, event: Event, paths: Sequence[str]) -> Event:
        """Erases fields of an event's details here, and records that. Copies elsewhere are others' to erase.

        Raises:
            InputRefusedError: there is no such field, or `person` may not decide it.
            IncompleteError: the details are not on this machine.
        """
        return erase(self._books, self._recorder(person), event=event, paths=paths)

    def events(self, *, after: Mapping[str, int] | None = None, types: Container[str] | None = None) -> Iterator[Event]:
        """Verified events, feed by feed in order. What is recorded while this runs comes with the next call.

        Args:
            after: feed to number of its lines already seen.
            types: only these types.

        Raises:
            RecordBrokenError: the trail is damaged or older than this machine remembers.
        """
        for page in self.pages(after=after):
            for leaf, raw, body in zip(page.leaves, page.lines, page.bodies, strict=True):
                line = lines.parse(raw)
                if types is None or line.type in types:
                    yield event_of(line, leaf, None if body is None else msgspec.json.decode(body))

    def pages(self, *, after: Mapping[str, int] | None = None) -> Iterator[Page]:
        """The same as `events`, as it lies and some hundred lines at a time.

        Raises:
            RecordBrokenError: as `events`.
        """
        self._books.refresh()
        seen = after or {}
        for feed in self._books.feeds:
            details = Details(feed.id, feed.details, self._books.places.state)
            for stretch in feed.stretches(seen.get(feed.id, 0)):
                payloads = [raw[: -lines.TAIL] for raw in stretch.lines]
                yield Page(feed.id, stretch.first, stretch.leaves, payloads, details.of(stretch.first, payloads))

    def sizes(self) -> dict[str, int]:
        """Feed to number of lines; a few file sizes are looked at, so followers may ask often.

        Raises:
            RecordBrokenError: as `events`.
        """
        self._books.refresh()
        return {feed.id: feed.pin.size for feed in self._books.feeds}

    def head(self, feed: str) -> Head:
        """Number of lines of a feed and their RFC 6962 root.

        Raises:
            InputRefusedError: there is no such feed.
        """
        self._books.refresh()
        for one in self._books.feeds:
            if one.id == feed:
                return one.head()
        raise InputRefusedError(Code.NOT_ENROLLED, feed=feed[:12])
