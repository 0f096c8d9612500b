"""A list of known vulnerabilities that was imported, and a vulnerability as it is kept, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that was imported.

    Attributes:
        id: `adv_…`. leaf: the event that recorded it. at: when it was imported.
        name: of the file. source: SHA-256 of its bytes.
        sha256: of what was made of it (docs/formats.md).
        date: the day of its newest record: the list is at least as new.
        records: how many are about packages of PyPI and stand. packages: how many they name.
    """

    id: str
    leaf: str
    at: str
    name: str
    source: str
    sha256: str
    date: str
    records: int
    packages: int


@dataclass(frozen=True, slots=True)
class Advice:
    """A list laid out for a worker."""

    listing: Listing
    path: Path


@dataclass(frozen=True, slots=True)
class Known:
    """One vulnerability of one package.

    Attributes:
        aliases: its names in other databases. severity: a word or a CVSS vector; "" where the record says nothing.
        versions: those that are listed one by one. ranges: each the events of a range, a kind to a version.
    """

    id: str
    aliases: tuple[str, ...] = ()
    severity: str = ""
    versions: tuple[str, ...] = ()
    ranges: tuple[tuple[Mapping[str, str], ...], ...] = ()
