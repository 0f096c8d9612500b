"""The database behind a catalog: opened only if it fits, filled batch by batch, thrown away when in doubt."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import duckdb

from surefoot.catalog import database, slots, staging, tables
from surefoot.catalog.facts import Applied, Reducer
from surefoot.trail.facts import Page

_FORMAT = "1"


@dataclass(frozen=True, slots=True)
class Batch:
    """New lines, ready for the engine.

    Attributes:
        rows: the lines. applied: how far each feed is when they are in.
    """

    rows: staging.Rows
    applied: Mapping[str, Applied]


def batch_of(pages: Sequence[Page]) -> Batch:
    """Makes a batch of lines that follow, feed by feed, what was applied before."""
    reached = {page.feed: Applied(page.first + len(page.leaves), page.leaves[-1]) for page in pages}
    return Batch(staging.rows_of(pages), reached)


class Projection:
    """A database that holds what reducers made of the events applied so far. Used by one thread at a time.

    Attributes:
        applied: how far each feed has been brought in, by feed.
        generation: how often it was made again. memory: what the engine may keep there, one of `database`'s two.
    """

    def __init__(self, slot: slots.Slot, reducers: Sequence[Reducer], *, ws: str) -> None:
        self._slot = slot
        self._reducers = tuple(reducers)
        self._about = {"format": _FORMAT, "ws": ws, "engine": duckdb.__version__, "reducers": _print(reducers)}
        self._is_changed = False
        self._is_closed = False
        self.generation = 0
        self.memory = database.WORKING
        self.applied: dict[str, Applied] = {}
        self._connection = self._open()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own for one reader."""
        return self._connection.cursor()

    def reset(self) -> None:
        """Deletes the database and makes an empty one. Nobody may be reading."""
        # What is thrown away need not close well.
        with suppress(duckdb.Error):
            self._connection.close()
        self._slot.discard()
        self._connection = self._made()
        self.generation += 1

    def reopen(self, memory: str) -> None:
        """Opens the database anew with other memory; what lies in memory stays as it is. Nobody may be reading.

        Raises:
            duckdb.Error: it is damaged; `reset` makes it again.
        """
        if self._slot.database is None or memory == self.memory:
            return
        self.keep()
        self._connection.close()
        self._connection = _staged(database.connect(self._slot.database, self._slot.spill, memory=memory))
        self.memory = memory

    def keep(self) -> None:
        """Writes all into the database and marks it, so that a process that is killed loses nothing of it.

        Nobody may be reading.

        Raises:
            duckdb.Error: it is damaged; `reset` makes it again.
        """
        if self._is_changed:
            self._connection.execute("CHECKPOINT")
            self._is_changed = False
        self._slot.mark()

    def apply(self, batch: Batch) -> None:
        """Brings a batch in: rows and the note of how far it goes, in one transaction."""
        types = staging.stage(self._connection, batch.rows)
        self._connection.begin()
        try:
            for reducer in self._reducers:
                if not reducer.types or not types.isdisjoint(reducer.types):
                    for statement in reducer.apply:
                        self._connection.execute(statement)
            for feed, done in batch.applied.items():
                self._connection.execute(tables.WRITE_APPLIED, [feed, done.size, done.leaf])
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise
        self._is_changed = True
        self.applied.update(batch.applied)

    def close(self) -> None:
        """Closes the database cleanly and gives the slot back. Closing again does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self.keep()
            self._connection.close()
            self._slot.mark()
        except duckdb.Error:
            self._connection.close()
            self._slot.discard()
        finally:
            self._slot.hold.close()

    def _open(self) -> duckdb.DuckDBPyConnection:
        """Opens the slot's database if it is a clean view of this record by this version; else makes an empty one."""
        if not self._slot.is_clean:
            self._slot.discard()
            return self._made()
        self._slot.begin()
        try:
            connection = database.connect(self._slot.database, self._slot.spill, memory=database.RESTING)
        except duckdb.Error:
            self._slot.discard()
            return self._made()
        try:
            if dict(connection.execute(tables.READ_ABOUT).fetchall()) == self._about:
                rows = connection.execute(tables.READ_APPLIED).fetchall()
                self.applied = {feed: Applied(size, leaf) for feed, size, leaf in rows}
                self.memory = database.RESTING
                return _staged(connection)
        except duckdb.Error:
            pass
        connection.close()
        self._slot.discard()
        return self._made()

    def _made(self) -> duckdb.DuckDBPyConnection:
        self._slot.begin()
        self.applied, self.memory = {}, database.WORKING
        connection = database.connect(self._slot.database, self._slot.spill)
        try:
            connection.begin()
            for statement in (*tables.ABOUT, *(made for reducer in self._reducers for made in reducer.tables)):
                connection.execute(statement)
            for pair in self._about.items():
                connection.execute(tables.WRITE_ABOUT, pair)
            connection.commit()
        except BaseException:
            connection.close()
            raise
        self._is_changed = True
        return _staged(connection)


def _staged(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    for statement in tables.STAGED:
        connection.execute(statement)
    return connection


def _print(reducers: Sequence[Reducer]) -> str:
    """A fingerprint of all that the reducers say, so that a changed statement counts as another version."""
    digest = hashlib.sha256()
    for reducer in sorted(reducers, key=lambda one: one.name):
        digest.update(repr((reducer.name, reducer.version, reducer.types, reducer.tables, reducer.apply)).encode())
    return digest.hexdigest()


def is_damage(error: duckdb.Error) -> bool:
    """Whether an error says that the file is off, not the question."""
    return not isinstance(error, database.NOT_DAMAGE)


def behind(applied: Mapping[str, Applied], sizes: Mapping[str, int]) -> int:
    """How many lines a record has that are not applied."""
    return sum(size - (applied[feed].size if feed in applied else 0) for feed, size in sizes.items())
