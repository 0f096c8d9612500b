"""The worker that looks up packages in an imported list."""

from typing import Any

import msgspec
from packaging.utils import canonicalize_name

from surefoot.advisories import osv
from surefoot.advisories.facts import Known
from surefoot.workers import Request


class _Line(msgspec.Struct):
    package: str
    known: list[Known]


def match(request: Request) -> dict[str, Any]:
    """Which of these packages are known to be vulnerable.

    Args:
        request: `packages`, each a name and a version. Files: `list`, as `reading_task` wrote it.

    Returns:
        `found`: for each vulnerability of a package its `package`, `version`, `ids`, `severity` and `fixed`.
    """
    wanted: dict[str, list[str]] = {}
    for name, version in request["packages"]:
        wanted.setdefault(canonicalize_name(name), []).append(version)
    found = []
    decoder = msgspec.json.Decoder(_Line)
    with request.files["list"].open("rb") as lines:
        for line in lines:
            one = decoder.decode(line)
            for version in wanted.get(one.package, ()):
                hit = [each for each in one.known if osv.affects(each, version)]
                found += [_told(one.package, version, same) for same in osv.merged(hit)]
    return {"found": found}


def _told(package: str, version: str, same: list[Known]) -> dict[str, Any]:
    ids = sorted({name for one in same for name in (one.id, *one.aliases)})
    return {
        "package": package,
        "version": version,
        "ids": ids,
        "severity": next((one.severity for one in same if one.severity), ""),
        "fixed": next((text for one in same if (text := osv.fixed_in(one, version))), ""),
    }
