"""Runs in the catalog: who asked for what, where it ran, how it ended, its parameters and its metrics.

Each event becomes a row of its own; what stands is kept beside them for the runs of a batch, in `runs`: of several
endings the first, as in `rules.fold`. A row of `runs` has the columns to filter by, its parameters and figures as maps,
and what it shows as one text, which is decoded when it is asked for.
Figures are kept twice: as the text that was recorded, and as a number for filters, where NaN is NULL (DuckDB holds
NaN to be greater than every number, which would let it pass `metric.auc > 0.9`).
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Self

import msgspec

from surefoot.catalog import Catalog, Reducer, filters
from surefoot.catalog.filters import Column, Family, Kind, Scope
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.runs.facts import TYPES, Run

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# A recorded figure as a number: NULL where it is none, or is not finite.
_FIGURE = """
    CREATE MACRO figure(text) AS
    CASE WHEN isfinite(try_cast(text AS DOUBLE)) THEN try_cast(text AS DOUBLE) END
"""
# One figure, or one text, of each of an object's members. What does not fit the shape becomes NULL.
_NUMBERS = """
    CREATE MACRO numbers(object, path) AS map_from_entries(list_transform(
        map_entries(try_cast(object AS MAP(VARCHAR, JSON))),
        lambda x: {'key': x.key, 'value': figure(x.value->>path)}
    ))
"""
_WORDS = """
    CREATE MACRO words(object, path) AS map_from_entries(list_transform(
        map_entries(try_cast(object AS MAP(VARCHAR, JSON))),
        lambda x: {'key': x.key, 'value': x.value->>path}
    ))
