"""A Ctrl-C that comes while the engine works is a Ctrl-C, and no fault of ours."""

import os
import signal
import threading

import duckdb
import pytest

from surefoot.catalog import database

LONG = "SELECT count(*) FROM range(100000000000), range(1000)"


@pytest.mark.timeout(60)
def test_a_press_during_a_query_is_a_press() -> None:
    with duckdb.connect() as connection:
        presser = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        presser.start()
        with pytest.raises(KeyboardInterrupt), database.pressable():
            connection.execute(LONG).fetchall()
        presser.join()


def test_another_fault_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="else"), database.pressable():
        raise RuntimeError("something else")
