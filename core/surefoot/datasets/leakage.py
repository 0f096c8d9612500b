"""Whether the test side is one that training could not have seen.

Runs in a worker. Three ways lead from the test into training: the same thing on both sides, the same row on both
sides, and knowledge from after the moment that a row is about.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from duckdb import CaseExpression, Expression

from surefoot.datasets.csvtext import shown
from surefoot.datasets.engine import Relation, call, column, constant, figures
from surefoot.datasets.facts import SIDES, Warned
from surefoot.datasets.profiling import Named
from surefoot.datasets.rules import Roles, SplitRule
from surefoot.errors import Code, InputRefusedError

_TIMED = {"date", "datetime", "integer"}
_ONE = 1


def side_by_time(table: Relation, time: Named, sides: Mapping[str, str]) -> Expression:
    """The side of each row where the past is for training and the newest rows are for the test.

    The cuts are values of the column, so rows of the same moment stay together.

    Raises:
        InputRefusedError: the column cannot order the rows.
    """
    value = column(time.place)
    if time.type not in _TIMED:
        raise InputRefusedError(Code.TIME_VALUES, column=shown(time.name), detail="type", type=time.type)
    rows, filled = figures(table, [call("count", constant(1)), call("count", value)])
    if rows != filled:
        raise InputRefusedError(Code.TIME_VALUES, column=shown(time.name), detail="gaps", count=rows - filled)
    chosen: Expression | None = None
    total = Decimal(0)
    present = [name for name in SIDES if name in sides]
    for name in present[:-1]:
        total += Decimal(sides[name])
        (cut,) = figures(table, [call("quantile_disc", value, constant(float(total)))])
        here = value <= constant(cut)
        chosen = CaseExpression(here, constant(name)) if chosen is None else chosen.when(here, constant(name))
    if chosen is None:
        raise InputRefusedError(Code.SPLIT_VALUE, detail="one-side")
    return chosen.otherwise(constant(present[-1]))


def look(parted: Relation, columns: Sequence[Named], roles: Roles, rule: SplitRule) -> list[Warned]:
    """Looks for the three ways; returns what it found."""
    by_name = {named.name: named for named in columns}
    found = []
    for role in ("group", "subject"):
        name = getattr(roles, role)
        if name is not None and (role, name) != (rule.by, rule.columns):
            shared = _on_several_sides(parted, [by_name[name]])
            if shared:
                found.append(Warned("same-on-both-sides", {"column": shown(name), "role": role, "count": shared}))
    found += _twins(parted, columns, roles)
    if roles.time is not None:
        found += _from_the_future(parted, columns, by_name[roles.time])
    # A group is often the subject as well; the role that decides about the split is named.
    return list({(one.key, str(one.values.get("column"))): one for one in reversed(found)}.values())[::-1]


def _on_several_sides(parted: Relation, columns: Sequence[Named]) -> int:
    """How many different values (or rows of values) are on more than one side."""
    places = [column(named.place) for named in columns]
    grouped = parted.aggregate([*places, column("side").n_unique().alias("sides")])
    (count,) = figures(grouped.filter(column("sides") > constant(_ONE)), [call("count", constant(1))])
    return int(count)


def _twins(parted: Relation, columns: Sequence[Named], roles: Roles) -> list[Warned]:
    """Rows that differ in nothing but their names, on both sides of the split."""
    naming = {*roles.key, roles.subject, roles.group}
    telling = [column(named.place) for named in columns if named.name not in naming]
    if not telling:
        return []
    print_of = parted.select(call("hash", *telling).alias("print"), column("side"))
    on_test = (column("side") == constant("test")).cast("INTEGER")
    grouped = print_of.aggregate(
        [
            column("print"),
            call("count", constant(1)).alias("rows"),
            call("sum", on_test).alias("tests"),
        ]
    )
    extra = column("rows") - constant(1)
    both = (column("tests") > constant(0)) & (column("tests") < column("rows"))
    doubled, leaked = figures(
        grouped,
        [call("sum", extra), call("sum", CaseExpression(both, column("tests")).otherwise(constant(0)))],
    )
    found = []
    if doubled:
        found.append(Warned("rows-twice", {"count": int(doubled)}))
    if leaked:
        found.append(Warned("rows-on-both-sides", {"count": int(leaked)}))
    return found


def _from_the_future(parted: Relation, columns: Sequence[Named], time: Named) -> list[Warned]:
    """Columns that hold moments after the moment a row is about: nobody could have known them then."""
    later = [named for named in columns if named.type in {"date", "datetime"} and named.name != time.name]
    if time.type not in {"date", "datetime"} or not later:
        return []
    now = column(time.place).cast("TIMESTAMP")
    counts = figures(parted, [call("count_if", column(named.place).cast("TIMESTAMP") > now) for named in later])
    return [
        Warned("from-the-future", {"column": shown(named.name), "time": shown(time.name), "count": int(count)})
        for named, count in zip(later, counts, strict=True)
        if int(count)
    ]
