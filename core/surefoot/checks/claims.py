"""A run's own cross-fitted answers about the rows it trained on. Runs in a worker.

Training is never given held-out rows, so on three rows in ten alone a gap between groups is mostly chance. Where a run
hands in what its cross-fitting answered about each training row (a Parquet file with `row`, the number of the row in
train.parquet from 0; `repeat`; `probability`), everybody can be looked at. These answers are the run's own claim:
models of the same recipe gave them, not the very model that is released, and nobody but the run has seen it happen.
"""

from pathlib import Path

import numpy as np
import polars as pl

from surefoot.checks.answers import Floats
from surefoot.errors import Code, InputRefusedError

COLUMNS = ("row", "repeat", "probability")
MOST_REPEATS = 100


def read(path: Path, rows: int, file: str) -> Floats:
    """The claimed probabilities, shape [rows, repeats]; NaN where a repeat left a row out.

    Args:
        path: the Parquet file.
        rows: how many training rows there are.
        file: how the run calls it, for a refusal.

    Raises:
        InputRefusedError: it is no such table, names a row that is not there or one twice in a repeat, has a number
            that is no probability, or more repeats than 100.
    """
    try:
        table = pl.read_parquet(path.open("rb"), columns=list(COLUMNS))
        table = table.select(pl.col("row", "repeat").cast(pl.Int64), pl.col("probability").cast(pl.Float64))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputRefusedError(Code.CHECK_CLAIMS, file=file, detail=str(error).splitlines()[0][:200]) from error
    if not len(table):
        return np.full((rows, 0), np.nan)
    if table.null_count().row(0) != (0, 0, 0):
        raise InputRefusedError(Code.CHECK_CLAIMS, file=file, detail="gaps")
    row, chance = table["row"].to_numpy(), table["probability"].to_numpy()
    if row.min() < 0 or row.max() >= rows or table.select("row", "repeat").is_duplicated().any():
        raise InputRefusedError(Code.CHECK_CLAIMS, file=file, detail="rows")
    if not ((chance >= 0) & (chance <= 1)).all():  # NaN compares as False
        raise InputRefusedError(Code.CHECK_CLAIMS, file=file, detail="no-probability")
    repeats, place = np.unique(table["repeat"].to_numpy(), return_inverse=True)
    if len(repeats) > MOST_REPEATS:
        raise InputRefusedError(Code.CHECK_CLAIMS, file=file, detail="repeats", most=MOST_REPEATS)
    claimed = np.full((rows, len(repeats)), np.nan)
    claimed[row, place] = chance
    return claimed
