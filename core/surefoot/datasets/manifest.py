"""The manifest that makes a version what it is: its SHA-256 is the version.

It holds what the data follow from: the digests of the sources, the version of the import rule, how the sources were
read, the schema and the split rule. It does not hold the Parquet files' digests, since writers change, and no
permission, which may be renewed without making other data of it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from surefoot.datasets.facts import IMPORT_RULE
from surefoot.trail.canonical import Json, encode

FORMAT = 1
_ROLES = ("key", "group", "time", "subject", "protected", "special")


def of_table(read: Mapping[str, Any], source: Mapping[str, Json]) -> dict[str, Json]:
    """The manifest of a table.

    Args:
        read: what the worker returned.
        source: the file's digest and size.
    """
    roles = read["roles"]
    columns = [{name: one[name] for name in ("name", "type", "role", "unit") if name in one} for one in read["columns"]]
    return {
        "format": FORMAT,
        "import_rule": IMPORT_RULE,
        "kind": "table",
        "sources": [{"sha256": source["sha256"], "size": source["size"]}],
        "reading": read["how"],
        "schema": {
            "columns": columns,
            "target": target_of(roles),
            **{name: roles[name] for name in _ROLES},
        },
        "split": read["split"],
    }


def of_files(*, listing: str, files: int, size: int, split: Mapping[str, Json]) -> dict[str, Json]:
    """The manifest of a folder of files.

    Args:
        listing: SHA-256 of the list of files.
        files: how many files it lists.
        size: bytes of all of them.
        split: the rule.
    """
    return {
        "format": FORMAT,
        "import_rule": IMPORT_RULE,
        "kind": "files",
        "sources": [{"files": files, "listing": listing, "size": size}],
        "split": dict(split),
    }


def target_of(roles: Mapping[str, Any]) -> Json:
    """The target as it is recorded, None where there is none."""
    return {"column": roles["target"], "positive": roles["positive"]} if roles["target"] is not None else None


def digest(manifest: Mapping[str, Json]) -> str:
    """The version: SHA-256 of the canonical manifest."""
    return hashlib.sha256(encode(dict(manifest))).hexdigest()


def request_digest(source: Json, plan: Mapping[str, Json], *, place: str | None) -> str:
    """What was asked, as one hash: the same source and the same plan make the same version.

    Args:
        source: what the source is.
        plan: what was said of it.
        place: where it stays, if it does.
    """
    asked: Json = {"import_rule": IMPORT_RULE, "place": place, "plan": dict(plan), "source": source}
    return hashlib.sha256(encode(asked)).hexdigest()
