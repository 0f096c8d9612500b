"""Policy files: parsing, and what counts as asking less than before. Pure.

The file (formats.md §5)::

    [policy]
    name = "baseline"
    [require.<check>]              # at_least | at_most, decide_on = "figure" | "interval", with = { … }
    [approvals]                    # count, roles
    [waivers]                      # max_days

Unknown keys are errors: a misspelt limit must never count as no limit. Numbers are read as decimals. What stands in
`with` are parameters of the check, which knows them and refuses others when the policy is adopted.
"""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from surefoot.checks import Asked, Limit
from surefoot.errors import Code, InputRefusedError
from surefoot.releases.facts import AdoptedPolicy, Loosening, Policy, Requirement
from surefoot.trail import Draft, Json, Subject

MAX_BYTES = 64 * 1024
MAX_REQUIREMENTS = 64
MAX_COUNT = 20
MAX_DAYS = 365
MAX_SETTINGS = 64
MAX_TEXT = 200
ROLES = ("owner", "approver", "reviewer", "data-protection-officer")
_SECTIONS = ("policy", "require", "approvals", "waivers")
_KIND = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NAME = re.compile(r"[\w][\w .-]{0,63}")
_DECIDE = ("figure", "interval")
_NONE = "-"


class _Reader:
    """Reads one policy's tables and names the file and key in every refusal."""

    def __init__(self, path: str) -> None:
        self.path = path

    def wrong(self, key: str, value: object, expected: str) -> InputRefusedError:
        return InputRefusedError(Code.POLICY_VALUE, path=self.path, key=key, value=str(value)[:80], expected=expected)

    def table(self, data: Mapping[str, Any], key: str, known: tuple[str, ...]) -> Mapping[str, Any]:
        """The table under a dotted key (empty where absent), with only known keys in it."""
        found: Any = data.get(key.rpartition(".")[2], {})
        if not isinstance(found, Mapping):
            raise self.wrong(key, found, f"[{key}]")
        self.only(found, known, prefix=f"{key}.")
        return found

    def only(self, found: Mapping[str, Any], known: tuple[str, ...], *, prefix: str = "") -> None:
        for name in found:
            if name not in known:
                raise InputRefusedError(
                    Code.POLICY_KEY, path=self.path, key=f"{prefix}{name}"[:120], known=", ".join(known)
                )

    def whole(self, data: Mapping[str, Any], key: str, bounds: tuple[int, int], default: int) -> int:
        value = data.get(key.rpartition(".")[2], default)
        low, high = bounds
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(key, value, f"{low}–{high}")
        return value

    def limit(self, data: Mapping[str, Any], key: str) -> Decimal | None:
        value = data.get(key.rpartition(".")[2])
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            raise self.wrong(key, value, "0.75")
        return Decimal(value)


def parse(data: bytes, *, path: str) -> Policy:
    """The policy that a file's bytes say.

    Args:
        data: the file, UTF-8 TOML of at most 64 KiB.
        path: how to name the file in a refusal.

    Raises:
        InputRefusedError: not TOML, an unknown key, or a value that is none.
    """
    reader = _Reader(path)
    tables = _toml(data, path)
    reader.only(tables, _SECTIONS)
    name = reader.table(tables, "policy", ("name",)).get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise reader.wrong("policy.name", name, '"baseline"')
    approvals = reader.table(tables, "approvals", ("count", "roles"))
    waivers = reader.table(tables, "waivers", ("max_days",))
    return Policy(
        name=name,
        requirements=_requirements(reader, tables),
        count=reader.whole(approvals, "approvals.count", (1, MAX_COUNT), 1),
        roles=_roles(reader, approvals),
        waiver_days=reader.whole(waivers, "waivers.max_days", (0, MAX_DAYS), 0),
    )


def _toml(data: bytes, path: str) -> Mapping[str, Any]:
    if len(data) > MAX_BYTES:
        raise InputRefusedError(Code.POLICY_UNREADABLE, path=path, detail=f"> {MAX_BYTES} B")
    try:
        return tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ArithmeticError) as error:
        raise InputRefusedError(Code.POLICY_UNREADABLE, path=path, detail=str(error)[:200]) from error


def _requirements(reader: _Reader, tables: Mapping[str, Any]) -> tuple[Requirement, ...]:
    found = tables.get("require", {})
    if not isinstance(found, Mapping) or not 1 <= len(found) <= MAX_REQUIREMENTS:
        raise reader.wrong("require", found, "[require.accuracy]")
    return tuple(_requirement(reader, found, kind) for kind in sorted(found))


def _requirement(reader: _Reader, tables: Mapping[str, Any], kind: str) -> Requirement:
    if not _KIND.fullmatch(kind):
        raise reader.wrong(f"require.{kind}"[:120], kind, "[require.accuracy]")
    key = f"require.{kind}"
    table = reader.table(tables, key, ("at_least", "at_most", "decide_on", "with"))
    at_least, at_most = reader.limit(table, f"{key}.at_least"), reader.limit(table, f"{key}.at_most")
    if at_least is not None and at_most is not None:
        raise reader.wrong(key, f"at_least = {at_least}, at_most = {at_most}", "at_least | at_most")
    decide_on = table.get("decide_on", "figure")
    if decide_on not in _DECIDE:
        raise reader.wrong(f"{key}.decide_on", decide_on, " | ".join(f'"{one}"' for one in _DECIDE))
    settings = _settings(reader, table, f"{key}.with")
    return Requirement(kind, at_least, at_most, on_interval=decide_on == "interval", settings=settings)


