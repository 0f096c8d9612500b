"""Names, versions and what a release changes against the one before it. Pure.

A version moves by what a user of the service would notice: other inputs, outputs or target → major; other data,
recipe, parameters or code → minor; the same trained again, or nothing at all → patch.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from surefoot.errors import Code, InputRefusedError
from surefoot.releases.facts import Change

_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
FIRST = "1.0.0"


def slug(text: str) -> str:
    """A name made from what a person wrote: ASCII, small letters, hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:63].strip("-")


def checked_name(name: str) -> str:
    """The name, if a service can carry it.

    Raises:
        InputRefusedError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise InputRefusedError(Code.RELEASE_NAME, name=name[:80])
    return name


def number(version: str) -> tuple[int, int, int]:
    """A version as three numbers, for ordering.

    Raises:
        InputRefusedError: it is no `major.minor.patch`.
    """
    found = _VERSION.fullmatch(version)
    if not found:
        raise InputRefusedError(Code.RELEASE_VERSION, version=version[:40], expected=FIRST)
    major, minor, patch = (int(part) for part in found.groups())
    return major, minor, patch


def proposed(change: Change, latest: str | None) -> str:
    """The version that follows `latest` by what changed; 1.0.0 where there is none before."""
    if latest is None:
        return FIRST
    major, minor, patch = number(latest)
    if change.bump == "major":
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if change.bump == "minor" else f"{major}.{minor}.{patch + 1}"


def change(old: Mapping[str, Any] | None, new: Mapping[str, Any], *, replaces: str = "") -> Change:
    """What a release changes, by comparing the `identity` of two release.proposed events.

    Args:
        old: identity of the last signed release of that name, or None.
        new: identity of the candidate: model, preprocessing, inputs, outputs, target, data, recipe, parameters, code.
        replaces: name and version of the old one.
    """
    if old is None:
        return Change("first", "first", ("first",))
    outside = tuple(key for key in ("inputs", "outputs", "target") if old.get(key) != new.get(key))
    if outside:
        return Change("substantial", "major", outside, replaces)
    inside = tuple(key for key in ("data", "recipe", "parameters", "code") if old.get(key) != new.get(key))
    if inside:
        return Change("minor", "minor", inside, replaces)
    graphs = tuple(key for key in ("model", "preprocessing") if old.get(key) != new.get(key))
    if graphs:
        return Change("retrained", "patch", graphs, replaces)
    return Change("none", "patch", ("none",), replaces)
