"""The worker's task: from a foreign file to Parquet by sides, a schema and figures.

Everything untrusted happens here and nowhere else (trail.md E3). Only what is returned and the Parquet files reach the
process that records, and it decides nothing by them that it could not refuse.
"""

from collections.abc import Sequence
from typing import Any

from surefoot.datasets import heads, leakage, quality, rules
from surefoot.datasets.csvtext import shown
from surefoot.datasets.engine import (
    Connection,
    Relation,
    call,
    canonical,
    canonical_list,
    column,
    constant,
    engine,
    figures,
    side,
)
from surefoot.datasets.facts import SIDES, Plan
from surefoot.datasets.loading import Loaded, load
from surefoot.datasets.profiling import Named, measure
from surefoot.datasets.splitting import bounds
from surefoot.errors import Code, InputRefusedError
from surefoot.trail.canonical import Json
from surefoot.workers.facts import Request

_SEVERAL = 1
_PART = "CREATE TABLE parted AS SELECT * FROM typed POSITIONAL JOIN sides"


def read_table(request: Request) -> dict[str, Any]:
    """Reads a table, decides on its columns, parts its rows and writes them out.

    Args:
        request: `plan` (as `rules.said`), `name`; the file `source`; `write`: whether to write Parquet;
            `head`: how many rows to show.

    Returns:
        `columns, rows, how, roles, reasons, split, profile, head, sides` (side to file name in the scratch folder).

    Raises:
        InputRefusedError: the table cannot be used; the error says where and why.
    """
    plan = rules.plan_from(request["plan"])
    with engine(request.scratch, list(request.files.values()), memory_bytes=request.limits.memory_bytes) as connection:
        loaded = load(connection, request, plan)
        table = connection.table("typed")
        found = measure(table, loaded.columns, request.progress)
        roles = rules.assign(plan, [one.seen for one in found])
        _check_key(table, roles, loaded)
        rule = rules.choose_split(plan, roles, name=request["name"])
        request.progress("datasets.split", 0, 0)
        _part(connection, table, rule, loaded)
        parted = connection.table("parted")
        counts = _counts(parted, rule)
        leaks = leakage.look(parted, loaded.columns, roles, rule)
        profile = quality.profile(found, roles, plan, leaks=leaks, counts=counts, delimiter=_delimiter(loaded))
        files = _write(parted, loaded, request) if request["write"] else {}
        head = heads.of(table, [(one.place, one.name) for one in loaded.columns], int(request.get("head", 0)))
    return {
        "columns": _schema(loaded, roles, plan),
        "rows": sum(counts.values()),
        "how": loaded.how,
        "roles": _roles(roles),
        "split": {"by": rule.by, "columns": list(rule.columns), "salt": rule.salt, "sides": dict(rule.sides)},
        "counts": counts,
        "profile": profile,
        "reasons": dict(roles.reasons),
        "head": head,
        "sides": files,
    }


def _delimiter(loaded: Loaded) -> str | None:
    found = loaded.how.get("delimiter")
    return found if isinstance(found, str) else None


def _roles(roles: rules.Roles) -> dict[str, Json]:
    return {
        "target": roles.target,
        "positive": roles.positive,
        "key": list(roles.key),
        "group": roles.group,
        "time": roles.time,
        "subject": roles.subject,
        "protected": list(roles.protected),
        "special": list(roles.special),
        "confidence": dict(roles.confidence),
    }


def _schema(loaded: Loaded, roles: rules.Roles, plan: Plan) -> list[dict[str, Json]]:
    columns: list[dict[str, Json]] = []
    for named, confidence in zip(loaded.columns, loaded.confidence, strict=True):
        one: dict[str, Json] = {
            "name": named.name,
            "type": named.type,
            "role": roles.of(named.name),
            "confidence": rules.decimal_share(confidence),
        }
        if named.name in (plan.units or {}):
            one["unit"] = (plan.units or {})[named.name]
        columns.append(one)
    return columns


def _places(loaded: Loaded, names: Sequence[str]) -> list[Named]:
    by_name = {named.name: named for named in loaded.columns}
    return [by_name[name] for name in names]


def _check_key(table: Relation, roles: rules.Roles, loaded: Loaded) -> None:
    """A key names one row each."""
    if not roles.key:
        return
    places = [column(named.place) for named in _places(loaded, roles.key)]
    rows = call("count", constant(1)).alias("rows")
    grouped = table.aggregate([*(place.alias(f"k{i}") for i, place in enumerate(places)), rows])
    twice = grouped.filter(column("rows") > constant(_SEVERAL))
    (count,) = figures(twice, [call("count", constant(1))])
    if count:
        ((*values, _),) = twice.limit(1).fetchall()
        raise InputRefusedError(
            Code.KEY_TWICE,
            column=shown(", ".join(roles.key)),
            count=count,
            value=shown(", ".join(str(value) for value in values)),
        )


def _part(connection: Connection, table: Relation, rule: rules.SplitRule, loaded: Loaded) -> None:
    """The table `parted`: the typed one, with the side of each row."""
    if rule.by == "time":
        (time,) = _places(loaded, rule.columns)
        chosen = leakage.side_by_time(table, time, rule.sides)
    else:
        deciding = _places(loaded, rule.columns) if rule.columns else list(loaded.columns)
        json = [canonical(named.place, named.type) for named in deciding]
        whole = json[0] if len(rule.columns) == 1 else canonical_list(json)
        chosen = side(rule.salt, whole, bounds(rule.sides))
    table.select(chosen.alias("side")).to_table("sides")
    connection.execute(_PART).fetchall()


def _counts(parted: Relation, rule: rules.SplitRule) -> dict[str, int]:
    grouped = parted.aggregate([column("side"), call("count", constant(1)).alias("rows")])
    found = {str(name): int(rows) for name, rows in grouped.fetchall()}
    total = sum(found.values())
    for name in rule.sides:
        if not found.get(name):
            raise InputRefusedError(Code.SPLIT_EMPTY, side=name, rows=total)
    return {name: found[name] for name in SIDES if name in found}


def _write(parted: Relation, loaded: Loaded, request: Request) -> dict[str, str]:
    """One Parquet file a side, rows in the order of the source, columns under their own names."""
    named = [column(one.place).alias(one.name) for one in loaded.columns]
    sides = sorted(str(name) for (name,) in parted.select(column("side")).distinct().fetchall())
    files = {}
    for number, name in enumerate(sides):
        request.progress("datasets.write", number, len(sides))
        rows = parted.filter(column("side") == constant(name)).order("rowid").select(*named)
        rows.write_parquet(str(request.scratch / f"{name}.parquet"), compression="zstd")
        files[name] = f"{name}.parquet"
    return files
