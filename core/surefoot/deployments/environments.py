"""Environments as surefoot.toml declares them: tables `[environment.<NAME>]` with `port`, `lease` and where to listen.

`local` exists without being written down. A table comes into force when the next deployment there records it.
Whatever else stands in the file is refused: a misspelt setting must never count as none.
"""

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surefoot.deployments.facts import DEFAULT_ENVIRONMENT, LOOPBACK, WEEK_MS, Environment
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.experiments import units
from surefoot.experiments.reading import MAX_BYTES, shown

FILE = "surefoot.toml"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KEYS = {
    "": ("project", "environment"),
    "project": ("name",),
    "environment": ("lease", "port", "host", "certificate", "private_key"),
}
_LAST_PORT = 65_535
_FIRST_PORT = 1_024
_SHORTEST_MS = 10_000


def read(path: Path) -> dict[str, Environment]:
    """The environments of a project, by name.

    Raises:
        InputRefusedError: the file cannot be read, or says something that means nothing here.
    """
    found = {DEFAULT_ENVIRONMENT: Environment(DEFAULT_ENVIRONMENT)}
    whole = _whole(path)
    _refuse_unknown(path, whole, "")
    project, tables = whole.get("project", {}), whole.get("environment", {})
    if not isinstance(project, Mapping):
        raise _unreadable(path, "project is no table")
    _refuse_unknown(path, project, "project")
    if not isinstance(tables, Mapping):
        raise _unreadable(path, "environment is no table of tables")
    for name, table in tables.items():
        if not _NAME.fullmatch(name) or not isinstance(table, Mapping):
            raise _unreadable(path, f"[environment.{name}] is no name of an environment (a-z, 0-9 and -)")
        found[name] = _environment(path, name, table)
    return found


def named(project: Path, name: str) -> Environment:
    """One environment of a project.

    Raises:
        IncompleteError: there is none of this name. InputRefusedError: as `read`.
    """
    known = read(project / FILE)
    if name not in known:
        raise IncompleteError(Code.ENVIRONMENT_UNKNOWN, environment=name, known=", ".join(sorted(known)))
    return known[name]


def _whole(path: Path) -> Mapping[str, Any]:
    """What stands in the file; nothing where there is none."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _unreadable(path, f"it has more than {MAX_BYTES:,} bytes")
        return tomllib.loads(data.decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except RecursionError as error:
        raise _unreadable(path, "it is nested without end") from error
    except (OSError, ValueError) as error:  # not UTF-8, not TOML, a number of endless digits
        raise _unreadable(path, str(error)) from error


def _refuse_unknown(path: Path, table: Mapping[str, Any], kind: str, *, name: str = "") -> None:
    """Refuses the first key that means nothing in a table of this kind (`name`: how the file calls it)."""
    for key in table:
        if key not in _KEYS[kind]:
            where = f"[{name or kind}]" if kind else "it"
            raise _unreadable(path, f"{where} has no setting {shown(key)}; there are: {', '.join(_KEYS[kind])}")


def _unreadable(path: Path, detail: str) -> InputRefusedError:
    return InputRefusedError(Code.SETTINGS_UNREADABLE, path=path, detail=detail)


def _environment(path: Path, name: str, table: Mapping[str, Any]) -> Environment:
    _refuse_unknown(path, table, "environment", name=f"environment.{name}")
    port = table.get("port", 0)
    if type(port) is not int or not (port == 0 or _FIRST_PORT <= port <= _LAST_PORT):
        raise _unreadable(path, f"[environment.{name}] port is 0 or a number from {_FIRST_PORT} to {_LAST_PORT}")
    lease_ms = _lease(path, name, table.get("lease", "7d"))
    return Environment(name, port, lease_ms, *_address(path, name, table))


def _address(path: Path, name: str, table: Mapping[str, Any]) -> tuple[str, str, str]:
    """Host, certificate and key, the files from where surefoot.toml lies."""
    host = table.get("host", LOOPBACK)
    files = [table.get(key, "") for key in ("certificate", "private_key")]
    try:
        is_loopback = isinstance(host, str) and ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise _unreadable(path, f"[environment.{name}] host is an IP address of this machine") from None
    if not isinstance(host, str) or any(not isinstance(file, str) or "\0" in file for file in files):
        raise _unreadable(path, f"[environment.{name}] host, certificate and private_key are texts")
    if any(files) and not all(files):
        raise _unreadable(path, f"[environment.{name}] certificate and private_key belong together")
    if not is_loopback and not all(files):
        raise _unreadable(path, f"[environment.{name}] host {host} wants certificate and private_key: others are "
                                "answered over TLS only")  # fmt: skip
    certificate, key = (str(path.parent / file) if file else "" for file in files)
    return host, certificate, key


def _lease(path: Path, name: str, text: object) -> int:
    try:
        length = units.milliseconds(text) if isinstance(text, str) else 0
    except ValueError:
        length = 0
    if not _SHORTEST_MS <= length <= WEEK_MS:
        raise _unreadable(path, f'[environment.{name}] lease is a length of time from "10s" to "7d"')
    return length
