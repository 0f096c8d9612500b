"""A Ctrl-C that comes while the engine works is a Ctrl-C, at once, and no fault of ours.

Each is pressed in a process of its own: one that is not heard must not take the other tests with it.
"""

import subprocess
import sys

import duckdb
import pytest

from surefoot.catalog import database

PRESSED = """
import os, signal, threading, time
import duckdb
from surefoot.catalog import database

LONG = "SELECT count(*) FROM range(100000000000), range(1000)"
signal.signal(signal.SIGINT, signal.default_int_handler)
for delay in (0.0, 0.01, 0.1, 0.3, 0.3, 0.3, 0.3, 0.3):
    with duckdb.connect(config={"threads": 4}) as connection:
        presser = threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT))
        try:
            presser.start()
            database.answer(connection, lambda cursor: cursor.execute(LONG).fetchall())
        except KeyboardInterrupt:
            print("pressed", flush=True)
        presser.join()
        assert database.answer(connection, lambda cursor: cursor.execute("SELECT 7").fetchone()) == (7,)
"""


def test_a_press_during_a_query_is_a_press_however_many_threads_work_at_it() -> None:
    done = subprocess.run([sys.executable, "-c", PRESSED], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["pressed"] * 8), done.stderr[-2000:]


def test_what_the_engine_says_gets_through() -> None:
    with duckdb.connect() as connection:
        assert database.answer(connection, lambda cursor: cursor.execute("SELECT 7").fetchone()) == (7,)
        with pytest.raises(duckdb.CatalogException):
            database.answer(connection, lambda cursor: cursor.execute("SELECT * FROM nothing").fetchall())
