"""Whether the wrapper runs in the environment it was released with: every locked package, in its exact version."""

import re
import sys
from importlib import metadata

from surefoot.payloads.service.refusals import Reason, RefusedError

DIFFERS = "released with"
"""How the sentence begins that says which package is another one."""

_LINE = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s\\#]+)(?:\s.*)?")
_PYTHON = re.compile(r"# python==(?P<version>\S+)")


def check(lock: bytes) -> None:
    """Compares `lock.txt` (its format stands in `surefoot.releases.capsule`) with what is installed.

    Raises:
        RefusedError: a package is missing or has another version, or the interpreter is another.
    """
    for line in lock.decode("utf-8", errors="replace").splitlines():
        python = _PYTHON.fullmatch(line)
        if python:
            _same("python", python["version"], f"{sys.version_info.major}.{sys.version_info.minor}")
        elif line and not line.startswith("#"):
            found = _LINE.fullmatch(line)
            if found is None:
                raise RefusedError(Reason.ENVIRONMENT, f"lock.txt has a line that says nothing: {line[:80]!r}")
            _same(found["name"], found["version"], _installed(found["name"]))


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def _same(name: str, wanted: str, found: str) -> None:
    if wanted != found:
        raise RefusedError(Reason.ENVIRONMENT, f"{DIFFERS} {name} {wanted}, here it is {found}")