def _settings(reader: _Reader, table: Mapping[str, Any], key: str) -> dict[str, Json]:
    """The parameters that are chosen: texts, whole numbers, decimals (as text), lists of texts."""
    found = table.get("with", {})
    if not isinstance(found, Mapping) or len(found) > MAX_SETTINGS:
        raise reader.wrong(key, found, "{ name = … }")
    return {name: _setting(reader, value, f"{key}.{name}"[:120]) for name, value in sorted(found.items())}


def _setting(reader: _Reader, value: object, key: str) -> Json:
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return value
    if isinstance(value, str) and len(value) <= MAX_TEXT:
        return value
    texts = value if isinstance(value, list) and len(value) <= MAX_SETTINGS else [None]
    if all(isinstance(one, str) and len(one) <= MAX_TEXT for one in texts):
        return list(texts)
    raise reader.wrong(key, value, '"…", 1, 0.5, ["…"]')


def _roles(reader: _Reader, approvals: Mapping[str, Any]) -> tuple[str, ...]:
    roles = approvals.get("roles", ["owner"])
    if not isinstance(roles, list) or not roles or any(role not in ROLES for role in roles):
        raise reader.wrong("approvals.roles", roles, ", ".join(ROLES))
    return tuple(sorted(set(roles)))


def as_body(policy: Policy) -> dict[str, Any]:
    """What an event says of a policy: the parsed rules, decimals as strings."""
    return {
        "require": {
            one.check: {
                "at_least": None if one.at_least is None else str(one.at_least),
                "at_most": None if one.at_most is None else str(one.at_most),
                "decide_on": "interval" if one.on_interval else "figure",
                **({"with": dict(one.settings)} if one.settings else {}),
            }
            for one in policy.requirements
        },
        "approvals": {"count": policy.count, "roles": list(policy.roles)},
        "waivers": {"max_days": policy.waiver_days},
    }


def loosened(old: Policy, new: Policy) -> tuple[Loosening, ...]:
    """Every point in which `new` asks less than `old`, in the order of the keys."""
    later = {one.check: one for one in new.requirements}
    found: list[Loosening] = []
    for one in old.requirements:
        other = later.get(one.check)
        if other is None:
            found.append(Loosening(f"require.{one.check}", one.check, _NONE))
        else:
            found.extend(_loosened_check(one, other))
    if new.count < old.count:
        found.append(Loosening("approvals.count", str(old.count), str(new.count)))
    if set(new.roles) - set(old.roles):
        found.append(Loosening("approvals.roles", ", ".join(old.roles), ", ".join(new.roles)))
    if new.waiver_days > old.waiver_days:
        found.append(Loosening("waivers.max_days", str(old.waiver_days), str(new.waiver_days)))
    return tuple(sorted(found, key=lambda one: one.key))


def _loosened_check(old: Requirement, new: Requirement) -> list[Loosening]:
    key = f"require.{old.check}"
    found = []
    if old.at_least is not None and (new.at_least is None or new.at_least < old.at_least):
        found.append(Loosening(f"{key}.at_least", str(old.at_least), _text(new.at_least)))
    if old.at_most is not None and (new.at_most is None or new.at_most > old.at_most):
        found.append(Loosening(f"{key}.at_most", str(old.at_most), _text(new.at_most)))
    if old.on_interval and not new.on_interval:
        found.append(Loosening(f"{key}.decide_on", "interval", "figure"))
    # Whether another choice asks more or less, only a person can tell; so it is said.
    found += [
        Loosening(f"{key}.with.{name}", _chosen(old, name), _chosen(new, name))
        for name in sorted({*old.settings, *new.settings})
        if old.settings.get(name) != new.settings.get(name)
    ]
    return found


def _chosen(requirement: Requirement, name: str) -> str:
    value = requirement.settings.get(name)
    return _NONE if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def asked(policy: AdoptedPolicy | None) -> dict[str, Asked]:
    """What a policy asks of each kind of check, as the checks take it; nothing where none is in force."""
    required = () if policy is None else policy.policy.requirements
    return {one.check: Asked(_limits(one), one.settings) for one in required}


def _limits(one: Requirement) -> tuple[Limit, ...]:
    least = () if one.at_least is None else (Limit("at_least", str(one.at_least), "policy"),)
    most = () if one.at_most is None else (Limit("at_most", str(one.at_most), "policy"),)
    return (*least, *most)


def _text(limit: Decimal | None) -> str:
    return _NONE if limit is None else str(limit)


def adoption(policy: Policy, subject: Subject, before: AdoptedPolicy | None) -> list[Draft]:
    """The events that put a policy in force: policy.adopted and, where it asks less, policy.loosened beside it.

    Args:
        policy: what the file says.
        subject: its id and the SHA-256 of the file's bytes.
        before: what was in force until now.
    """
    points = () if before is None else loosened(before.policy, policy)
    told = [{"key": one.key, "old": one.old, "new": one.new} for one in points]
    replaces = None if before is None else before.sha256
    body: dict[str, Any] = {"name": policy.name, "replaces": replaces, "loosened": told, **as_body(policy)}
    drafts = [Draft("policy.adopted", (subject,), body, mean="adopted")]
    if before is not None and points:
        said: dict[str, Any] = {"name": policy.name, "replaces": replaces, "points": told}
        drafts.append(Draft("policy.loosened", (subject,), said, (before.leaf,), "adopted"))
    return drafts
