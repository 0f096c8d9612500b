"""The catalog: a view of the record that can be queried, thrown away and made again.

Promises: rows come from verified events and from nothing else; a batch and the note of how far it goes are committed
together; whatever does not fit (another workspace, another version, a changed or damaged file, a record that is not the
one applied) makes it delete the database and replay. It knows no noun: rooms bring reducers and queries.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import duckdb

from surefoot.catalog import database, slots
from surefoot.catalog.facts import Applied, EventSource, Reducer
from surefoot.catalog.gate import Gate
from surefoot.catalog.projection import Projection, batch_of, behind, is_damage
from surefoot.errors import CancelledError, Code, SurefootError
from surefoot.trail.facts import Page
from surefoot.workers.facts import Cancel, Progress, quiet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Params = Sequence[Any] | Mapping[str, Any]
T = TypeVar("T")

BATCH = 50_000  # events a transaction, at least; more gains nothing, and a cut would lose more
REST = 10.0  # seconds after which the memory that a question needed is given back
KEPT = 60.0  # seconds of bringing in after which what is there is made sure of
MANY = 2_000  # events that are not brought in with the engine at rest
ERASURE = b'"type":"erasure.'  # such a line means that details applied before have to be gone


class _DoesNotFitError(Exception):
    """The database is not a view of this record: it has to be made again."""


class Catalog:
    """One process's view of one record. May be queried by many threads; a context manager.

    Make one with `Catalog.open`.

    Attributes:
        stands: where the record is damaged or away: nothing more is applied, and what was applied is shown.
    """

    def __init__(self, folder: Path, source: EventSource, reducers: Sequence[Reducer]) -> None:
        self._folder = folder
        self._source = source
        self._gate = Gate()
        self._writing = threading.RLock()
        self._is_confirmed = False
        self._needed = time.monotonic()  # when more memory was needed than at rest
        self._answers: dict[str, tuple[tuple[int, int], Sequence[dict[str, Any]]]] = {}
        self._unkept = 0  # events since the database was last known to be whole
        self.stands = False
        slot = slots.take(folder)
        try:
            self._projection = Projection(slot, reducers, ws=source.ws)
        except duckdb.Error as error:
            slot.hold.close()
            raise SurefootError(Code.CATALOG_UNUSABLE, detail=_first_line(error)) from error

    @classmethod
    def open(
        cls,
        folder: Path,
        source: EventSource,
        reducers: Sequence[Reducer],
        *,
        stands: bool = False,
        progress: Progress = quiet,
        cancel: Cancel | None = None,
    ) -> Self:
        """Takes a slot in a folder (made if need be, 0700), and catches up with the record unless it `stands`.

        Raises:
            CancelledError: `cancel` said so; what was applied stays for the next time.
            RecordBrokenError: the record does not verify.
            SurefootError: the catalog cannot be built (CATALOG_UNUSABLE).
        """
        catalog = cls(folder, source, reducers)
        catalog.stands = stands
        try:
            catalog.catch_up(progress=progress, cancel=cancel)
        except BaseException:
            catalog.close()
            raise
        return catalog

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database cleanly, so that the next process need not replay, and gives the slot back."""
        with self._writing, self._gate.alone():
            self._projection.close()

    def catch_up(self, *, progress: Progress = quiet, cancel: Cancel | None = None) -> int:
        """Applies what the record has and the catalog has not; returns the number of events.

        Raises:
            CancelledError, RecordBrokenError, SurefootError: as `open`.
        """
        if self.stands:
            return 0
        with self._writing:
            try:
                return self._advance(progress, cancel)
            except _DoesNotFitError:
                return self._replay(progress, cancel)
            except duckdb.Error as error:
                if not is_damage(error):
                    raise SurefootError(Code.CATALOG_UNUSABLE, detail=_first_line(error)) from error
                return self._replay(progress, cancel)

    def rebuild(self, *, progress: Progress = quiet, cancel: Cancel | None = None) -> int:
        """Deletes the database and replays the whole record; returns the number of events.

        Raises:
            CancelledError, RecordBrokenError, SurefootError: as `open`.
        """
        with self._writing:
            return self._replay(progress, cancel)

    def follow(self, *, cancel: Cancel, pause: float = 0.25) -> Iterator[int]:
        """Looks for new lines every `pause` seconds until `cancel` says so; yields how many it applied, if any."""
        while not cancel():
            applied = self.catch_up()
            if applied:
                yield applied
            time.sleep(pause)

    def rows(self, sql: str, params: Params = ()) -> list[dict[str, Any]]:
        """The rows of a query, as mappings from column to value. Times are UTC without a zone; JSON is text.

        The query runs in a transaction that can only read. A damaged database is made again and asked once more.
        """

        def fetch(cursor: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
            found = cursor.execute(sql, params).fetchall()
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found]

        return self._asked(fetch)

    def remembered(self, sql: str) -> Sequence[dict[str, Any]]:
        """As `rows`, of a question without values: asked again only once something was brought in since."""
        projection = self._projection
        edition = projection.generation, sum(done.size for done in tuple(projection.applied.values()))
        found = self._answers.get(sql)
        if found is None or found[0] != edition:
            found = self._answers[sql] = edition, self.rows(sql)
        return found[1]

    def one(self, sql: str, params: Params = ()) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        found = self.rows(sql, params)
        return found[0] if found else None

    def whole_numbers(self, sql: str, params: Params = ()) -> "npt.NDArray[np.int64]":
        """The first column of a query, whole numbers without gaps, packed: eight bytes a row."""

        def fetch(cursor: duckdb.DuckDBPyConnection) -> "npt.NDArray[np.int64]":
            columns = cursor.execute(sql, params).fetchnumpy()
            first: npt.NDArray[np.int64] = next(iter(columns.values()))
            return first

        return self._asked(fetch)

    def _asked(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        generation = self._projection.generation
        try:
            return self._answer(question)
        except duckdb.OutOfMemoryException:
            if self._projection.memory == database.WORKING:
                raise
            self._needed = time.monotonic()
            self._give(database.WORKING)
            return self._answer(question)
        except duckdb.Error as error:
            if not is_damage(error):
                raise
        with self._writing:
            # Of several readers that met the damage, the first makes it again for all.
            if self._projection.generation == generation:
                self._replay(quiet, None)
        return self._answer(question)

    def _answer(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        def asked(cursor: duckdb.DuckDBPyConnection) -> T:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            return question(cursor)

        with self._gate.shared(), self._projection.cursor() as cursor:
            return database.answer(cursor, asked)

    def _replay(self, progress: Progress, cancel: Cancel | None) -> int:
        """Starts over. Readers wait: half a replay must not look like the whole."""
        with self._gate.alone():
            try:
                self._projection.reset()
                return self._advance(progress, cancel)
            except (duckdb.Error, _DoesNotFitError) as error:
                raise SurefootError(Code.CATALOG_UNUSABLE, detail=_first_line(error)) from error

    def _advance(self, progress: Progress, cancel: Cancel | None) -> int:
        sizes = self._source.sizes()
        total = behind(self._projection.applied, sizes)
        if any(sizes.get(feed, 0) < done.size for feed, done in self._projection.applied.items()):
            raise _DoesNotFitError("the record is shorter than what was applied")
        if self._is_confirmed and total == 0:
            self._rest()
            return 0
        if total > MANY:
            self._give(database.WORKING)
        try:
            done = self._apply_new(total, progress, cancel)
        except duckdb.OutOfMemoryException:
            # Few events may have much to say. What was brought in before stays.
            if self._projection.memory == database.WORKING:
                raise
            self._give(database.WORKING)
            self._needed = time.monotonic()
            done = self._apply_new(behind(self._projection.applied, sizes), progress, cancel)
        self._unkept += done
        if self._unkept > MANY:
            self._keep()
        if done > MANY:
            self._give(database.RESTING)
        else:
            self._rest()
        self._is_confirmed = True
        if done:
            progress("catalog.replay", done, done)
        return done

    def _give(self, memory: str) -> None:
        """Lets the engine use so much memory, once nobody reads."""
        with self._writing, self._gate.alone():
            self._projection.reopen(memory)

    def _rest(self) -> None:
        """Gives memory back that was needed some time ago."""
        now = time.monotonic()
        if self._projection.memory == database.WORKING and now - self._needed > REST:
            self._needed = now  # a database in memory keeps it; so it is not tried again at each look
            self._give(database.RESTING)

    def _keep(self) -> None:
        """Makes sure of what was brought in, so that a process that is killed need not bring it in again."""
        with self._gate.alone():
            self._projection.keep()
        self._unkept = 0

    def _apply_new(self, total: int, progress: Progress, cancel: Cancel | None) -> int:
        """Reads the next batch while the engine works on the one before (it holds no interpreter lock)."""
        done, kept = 0, time.monotonic()
        working: Future[None] | None = None
        with ThreadPoolExecutor(1, "surefoot-catalog") as engine:
            for pages in self._new_batches():
                batch = batch_of(pages)
                if working is not None:
                    working.result()
                    if time.monotonic() - kept > KEPT:
                        self._keep()
                        kept = time.monotonic()
                if cancel is not None and cancel():
                    raise CancelledError(Code.CANCELLED)
                progress("catalog.replay", done, total)
                working = engine.submit(self._projection.apply, batch)
                done += len(batch.rows)
            if working is not None:
                working.result()
        return done

    def _new_batches(self) -> Iterator[list[Page]]:
        is_replay = not self._projection.applied
        batch: list[Page] = []
        count = 0
        for page in _new_pages(self._source, self._projection.applied):
            if not is_replay and any(ERASURE in line for line in page.lines):
                slots.discard_free(self._folder)
                raise _DoesNotFitError("details were erased")
            batch.append(page)
            count += len(page.lines)
            if count >= BATCH:
                yield batch
                batch, count = [], 0
        if batch:
            yield batch


def _new_pages(source: EventSource, applied: Mapping[str, Applied]) -> Iterator[Page]:
    """New lines, after making sure that the last one applied of each feed is still the one in the record."""
    expected = {feed: done.size - 1 for feed, done in applied.items()}
    unconfirmed = {feed: done.leaf for feed, done in applied.items()}
    for page in source.pages(after=dict(expected)):
        if page.first != expected.get(page.feed, 0):
            raise _DoesNotFitError(f"line {page.first} of a feed came where another was due")
        expected[page.feed] = page.first + len(page.lines)
        if page.feed not in unconfirmed:
            yield page
            continue
        if unconfirmed.pop(page.feed) != page.leaves[0]:
            raise _DoesNotFitError("the record is not the one that was applied")
        if len(page.lines) > 1:
            yield Page(page.feed, page.first + 1, page.leaves[1:], page.lines[1:], page.bodies[1:])
    if unconfirmed:
        raise _DoesNotFitError("the record lacks a line that was applied")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
