"""Records of the OSV schema (ossf.github.io/osv-schema), and whether one is about a version of a package. Pure.

Only packages of PyPI are looked at. A range is read as the schema's own algorithm says, with versions in the order of
PEP 440. Where a version or a range cannot be put into that order, the package counts as affected unless the record
lists other versions by name: too much said is looked at by a person, too little by nobody.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from surefoot.advisories.facts import Known

ECOSYSTEM = "PyPI"
_RANGES = {"ECOSYSTEM", "SEMVER"}
_ORDER = ("fixed", "introduced", "last_affected")  # at one and the same version
_KINDS = (*_ORDER, "limit")
_ALWAYS = "0"
_WORDS = re.compile(r"[A-Za-z]{1,20}")
_LONG = 200


@dataclass(frozen=True, slots=True)
class Package:
    """`affected[].package`."""

    name: str
    ecosystem: str


@dataclass(frozen=True, slots=True)
class Range:
    """`affected[].ranges[]`."""

    type: str
    events: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """`affected[]`."""

    package: Package | None = None
    ranges: tuple[Range, ...] | None = None
    versions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Severity:
    """`severity[]`."""

    type: str
    score: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is read of a record; what else stands in it is left alone."""

    id: str
    modified: str
    withdrawn: str | None = None
    aliases: tuple[str, ...] | None = None
    affected: tuple[Affected, ...] | None = None
    severity: tuple[Severity, ...] | None = None
    database_specific: Mapping[str, Any] | None = None


def _is_ours(package: Package) -> bool:
    """Whether a package is of PyPI; behind a colon stands a part of an ecosystem, such as one index."""
    return package.ecosystem.partition(":")[0] == ECOSYSTEM


def known_of(record: Record) -> dict[str, Known]:
    """What a record says, by package of PyPI; nothing where it was withdrawn."""
    if record.withdrawn:
        return {}
    found: dict[str, Known] = {}
    for one in record.affected or ():
        if one.package is None or not _is_ours(one.package):
            continue
        name = canonicalize_name(one.package.name)
        before = found.get(name, Known(record.id, record.aliases or (), _severity(record)))
        ranges = tuple(each.events for each in one.ranges or () if each.type in _RANGES)
        versions = (*before.versions, *(one.versions or ()))
        found[name] = Known(before.id, before.aliases, before.severity, versions, (*before.ranges, *ranges))
    return found


def affects(known: Known, version: str) -> bool:
    """Whether a vulnerability is one of this version of its package."""
    if version in known.versions:
        return True
    here = _parsed(version)
    listed = {_parsed(one) for one in known.versions} - {None}
    if here is not None and here in listed:
        return True
    if not known.ranges:
        return not known.versions or here is None
    told = [_is_within(one, here) for one in known.ranges]
    return True in told or (None in told and not known.versions)


def fixed_in(known: Known, version: str) -> str:
    """The lowest version above this one in which it is mended; "" where none is named."""
    here = _parsed(version)
    named = [text for events in known.ranges for one in events if (text := one.get("fixed"))]
    above = sorted((place, text) for text in named if (place := _parsed(text)) and (here is None or place > here))
    return above[0][1] if above else ""


def merged(found: Sequence[Known]) -> list[list[Known]]:
    """The same vulnerability under several names, as one: records that name each other, or a third."""
    groups: list[tuple[set[str], list[Known]]] = []
    for one in found:
        names = {one.id, *one.aliases}
        same = [group for group in groups if group[0] & names]
        groups = [group for group in groups if not group[0] & names]
        groups.append(
            (names.union(*(group[0] for group in same)), [each for group in same for each in group[1]] + [one])
        )
    return [members for _, members in groups]


def _severity(record: Record) -> str:
    """The word of the database, else the newest CVSS vector."""
    word = (record.database_specific or {}).get("severity")
    if isinstance(word, str) and _WORDS.fullmatch(word):
        return word.lower()
    vectors = sorted(((one.type, one.score) for one in record.severity or ()), reverse=True)
    return vectors[0][1][:_LONG] if vectors else ""


def _is_within(events: Sequence[Mapping[str, str]], version: Version | None) -> bool | None:
    """Whether a version lies in a range; None where that cannot be told."""
    placed = [
        (kind, text, None if text == _ALWAYS else _parsed(text))
        for one in events
        for kind, text in one.items()
        if kind in _KINDS
    ]
    if version is None or any(place is None for _, text, place in placed if text not in {_ALWAYS, "*"}):
        return None
    lowest = Version("0.dev0")
    limits = [place for kind, text, place in placed if kind == "limit" and text != "*" and place is not None]
    if limits and all(version >= limit for limit in limits):
        return False
    order = sorted(
        (lowest if place is None else place, _ORDER.index(kind)) for kind, text, place in placed if kind != "limit"
    )
    is_in = False
    for place, number in order:
        kind = _ORDER[number]
        if kind == "introduced" and version >= place:
            is_in = True
        elif (kind == "fixed" and version >= place) or (kind == "last_affected" and version > place):
            is_in = False
    return is_in


def _parsed(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