"""
_REQUESTS = """
    CREATE TABLE run_requests (
        run VARCHAR, plan VARCHAR, requested_at TIMESTAMP, requested_by VARCHAR, experiment VARCHAR, number BIGINT,
        seed BIGINT, repeat BIGINT, recipe VARCHAR, code VARCHAR, commit VARCHAR, dirty BOOLEAN, patch VARCHAR,
        environment_kind VARCHAR, environment VARCHAR, executor VARCHAR, reproduces VARCHAR, cause VARCHAR[],
        body JSON,
        hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
_STARTS = """
    CREATE TABLE run_starts (
        run VARCHAR, type VARCHAR, started_at TIMESTAMP, place VARCHAR, host JSON, sandbox BIGINT,
        found VARCHAR,
        hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
_ENDS = """
    CREATE TABLE run_ends (
        run VARCHAR, state VARCHAR, ended_at TIMESTAMP, meets BOOLEAN, exit_code BIGINT, signal BIGINT,
        guardrail VARCHAR, seconds DOUBLE, peak_memory BIGINT, cpu_seconds DOUBLE, telemetry VARCHAR, points BIGINT,
        log VARCHAR, metrics JSON, outputs JSON, verdict JSON, why VARCHAR, detail VARCHAR, tracking JSON, refused JSON,
        hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
# What is filtered and sorted by, and three lines of JSON with all that a run shows.
_RUNS = """
    CREATE TABLE runs (
        run VARCHAR, experiment VARCHAR, number BIGINT, state VARCHAR, meets BOOLEAN, requested_at TIMESTAMP,
        started_at TIMESTAMP, ended_at TIMESTAMP, seed BIGINT, repeat BIGINT, commit VARCHAR, dirty BOOLEAN,
        environment_kind VARCHAR, executor VARCHAR, place VARCHAR, reproduces VARCHAR, exit_code BIGINT,
        guardrail VARCHAR, seconds DOUBLE, peak_memory BIGINT, points BIGINT, why VARCHAR, hlc BIGINT,
        metric MAP(VARCHAR, DOUBLE), metric_text MAP(VARCHAR, VARCHAR), best MAP(VARCHAR, DOUBLE),
        param MAP(VARCHAR, DOUBLE), param_text MAP(VARCHAR, VARCHAR), shown VARCHAR
    )
"""
_NAMES = "CREATE TABLE run_names (family VARCHAR, name VARCHAR)"
_FILL_REQUESTS = """
    INSERT INTO run_requests
    SELECT s.subject, s.subject_sha256, s.at, s.actor, s.body->>'$.experiment', try_cast(s.body->>'$.number' AS BIGINT),
           try_cast(s.body->>'$.seed' AS BIGINT), try_cast(s.body->>'$.repeat' AS BIGINT), s.body->>'$.recipe',
           s.body->>'$.code.files', s.body->>'$.code.commit', try_cast(s.body->>'$.code.dirty' AS BOOLEAN),
           s.body->>'$.code.patch', s.body->>'$.environment.kind', s.body->>'$.environment.digest',
           s.body->>'$.executor', s.body->>'$.reproduces', s.cause, s.body, s.hlc, s.feed, s.seq, s.leaf
    FROM staged s WHERE s.type = 'run.requested'
"""
_FILL_STARTS = """
    INSERT INTO run_starts
    SELECT s.subject, s.type, s.at, s.body->>'$.place', s.body->'$.host', try_cast(s.body->>'$.sandbox' AS BIGINT),
           s.body->>'$.environment', s.hlc, s.feed, s.seq, s.leaf
    FROM staged s WHERE s.type IN ('run.started', 'run.preempted')
"""
_FILL_ENDS = """
    INSERT INTO run_ends
    SELECT s.subject, s.type[5:], s.at, try_cast(s.body->>'$.verdict.meets' AS BOOLEAN),
           try_cast(s.body->>'$.exit_code' AS BIGINT), try_cast(s.body->>'$.signal' AS BIGINT),
           s.body->>'$.guardrail.name', figure(s.body->>'$.seconds'),
           try_cast(s.body->>'$.peak_memory' AS BIGINT), figure(s.body->>'$.cpu_seconds'),
           s.body->>'$.telemetry', try_cast(s.body->>'$.points' AS BIGINT), s.body->>'$.log', s.body->'$.metrics',
           s.body->'$.outputs', s.body->'$.verdict', s.body->>'$.why', s.body->>'$.detail', s.body->'$.tracking',
           s.body->'$.refused', s.hlc, s.feed, s.seq, s.leaf
    FROM staged s
    WHERE s.type IN ('run.finished', 'run.failed', 'run.interrupted', 'run.cancelled', 'run.lost')
"""
_FILL_NAMES = """
    INSERT INTO run_names
    SELECT 'metric', m.key FROM staged s, json_each(s.body, '$.metrics') m
    WHERE s.type IN ('run.finished', 'run.failed', 'run.interrupted', 'run.cancelled', 'run.lost')
    UNION SELECT 'param', p.key FROM staged s, json_each(s.body, '$.parameters') p WHERE s.type = 'run.requested'
    EXCEPT SELECT family, name FROM run_names
"""
_DROP_RUNS = "DELETE FROM runs WHERE run IN (SELECT subject FROM staged s WHERE s.type LIKE 'run.%')"
# The runs of the batch are picked before the windows, so that these are not over all runs that there ever were.
_FILL_RUNS = """
    INSERT INTO runs
    WITH touched AS (
        SELECT DISTINCT s.subject AS run FROM staged s WHERE s.type LIKE 'run.%'
    ), request AS (
        SELECT * FROM run_requests WHERE run IN (FROM touched)
        QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc, feed, seq) = 1
    ), newest AS (
        SELECT run, type FROM run_starts WHERE run IN (FROM touched)
        QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc DESC, feed DESC, seq DESC) = 1
    ), start AS (
        SELECT * FROM run_starts WHERE type = 'run.started' AND run IN (FROM touched)
        QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc DESC, feed DESC, seq DESC) = 1
    ), ending AS (
        SELECT * FROM run_ends WHERE run IN (FROM touched)
        QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc, feed, seq) = 1
    ), standing AS (
        SELECT r.* EXCLUDE (leaf), r.leaf AS requested,
               coalesce(e.state, CASE WHEN newest.type = 'run.started' THEN 'running' ELSE 'queued' END) AS state,
               s.started_at, s.place, s.host, s.found, s.leaf AS started, e.leaf AS ended,
               e.* EXCLUDE (run, state, hlc, feed, seq, leaf), r.body->'$.parameters' AS parameters
        FROM request r
        LEFT JOIN newest USING (run) LEFT JOIN start s USING (run) LEFT JOIN ending e USING (run)
    )
    SELECT run, experiment, number, state, meets, requested_at, started_at, ended_at, seed, repeat, commit, dirty,
           environment_kind, executor, place, reproduces, exit_code, guardrail, seconds, peak_memory, points, why, hlc,
           numbers(metrics, '$.last'), words(metrics, '$.last'), numbers(metrics, '$.best'),
           numbers(parameters, '$'), words(parameters, '$'),
           concat_ws(chr(10), json_array({head}), coalesce(metrics, 'null'), json_array({details}))
    FROM standing
"""

# A run on three lines: what every list shows; its figures; the rest, in which few look. Arrays, because names would be
# half of the text.
_METRICS = "metrics"
_IN_BODY = "parameters"
_DETAILS = {name: place for place, name in enumerate(["body", "host", "outputs", "verdict", "tracking", "refused"])}
_TIMES = ("requested_at", "started_at", "ended_at")
_HEAD = tuple(one.name for one in fields(Run) if one.name not in {*_DETAILS, _METRICS, _IN_BODY})

REDUCERS = (
    Reducer(
        name="runs",
        version=2,
        types=tuple(sorted(TYPES)),
        tables=(_FIGURE, _NUMBERS, _WORDS, _REQUESTS, _STARTS, _ENDS, _RUNS, _NAMES),
        apply=(
            _FILL_REQUESTS,
            _FILL_STARTS,
            _FILL_ENDS,
            _FILL_NAMES,
            _DROP_RUNS,
            # Names of our own fields.
            _FILL_RUNS.replace("{head}", ", ".join(_HEAD)).replace("{details}", ", ".join(_DETAILS)),
        ),
    ),
)

_HEAD_DECODER = msgspec.json.Decoder(
    msgspec.defstruct(
        "Head",
        [(one.name, one.type if one.name in {"cause", *_TIMES} else Any) for one in fields(Run) if one.name in _HEAD],
        array_like=True,
        gc=False,
    )
)
_decode = msgspec.json.Decoder().decode
_set = object.__setattr__
# What was erased from the record is shown as absent, not as a run that is not there.
_IF_ERASED = {"experiment": "?", "number": 0, "seed": 0, "repeat": 0, "cause": ()}
# Around a condition and an order; the numbers keep the order.
_PAGE = "SELECT kept.shown FROM (SELECT id, row_number() OVER () AS place FROM (SELECT runs.rowid AS id FROM runs"
_TEXTS_OF_PAGE = ")) page JOIN runs kept ON kept.rowid = page.id ORDER BY page.place"
_KEYS = "SELECT runs.hlc FROM runs"
_ONE = "SELECT shown FROM runs WHERE run = ?"
_BY_NUMBER = "SELECT run FROM runs WHERE experiment = ? AND number = ? LIMIT 2"
_BY_PART = "SELECT run FROM runs WHERE starts_with(run, ?) OR ends_with(run, ?)"
_GOING = "SELECT run FROM runs WHERE ended_at IS NULL LIMIT 1"
_ENDED = "SELECT run FROM run_ends WHERE run IN (SELECT unnest(?))"
_LAST_NUMBER = "SELECT max(number) AS number FROM runs WHERE experiment = ?"
_NAMES_KNOWN = "SELECT family, list(name ORDER BY name) AS names FROM run_names GROUP BY family"
_SHORTEST = 4
_KINDS = {
    Kind.TEXT: "commit environment_kind executor experiment guardrail place reproduces run state why",
    Kind.NUMBER: "exit_code number peak_memory points repeat seconds seed",
    Kind.TIME: "ended_at requested_at started_at",
    Kind.FLAG: "dirty meets",
}
_COLUMNS = Scope(
    "run",
    {name: Column(f"runs.{name}", kind) for kind, names in _KINDS.items() for name in names.split()},
)


def run(catalog: Catalog, run_id: str) -> Run:
    """One run, by its id.

    Raises:
        IncompleteError: there is none.
    """
    row = catalog.one(_ONE, [run_id])
    if row is None:
        raise IncompleteError(Code.RUN_UNKNOWN, run=run_id)
    return _Shown.of(row["shown"])


def find(catalog: Catalog, ref: str) -> str:
    """The id that a reference means: an id, its beginning, its end, or `experiment/number`.

    Raises:
        IncompleteError: there is no such run.
        InputRefusedError: there are several.
    """
    experiment, _, number = ref.rpartition("/")
    if experiment and number.isdecimal():
        found = catalog.rows(_BY_NUMBER, [experiment, int(number[:18])])
    elif len(ref) >= _SHORTEST and "%" not in ref:
        found = catalog.rows(_BY_PART, [ref if ref.startswith("run_") else f"run_{ref}", ref])
    else:
        found = []
    if not found:
        raise IncompleteError(Code.RUN_UNKNOWN, run=ref[:80])
    if len(found) > 1:
        raise InputRefusedError(Code.RUN_AMBIGUOUS, run=ref[:80], count=len(found))
    return str(found[0]["run"])


def search(catalog: Catalog, *, where: str = "", sort: str = "", limit: int = 50, offset: int = 0) -> list[Run]:
    """Runs that a filter lets through, newest first unless `sort` says otherwise.

    Args:
        catalog: the catalog.
        where: such as `metric.auc > 0.89 and param.depth <= 6` (surefoot.catalog.filters).
        sort: such as `-metric.auc, requested_at`; `-` puts the greatest first.
        limit: at most so many.
        offset: after so many.

    Raises:
        InputRefusedError: the filter cannot be read, or one of the two names what no run has.
    """
    scope = _scope(catalog) if where or sort else _COLUMNS
    condition, values = filters.compile(where, scope)
    order, keys = filters.order(sort or "-requested_at", scope)
    # The parts are put together from fragments of our own code; what the user wrote is bound. The page is found first,
    # so that only its texts are carried.
    sql = f"{_PAGE} WHERE {condition} ORDER BY {order}, runs.hlc DESC, runs.run LIMIT ? OFFSET ?{_TEXTS_OF_PAGE}"
    return [_Shown.of(row["shown"]) for row in catalog.rows(sql, [*values, *keys, limit, offset])]


def keys(catalog: Catalog, *, where: str = "", also: str = "", sort: str = "") -> "npt.NDArray[np.int64]":
    """The clock of the request of each run that two filters let through, in an order; arguments as `search`.

    Raises:
        InputRefusedError: as `search`.
    """
    scope = _scope(catalog) if where or also or sort else _COLUMNS
    first, values = filters.compile(where, scope)
    second, more = filters.compile(also, scope)
    order, bound = filters.order(sort, scope) if sort.strip() else ("", [])
    # As in `search`: fragments of our own code, and what the user wrote is bound. No run's id is compared: that would
    # take as long as all the rest.
    sql = f"{_KEYS} WHERE {first} AND {second} ORDER BY {order}{', ' * bool(order)}runs.hlc DESC"
    return catalog.whole_numbers(sql, [*values, *more, *bound])


def shown(text: str) -> Run:
    """The run of a row of `runs`, by the text that it shows."""
    return _Shown.of(text)


def names(catalog: Catalog) -> dict[str, list[str]]:
    """The names of all metrics (`metric`) and parameters (`param`) that there are, sorted."""
    found: dict[str, list[str]] = {"metric": [], "param": []}
    return found | {row["family"]: row["names"] for row in catalog.remembered(_NAMES_KNOWN)}


def _scope(catalog: Catalog) -> Scope:
    """What runs can be filtered and sorted by: their columns, and the metrics and parameters that there are."""
    known = names(catalog)
    families = {
        "metric": Family(number="runs.metric", text="runs.metric_text", is_number=True, names=known["metric"]),
        "best": Family(number="runs.best"),
        "param": Family(number="runs.param", text="runs.param_text", names=known["param"]),
    }
    return Scope("run", _COLUMNS.columns, families)


def is_any_going(catalog: Catalog) -> bool:
    """Whether a run was asked for that has not ended."""
    return catalog.one(_GOING) is not None


def not_ended(catalog: Catalog, runs: Sequence[str]) -> list[str]:
    """Those of these runs that have not ended, in their order."""
    ended = {row["run"] for row in catalog.rows(_ENDED, [list(runs)])}
    return [one for one in runs if one not in ended]


def last_number(catalog: Catalog, experiment: str) -> int:
    """The highest number that a run of an experiment has; 0 where there is none."""
    found = catalog.one(_LAST_NUMBER, [experiment])
    return int(found["number"]) if found and found["number"] is not None else 0


class _Shown(Run):
    """A run as the catalog keeps it: decoded part by part, when it is asked for.

    Of a list of thousands a screen shows a few columns; decoding all of them would cost more than finding them.
    A slot that is empty makes Python ask `__getattr__`, which fills it; after that it is an attribute like any other.
    """

    __slots__ = ("_details", "_head", "_lines")

    @classmethod
    def of(cls, shown: str) -> Self:
        """The run of a row of `runs`."""
        made = cls.__new__(cls)
        _set(made, "_lines", shown)
        return made

    def __getattr__(self, name: str) -> Any:
        if name == _METRICS:
            value = _decode(self._lines.split("\n", 2)[1]) or {}
        elif name == _IN_BODY:
            value = self.body.get(name) or {}
        elif name in _DETAILS:
            value = self._details[_DETAILS[name]] or {}
        elif name in _HEAD:
            value = getattr(self._head, name)
            value = _IF_ERASED.get(name) if value is None else value
        elif name == "_head":
            value = _HEAD_DECODER.decode(self._lines[: self._lines.index("\n")])
        elif name == "_details":
            value = _decode(self._lines[self._lines.rindex("\n") :])
        else:
            raise AttributeError(name, name=name, obj=self)
        _set(self, name, value)
        return value
