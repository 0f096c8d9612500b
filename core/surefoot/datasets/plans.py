"""Plans that users write: a TOML file for `--plan`, or the options of a command.

    [dataset]     name target positive key group time subject protected special ignore drop storage
    [read]        delimiter header encoding decimal date_format missing types units
    [permission]  owner purpose legal_basis jurisdiction expiry
    [split]       by salt train validation test

Every table and key may be left out; an unknown one is an error. Shares are numbers or texts, read as decimals.
"""

import datetime as dt
import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from surefoot.datasets.csvtext import shown
from surefoot.datasets.facts import SIDES, Plan
from surefoot.datasets.rules import check_plan, refuse_empty
from surefoot.errors import Code, InputRefusedError
from surefoot.workers import open_input

MOST_BYTES = 256 * 1024
_LISTS = {"key", "protected", "special", "ignore", "drop", "missing"}
_TABLES = {"types", "units"}
_SECTIONS: Mapping[str, Mapping[str, str]] = {
    section: {key: {"by": "split_by"}.get(key, key) for key in keys.split()}
    for section, keys in {
        "dataset": "name target positive key group time subject protected special ignore drop storage",
        "read": "delimiter header encoding decimal date_format missing types units",
        "permission": "owner purpose legal_basis jurisdiction expiry",
        "split": "by salt train validation test",
    }.items()
}


def load(path: Path) -> Plan:
    """Reads a plan from a TOML file.

    Raises:
        IncompleteError: there is no such file.
        InputRefusedError: it is no plain file that can be read, it is no TOML, or it says something that cannot be.
    """
    with os.fdopen(open_input(path), "rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InputRefusedError(Code.PLAN_UNREADABLE, path=path, detail="size", most=MOST_BYTES)
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputRefusedError(Code.PLAN_UNREADABLE, path=path, detail=shown(str(error))) from error
    values: dict[str, Any] = {}
    sides: dict[str, Any] = {}
    for section, table in tables.items():
        keys = _SECTIONS.get(section)
        if keys is None or not isinstance(table, dict):
            raise _unknown(path, section, _SECTIONS)
        for key, value in table.items():
            if key not in keys:
                raise _unknown(path, f"{section}.{key}", [f"{section}.{one}" for one in keys])
            (sides if keys[key] in SIDES else values)[keys[key]] = value
    if sides:
        values["sides"] = sides
    return plan(values)


def plan(values: Mapping[str, Any]) -> Plan:
    """A plan from values by name, as a command's options have them; None means "not said".

    Args:
        values: names are those of `Plan`; numbers may stand for shares, one text for a list of one, dates for texts.

    Raises:
        InputRefusedError: a value cannot be.
    """
    known = {one.name for one in fields(Plan)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise _unknown(Path("plan"), unknown[0], known)
    made = check_plan(Plan(**{name: _value(name, value) for name, value in values.items()}))
    refuse_empty(made)
    return made


def share_out(test: str | Decimal) -> dict[str, str]:
    """The sides where only the share of the test is said.

    Raises:
        InputRefusedError: it is no number.
    """
    try:
        share = Decimal(str(test))
    except ArithmeticError as error:
        raise InputRefusedError(Code.SPLIT_VALUE, detail="share", text=repr(shown(str(test))), name="test") from error
    return {"train": str(1 - share), "test": str(share)}


def _unknown(path: Path, key: str, known: Any) -> InputRefusedError:
    names = sorted(known)
    near = difflib.get_close_matches(key, names, n=5, cutoff=0.4) or names
    return InputRefusedError(Code.PLAN_KEY, path=path, key=shown(key), near=", ".join(near))


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _LISTS:
        return _texts(name, [value] if isinstance(value, str) else value)
    if name in _TABLES or name == "sides":
        if not isinstance(value, Mapping):
            raise _wrong(name, value, 'a table, as { age = "integer" }')
        return {str(key): _share(one) if name == "sides" else _text(f"{name}.{key}", one) for key, one in value.items()}
    if name == "header":
        if not isinstance(value, bool):
            raise _wrong(name, value, "true or false")
        return value
    return _text(name, value)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _wrong(name, value, 'a list of texts, as ["sex", "age"]')
    return tuple(value)


def _text(name: str, value: Any) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, int | Decimal) and name == "positive":
        return str(value).lower()
    if not isinstance(value, str):
        raise _wrong(name, value, "a text in quotation marks")
    return value


def _share(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _wrong(name: str, value: Any, allowed: str) -> InputRefusedError:
    return InputRefusedError(Code.PLAN_VALUE, key=shown(name), value=shown(repr(value)), allowed=allowed)
