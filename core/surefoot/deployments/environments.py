"""Environments as surefoot.toml declares them: tables `[environment.<NAME>]` with `port` and `lease`.

`local` exists without being written down. A table comes into force when the next deployment there records it.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surefoot.deployments.facts import DEFAULT_ENVIRONMENT, WEEK_MS, Environment
from surefoot.errors import Code, InputRefusedError
from surefoot.experiments import units

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KEYS = ("lease", "port")
_LAST_PORT = 65_535
_FIRST_PORT = 1_024
_SHORTEST_MS = 10_000


def read(path: Path) -> dict[str, Environment]:
    """The environments of a project, by name.

    Raises:
        InputRefusedError: the file cannot be read, or says something that means nothing here.
    """
    found = {DEFAULT_ENVIRONMENT: Environment(DEFAULT_ENVIRONMENT)}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("environment", {})
    except FileNotFoundError:
        return found
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(path, str(error)) from error
    if not isinstance(tables, Mapping):
        raise _unreadable(path, "environment is no table of tables")
    for name, table in tables.items():
        if not _NAME.fullmatch(name) or not isinstance(table, Mapping):
            raise _unreadable(path, f"[environment.{name}] is no name of an environment (a-z, 0-9 and -)")
        found[name] = _environment(path, name, table)
    return found


def _unreadable(path: Path, detail: str) -> InputRefusedError:
    return InputRefusedError(Code.SETTINGS_UNREADABLE, path=path, detail=detail)


def _environment(path: Path, name: str, table: Mapping[str, Any]) -> Environment:
    for key in table:
        if key not in _KEYS:
            raise _unreadable(path, f"[environment.{name}] has no setting {key!r}; there are: {', '.join(_KEYS)}")
    port = table.get("port", 0)
    if type(port) is not int or not (port == 0 or _FIRST_PORT <= port <= _LAST_PORT):
        raise _unreadable(path, f"[environment.{name}] port is 0 or a number from {_FIRST_PORT} to {_LAST_PORT}")
    return Environment(name=name, port=port, lease_ms=_lease(path, name, table.get("lease", "7d")))


def _lease(path: Path, name: str, text: object) -> int:
    try:
        length = units.milliseconds(text) if isinstance(text, str) else 0
    except ValueError:
        length = 0
    if not _SHORTEST_MS <= length <= WEEK_MS:
        raise _unreadable(path, f'[environment.{name}] lease is a length of time from "10s" to "7d"')
    return length
