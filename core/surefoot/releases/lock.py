"""The exact environment of the service wrapper, frozen from the running installation.

`freeze` follows the wrapper's packages and what they need (markers evaluated here and now) through the metadata of
the installed distributions. The digest of installed files is SHA-256 over the sorted lines `path NUL hash LF` of the
distribution's RECORD (PEP 376/627), leaving out what an installer writes by itself (scripts among it); it names
what is on the disk, which the version alone does not. Archive hashes are known where the installer noted them
(PEP 610), and of the versions in `resources/locks/service.txt`: of every archive that the index held for them then.
"""

import hashlib
import json
import platform
import re
import sys
from functools import cache
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from surefoot import resources
from surefoot.errors import Code, IncompleteError
from surefoot.releases.facts import LockedPackage

WRAPPER = ("cryptography", "httptools", "msgspec", "numpy", "onnxruntime", "uvicorn")
"""What surefoot.payloads.service imports, beside the standard library."""

_PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
_OWN = ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD")
_LINE = re.compile(
    r"([A-Za-z0-9._-]+)==([^\s#]+)((?: --hash=sha256:[0-9a-f]{64})*)(?:  # files sha256:([0-9a-f]{64}))?"
)


def wrapper_roots() -> tuple[str, ...]:
    """The wrapper's direct packages on this platform (uvloop has no Windows build)."""
    return WRAPPER if sys.platform == "win32" else tuple(sorted((*WRAPPER, "uvloop")))


def freeze(roots: tuple[str, ...]) -> tuple[LockedPackage, ...]:
    """These packages and everything they need, as installed here, sorted by name.

    Raises:
        IncompleteError: one of them is not installed.
    """
    found: dict[str, LockedPackage] = {}
    waiting = [Requirement(root) for root in roots]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        try:
            installed = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError as error:
            raise IncompleteError(Code.PACKAGE_MISSING, package=wanted.name) from error
        found[name] = _locked(name, installed)
        waiting.extend(_needed(installed))
    return tuple(found[name] for name in sorted(found))


def wrapper_packages() -> str:
    """The lock that a release made here and now would hold, as text; "" where a package of the wrapper is missing."""
    try:
        return encode(freeze(wrapper_roots())).decode()
    except IncompleteError:
        return ""


def encode(packages: tuple[LockedPackage, ...]) -> bytes:
    """The bytes of lock.txt."""
    lines = [f"# python=={sys.version_info.major}.{sys.version_info.minor}", f"# platform {platform.machine()}"]
    for one in packages:
        hashes = "".join(f" --hash=sha256:{archive}" for archive in one.hashes)
        files = f"  # files sha256:{one.files_sha256}" if one.files_sha256 else ""
        lines.append(f"{one.name}=={one.version}{hashes}{files}")
    return ("\n".join(lines) + "\n").encode()


def python_of(data: bytes) -> str:
    """The version of Python that a lock.txt names, as 3.11."""
    found = re.search(rb"^# python==(\d+\.\d+)$", data, re.MULTILINE)
    return found[1].decode() if found else f"{sys.version_info.major}.{sys.version_info.minor}"


def decode(data: bytes) -> tuple[LockedPackage, ...]:
    """The packages of a lock.txt.

    Raises:
        ValueError: a line that is none; the message is its number.
    """
    packages = []
    for place, line in enumerate(data.decode().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if not found:
            raise ValueError(place)
        name, version, hashes, files = found.groups()
        archives = tuple(part.partition(":")[2] for part in hashes.split())
        packages.append(LockedPackage(name, version, archives, files or ""))
    return tuple(packages)


def _needed(installed: metadata.Distribution) -> list[Requirement]:
    requirements = [Requirement(text) for text in installed.requires or ()]
    return [one for one in requirements if one.marker is None or one.marker.evaluate({"extra": ""})]


def _locked(name: str, installed: metadata.Distribution) -> LockedPackage:
    archives = _archives(installed) or _published().get((name, installed.version), ())
    return LockedPackage(name, installed.version, archives, _files(installed), _licence(installed))


@cache
def _published() -> dict[tuple[str, str], tuple[str, ...]]:
    """SHA-256 of the archives of each package and version that our own lock names."""
    text = resources.path("locks", "service.txt").read_text(encoding="utf-8")
    return {
        (name, version): tuple(re.findall(r"sha256:([0-9a-f]{64})", hashes))
        for name, version, hashes in _PINNED.findall(text)
    }


def _archives(installed: metadata.Distribution) -> tuple[str, ...]:
    text = installed.read_text("direct_url.json")
    if text is None:
        return ()
    archive = json.loads(text).get("archive_info", {})
    digest = archive.get("hashes", {}).get("sha256")
    return (digest,) if isinstance(digest, str) else ()


def _files(installed: metadata.Distribution) -> str:
    lines = sorted(
        f"{one.as_posix()}\0{one.hash.mode}={one.hash.value}\n"
        for one in installed.files or ()
        if one.hash is not None and one.suffix != ".pyc" and one.name not in _OWN and one.parts[0] != ".."
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else ""


def _licence(installed: metadata.Distribution) -> str:
    said = {key: installed.metadata.get_all(key) or [] for key in ("License-Expression", "Classifier", "License")}
    if said["License-Expression"]:
        return str(said["License-Expression"][0])
    classified = [line.rpartition(" :: ")[2] for line in said["Classifier"] if line.startswith("License :: ")]
    first = (said["License"] or [""])[0].strip().partition("\n")[0][:80]
    return "; ".join(classified) or first
