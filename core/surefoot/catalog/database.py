"""DuckDB, locked down: one file or memory, no other file, no extension, no setting that can be changed later."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeAlias, TypeVar

import duckdb

Settings: TypeAlias = dict[str, str | bool | int | float | list[str]]

_MOST_THREADS = 4
_SETTINGS: Settings = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "max_temp_directory_size": "20GB",
    "lock_configuration": True,
}

WORKING, RESTING = "2GB", "128MB"
"""What the engine may keep in memory: while much is brought in or a question needs it, and else.

It keeps every page it has read until it is full, so the limit is what a desktop holds that is open all day; questions
to a million runs take no longer with the smaller one (docs/benchmarks.md, row 10).
"""

_STEP = 0.02  # seconds
T = TypeVar("T")

# What DuckDB raises when the SQL or its values are wrong, or it was told to stop. Everything else may mean that the
# file is not what it should be.
NOT_DAMAGE = (
    duckdb.ProgrammingError,
    duckdb.DataError,
    duckdb.NotSupportedError,
    duckdb.PermissionException,
    duckdb.TransactionException,
    duckdb.InterruptException,
    duckdb.OutOfMemoryException,
)


def connect(path: Path | None, spill: Path, *, memory: str = WORKING) -> duckdb.DuckDBPyConnection:
    """Opens a database file, making it where there is none; memory where `path` is None.

    Args:
        path: the file.
        spill: where what does not fit into memory goes; the one folder whose files questions can read.
        memory: how much the engine may use; it cannot be changed later.

    Raises:
        duckdb.Error: the file is no database, is damaged, was written by another version, or is in use.
    """
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    settings: Settings = {**_SETTINGS, "memory_limit": memory, "threads": threads, "temp_directory": str(spill)}
    return duckdb.connect(":memory:" if path is None else str(path), config=settings)


def answer(cursor: duckdb.DuckDBPyConnection, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
    """What a question to the engine comes to; a Ctrl-C that is pressed meanwhile ends it and gets through.

    The engine hears a Ctrl-C itself, in the thread that asks, and then waits for its other threads without telling them
    (DuckDB 2.0.0, Executor::CancelTasks): for as long as the query takes. So the main thread, in which alone a Ctrl-C
    arrives, leaves the asking to another and tells the engine.
    """
    if threading.current_thread() is not threading.main_thread():
        return question(cursor)
    found: Future[T] = Future()
    thread = threading.Thread(target=_ask, args=(found, cursor, question), name="surefoot-question", daemon=True)
    try:
        thread.start()
        return found.result()
    finally:
        # It is over but for a moment, or was left by a Ctrl-C; then it is told again and again, since a query that is
        # only about to begin does not hear it.
        while thread.is_alive():
            thread.join(_STEP)
            if thread.is_alive():
                cursor.interrupt()


def _ask(
    found: "Future[T]", cursor: duckdb.DuckDBPyConnection, question: Callable[[duckdb.DuckDBPyConnection], T]
) -> None:
    try:
        found.set_result(question(cursor))
    except BaseException as error:  # noqa: BLE001 - whatever it is, whoever asked is told
        found.set_exception(error)
