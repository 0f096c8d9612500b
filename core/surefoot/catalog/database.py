"""DuckDB, locked down: one file or memory, no other file, no extension, no setting that can be changed later."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

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
    "memory_limit": "2GB",
    "max_temp_directory_size": "20GB",
    "lock_configuration": True,
}

_PRESSED = "Query interrupted"

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


def connect(path: Path | None, spill: Path) -> duckdb.DuckDBPyConnection:
    """Opens a database file, making it where there is none; memory where `path` is None.

    Raises:
        duckdb.Error: the file is no database, is damaged, was written by another version, or is in use.
    """
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    settings: Settings = {**_SETTINGS, "threads": threads, "temp_directory": str(spill)}
    return duckdb.connect(":memory:" if path is None else str(path), config=settings)


@contextmanager
def pressable() -> Iterator[None]:
    """Lets a Ctrl-C through that comes while a query runs: DuckDB raises a RuntimeError in its place."""
    try:
        yield
    except RuntimeError as error:
        if str(error).startswith(_PRESSED):
            raise KeyboardInterrupt from error
        raise
