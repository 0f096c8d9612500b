"""A small part of a data set that was laid out for training, so that a script can be tried at once.

Every n-th row or file is kept, so that the part spreads over the whole as far as its order tells. It is for finding
mistakes of a script; no figure that comes of it says anything about a model.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

FEWEST = 500
"""Rows or files that are kept where there are so many: with fewer, most scripts fail for want of data."""


def every(count: int, share: float) -> int:
    """Which rows to keep of so many: each n-th, so that about `share` of them is left, and `FEWEST` at least."""
    kept = min(count, max(FEWEST, round(count * share)))
    return max(1, count // max(1, kept))


def thin(side: Path, share: float) -> tuple[int, int]:
    """Thins a side in its place: a Parquet file by its rows, a folder by its files.

    Returns:
        How many are left, and how many there were.
    """
    return _thin_files(side, share) if side.is_dir() else _thin_rows(side, share)


def _thin_rows(side: Path, share: float) -> tuple[int, int]:
    rows = pl.scan_parquet(side)
    count = int(rows.select(pl.len()).collect().item())
    draft = side.with_name(f".{side.name}.thin")
    rows.gather_every(every(count, share)).sink_parquet(draft)
    draft.replace(side)
    return int(pl.scan_parquet(side).select(pl.len()).collect().item()), count


def _thin_files(side: Path, share: float) -> tuple[int, int]:
    found = sorted(_plain(side))
    kept = set(found[:: every(len(found), share)])
    for path in found:
        if path not in kept:
            path.unlink()
    return len(kept), len(found)


def _plain(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
