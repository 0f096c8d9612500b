"""Lays a version out for use: a folder with a Parquet file a side and its schema.

A training run gets everything but the test side. Nobody who has seen the questions of an exam can tell what its result
is worth, so the test side is handed to checks only.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surefoot.datasets.facts import SIDES, DatasetVersion, Placed
from surefoot.errors import Code, InputRefusedError
from surefoot.files import explained, write_whole
from surefoot.trail.canonical import Json, encode
from surefoot.workers import open_input

_PIECE = 1 << 20
HELD_BACK = "test"
READ_ONLY = 0o444
SCHEMA = "schema.json"


def wanted(sides: Mapping[str, Any], *, held_back: bool) -> list[str]:
    """The sides to lay out, in their order."""
    return [side for side in SIDES if side in sides and not (held_back and side == HELD_BACK)]


def schema_of(version: DatasetVersion) -> dict[str, Json]:
    """What a training script needs to know of the columns."""
    return {
        "format": 1,
        "kind": version.kind,
        "dataset": {"id": version.id, "name": version.name, "number": version.number, "version": version.version},
        "columns": [dict(one) for one in version.columns],
        "target": dict(version.target) if version.target is not None else None,
        "positive": version.target["positive"] if version.target is not None else None,
        "key": list(version.key),
        "group": version.group,
        "time": version.time,
        "subject": version.subject,
        "protected": list(version.protected),
        "special": list(version.special),
    }


def placed(version: DatasetVersion, folder: Path, sides: Mapping[str, Path]) -> Placed:
    """Writes the schema beside the sides and says where everything is."""
    schema = folder / SCHEMA
    write_whole(schema, encode(schema_of(version)) + b"\n", mode=READ_ONLY)
    return Placed(folder=folder, sides=dict(sides), schema=schema)


def copy_checked(source: Path, target: Path, *, sha256: str) -> None:
    """Copies a file that is not ours, and makes sure that it is the one that was meant.

    Raises:
        InputRefusedError: it is another by now, or gone.
    """
    handle = open_input(source)
    try:
        with explained(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with target.open("xb") as file:
                done, size = 0, os.fstat(handle).st_size
                while piece := os.pread(handle, min(_PIECE, size - done), done):
                    done += len(piece)
                    digest.update(piece)
                    file.write(piece)
            target.chmod(READ_ONLY)
    finally:
        os.close(handle)
    if digest.hexdigest() != sha256:
        target.unlink()
        raise InputRefusedError(Code.SOURCE_CHANGED, path=source)
