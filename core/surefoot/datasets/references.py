"""What people call a version: `name`, `name@3`, `name@<start of its hash>`, and the same with the dataset's id."""

import re

from surefoot.catalog import Catalog
from surefoot.datasets import tables
from surefoot.datasets.csvtext import shown
from surefoot.datasets.facts import DatasetVersion
from surefoot.errors import Code, IncompleteError, InputRefusedError

_HASH = re.compile(r"[0-9a-f]{4,64}")
_NUMBER = re.compile(r"[0-9]{1,9}")


def resolve(catalog: Catalog, ref: str) -> DatasetVersion:
    """Finds the version that is meant.

    Raises:
        IncompleteError: none fits. InputRefusedError: several do.
    """
    name, _, which = ref.strip().partition("@")
    versions = tables.versions_of(catalog, name)
    found = chosen(versions, which) if which else versions[-1:]
    if not found:
        known = ", ".join(tables.names(catalog)) or "–"
        raise IncompleteError(Code.DATASET_UNKNOWN, ref=shown(ref), known=known)
    if len(found) > 1:
        several = ", ".join(f"{one.name}@{one.version[:12]}" for one in found)
        raise InputRefusedError(Code.DATASET_AMBIGUOUS, ref=shown(ref), found=several)
    return found[0]


def chosen(versions: list[DatasetVersion], which: str) -> list[DatasetVersion]:
    """By number where it is one that exists, else by the start of the hash."""
    if _NUMBER.fullmatch(which):
        numbered = [one for one in versions if one.number == int(which)]
        if numbered:
            return numbered
    return [one for one in versions if _HASH.fullmatch(which) and one.version.startswith(which)]
