"""The first rows of a table, for eyes. Runs in a worker; a cell is cut, and so is a wide table."""

from collections.abc import Sequence
from typing import Any

import duckdb

from surefoot.datasets.engine import Relation, call, column, constant, engine
from surefoot.errors import Code, InputRefusedError
from surefoot.workers.facts import Request

MOST_COLUMNS = 100
LONGEST = 120
"""Letters of a cell that are shown."""
_DETAIL = 200


def of(table: Relation, columns: Sequence[tuple[str, str]], count: int) -> dict[str, Any]:
    """The first rows of a table.

    Args:
        table: in the engine.
        columns: place and name of each.
        count: rows at the most.

    Returns:
        `names, rows, columns`, as `facts.Head`.
    """
    shown = columns[:MOST_COLUMNS]
    cells = [call("left", column(place).cast("VARCHAR"), constant(LONGEST)) for place, _ in shown]
    rows = table.limit(count).select(*cells).fetchall() if count else []
    return {"names": [name for _, name in shown], "rows": [list(row) for row in rows], "columns": len(columns)}


def read_head(request: Request) -> dict[str, Any]:
    """The first `count` rows of the Parquet file `rows`, as `of` gives them.

    Raises:
        InputRefusedError: it cannot be read.
    """
    files = list(request.files.values())
    try:
        with engine(request.scratch, files, memory_bytes=request.limits.memory_bytes) as connection:
            table = connection.read_parquet(str(request.files["rows"]))
            return of(table, [(name, name) for name in table.columns], int(request["count"]))
    except duckdb.Error as error:
        detail = str(error).splitlines()[0][:_DETAIL]
        raise InputRefusedError(Code.DATA_UNREADABLE, format="Parquet", detail=detail) from error
