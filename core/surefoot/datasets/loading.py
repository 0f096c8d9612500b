"""From a source to a typed table in the engine, whatever the source is written in.

Runs in a worker. CSV is read as text and typed by `inference`; JSON lines are brought into the same way; Parquet comes
with types. After this, the table is `typed`, its columns `c0`, `c1` … in the order of the source.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from surefoot.datasets import csvtext, inference, jsonlines, reading
from surefoot.datasets.engine import Connection, Relation, column, figures, narrowed
from surefoot.datasets.facts import Plan
from surefoot.datasets.profiling import Named
from surefoot.datasets.spelling import Spelling
from surefoot.errors import Code, InputRefusedError
from surefoot.trail.canonical import Json
from surefoot.workers.facts import Request

_SHOWN = 8
_DETAIL = 200
_OURS = Spelling()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A typed table.

    Attributes:
        columns: what it has. confidence: of each column's type, 0–1. how: how the source was read, for the manifest.
    """

    columns: tuple[Named, ...]
    confidence: tuple[float, ...]
    how: dict[str, Json]


@dataclass(frozen=True, slots=True)
class _Staged:
    """Text columns, before they have types.

    Attributes:
        path, layout: CSV text. kinds: types that the source itself tells. how: as in `Loaded`.
        lines: from the number of a row to its line in the source. spelling: of its numbers and dates.
    """

    path: Path
    layout: csvtext.Layout
    kinds: dict[str, str]
    how: dict[str, Json]
    lines: Callable[[int], int]
    spelling: Spelling = _OURS


def load(connection: Connection, request: Request, plan: Plan) -> Loaded:
    """Reads the request's file `source` into the table `typed`.

    Raises:
        InputRefusedError: it cannot be read; the error says where and why.
    """
    kind, path = plain(request, encoding=plan.encoding)
    if kind == "parquet":
        return _load_parquet(connection, path, plan)
    staged = _jsonl(path, request, plan) if kind == "jsonl" else _csv(path, plan)
    request.progress("datasets.rows", 0, 0)
    return _typed(_filled(connection, staged, request, plan), staged, plan)


def plain(request: Request, *, encoding: str | None) -> tuple[str, Path]:
    """What the request's file `source` is (`csv`, `jsonl` or `parquet`) and where it lies: unpacked, a text as UTF-8.

    Raises:
        InputRefusedError: it is of another kind, damaged, or in another encoding.
    """
    path = request.files["source"]
    kind = reading.kind_of(path)
    if kind == "gzip":
        limit = min(reading.UNPACKED, request.limits.file_bytes)
        path = reading.unpacked(path, request.scratch / "unpacked", limit=limit, progress=request.progress)
        kind = reading.kind_of(path)
    if kind == "parquet":
        return kind, path
    return kind, reading.as_utf8(path, request.scratch, encoding=encoding, progress=request.progress).path


def _csv(path: Path, plan: Plan) -> _Staged:
    layout = csvtext.layout_of(path, delimiter=plan.delimiter, header=plan.header)
    _refuse_unknown_drops(layout.names, plan)
    how: dict[str, Json] = {
        "format": "csv",
        "encoding": plan.encoding or "utf-8",
        "delimiter": layout.delimiter,
        "header": layout.has_header,
    }
    # Said only where it was said: what was read without it is read as it ever was.
    how |= {name: said for name, said in (("decimal", plan.decimal), ("date_format", plan.date_format)) if said}
    lines = partial(csvtext.line_of, path, layout)
    return _Staged(path, layout, {}, how, lines, Spelling(plan.decimal, plan.date_format))


def _jsonl(text: Path, request: Request, plan: Plan) -> _Staged:
    path = request.scratch / "rows.csv"
    drop = plan.drop or ()
    found = jsonlines.columns(text, drop=drop, progress=request.progress)
    _refuse_unknown_drops(tuple(found), plan)
    kinds = {name: kind for name, kind in found.items() if name not in drop}
    jsonlines.to_csv(text, path, kinds)
    layout = csvtext.Layout(",", has_header=True, names=csvtext.named(tuple(kinds)))
    if not kinds:
        raise InputRefusedError(Code.NO_ROWS)
    if len(kinds) == 1:
        raise InputRefusedError(Code.ONE_COLUMN, column=csvtext.shown(layout.names[0]))
    how: dict[str, Json] = {"format": "jsonl", "encoding": plan.encoding or "utf-8"}
    return _Staged(path, layout, kinds, how, partial(jsonlines.line_of, text))


def _filled(connection: Connection, staged: _Staged, request: Request, plan: Plan) -> Relation:
    """The table `staged`, filled with the text of every cell."""
    try:
        _fill(connection, staged.path, staged.layout, plan)
    except duckdb.Error as error:
        if isinstance(error, duckdb.OutOfMemoryException):
            raise
        broken = csvtext.find_broken(staged.path, staged.layout)
        if broken is not None:
            raise broken from error
        _fill_again(connection, staged, request.scratch / "rewritten.csv", plan)
    return connection.table("staged")


def _fill_again(connection: Connection, staged: _Staged, target: Path, plan: Plan) -> None:
    """Line ends of two systems in one file are no fault of the data: the engine refuses them, Python's reader not."""
    try:
        path = csvtext.rewritten(staged.path, staged.layout, target)
        layout = csvtext.Layout(staged.layout.delimiter, has_header=True, names=staged.layout.names)
        _fill(connection, path, layout, plan)
    except (duckdb.Error, csv.Error) as error:
        detail = str(error).splitlines()[0][:_DETAIL]
        raise InputRefusedError(Code.DATA_UNREADABLE, format="CSV", detail=detail) from error


def _fill(connection: Connection, path: Path, layout: csvtext.Layout, plan: Plan) -> None:
    connection.read_csv(
        str(path),
        sep=layout.delimiter,
        header=layout.has_header,
        skiprows=layout.blank,
        auto_detect=False,
        columns={f"c{i}": "VARCHAR" for i in range(len(layout.names))},
        quotechar='"',
        escapechar='"',
        strict_mode=True,
        na_values=inference.nulls(plan.missing),
        max_line_size=reading.LONGEST_LINE,
    ).to_table("staged")


def _typed(table: Relation, staged: _Staged, plan: Plan) -> Loaded:
    """The table `typed`, made from text, without the columns that the owner drops."""
    (rows,) = figures(table, [column("rowid").count()])
    if rows == 0:
        raise InputRefusedError(Code.NO_ROWS)
    kept = [(f"c{i}", name) for i, name in enumerate(staged.layout.names) if name not in (plan.drop or ())]
    judged = _judged(table, kept, staged, plan)
    chosen = [
        inference.typed(place, one.type, staged.spelling).alias(f"c{i}")
        for i, ((place, _), one) in enumerate(zip(kept, judged, strict=True))
    ]
    table.select(*chosen).to_table("typed")
    return Loaded(
        tuple(Named(f"c{i}", name, one.type) for i, ((_, name), one) in enumerate(zip(kept, judged, strict=True))),
        tuple(one.confidence for one in judged),
        {**staged.how, "missing": _missing(plan)},
    )


def _missing(plan: Plan) -> Json:
    return sorted(plan.missing) if plan.missing is not None else None


def _counted(
    table: Relation, kept: Sequence[tuple[str, str]], staged: _Staged, plan: Plan
) -> Iterator[tuple[str, str, inference.Counts]]:
    """The counts of each column."""
    names = dict(kept)
    for table_, places in narrowed(table, list(names)):
        cells = {place: inference.filled(place, plan.missing) for place in places}
        filled = table_.select(*[staged.spelling.plain(cell).alias(place) for place, cell in cells.items()])
        answers = figures(filled, [one for place in places for one in inference.counting(place)])
        for number, place in enumerate(places):
            own = answers[number * inference.PER_COLUMN : (number + 1) * inference.PER_COLUMN]
            yield place, names[place], inference.counts_of([int(count or 0) for count in own])


def _judged(table: Relation, kept: Sequence[tuple[str, str]], staged: _Staged, plan: Plan) -> list[inference.Judgement]:
    """The type of each column.

    Raises:
        InputRefusedError: most values of a column are of a type, and some are not.
    """
    judged = []
    for place, name, counts in _counted(table, kept, staged, plan):
        judgement = inference.judge(counts, declared=_declared(name, plan, staged))
        if judgement.misfits:
            line, text = _first_misfit(table, place, judgement.type, staged, plan)
            raise InputRefusedError(
                Code.MIXED_TYPES,
                column=csvtext.shown(name),
                type=judgement.type,
                line=line,
                value=csvtext.shown(text),
                count=judgement.misfits,
                total=counts.filled,
                advice=_advice(table, place, staged, plan),
            )
        judged.append(judgement)
    return judged


def _declared(name: str, plan: Plan, staged: _Staged) -> str | None:
    """The type that was said: by the owner, or by a JSON text that is in quotation marks."""
    return (plan.types or {}).get(name) or staged.kinds.get(name) or None


def _first_misfit(table: Relation, place: str, kind: str, staged: _Staged, plan: Plan) -> tuple[int, str]:
    """The line of the first value that is not of a type, and the value."""
    value = inference.filled(place, plan.missing)
    wrong = table.filter(value.isnotnull() & ~inference.fits(staged.spelling.plain(value), kind))
    ((row, text),) = wrong.select(column("rowid"), value).limit(1).fetchall()
    return staged.lines(int(row)), str(text)


def _advice(table: Relation, place: str, staged: _Staged, plan: Plan) -> str:
    """What to do about values that do not fit: all of them may be numbers with a decimal comma."""
    with_comma = Spelling(",") in inference.spelt(table, place, plan.missing)
    return "decimal" if with_comma and "delimiter" in staged.how and plan.decimal is None else "missing"


def _refuse_unknown_drops(names: Sequence[str], plan: Plan) -> None:
    """A misspelt name would leave in the data what its owner wants out.

    Raises:
        InputRefusedError: a column that is to be dropped is not there.
    """
    unknown = next((name for name in plan.drop or () if name not in names), None)
    if unknown is not None:
        near = ", ".join(csvtext.shown(name) for name in names[:_SHOWN])
        raise InputRefusedError(Code.COLUMN_UNKNOWN, column=csvtext.shown(unknown), role="drop", near=near)


def _load_parquet(connection: Connection, path: Path, plan: Plan) -> Loaded:
    try:
        table = connection.read_parquet(str(path))
        names = csvtext.named([str(name) for name in table.columns])
        kinds = [str(kind) for kind in table.types]
        _check_width(names)
        _refuse_unknown_drops(names, plan)
        kept = [i for i, name in enumerate(names) if name not in (plan.drop or ())]
        types = [_parquet_type(names[i], kinds[i], plan) for i in kept]
        chosen = [
            inference.from_typed(table.columns[i], kind, plan.missing).alias(f"c{place}")
            for place, (i, kind) in enumerate(zip(kept, types, strict=True))
        ]
        table.select(*chosen).to_table("typed")
    except duckdb.Error as error:
        if isinstance(error, duckdb.OutOfMemoryException):
            raise
        detail = str(error).splitlines()[0][:_DETAIL]
        raise InputRefusedError(Code.DATA_UNREADABLE, format="Parquet", detail=detail) from error
    (rows,) = figures(connection.table("typed"), [column("rowid").count()])
    if rows == 0:
        raise InputRefusedError(Code.NO_ROWS)
    named = tuple(Named(f"c{place}", names[i], kind) for place, (i, kind) in enumerate(zip(kept, types, strict=True)))
    return Loaded(named, tuple(1.0 for _ in named), {"format": "parquet", "missing": _missing(plan)})


def _check_width(names: Sequence[str]) -> None:
    if len(names) == 1:
        raise InputRefusedError(Code.ONE_COLUMN, column=csvtext.shown(names[0]))
    if len(names) > csvtext.MOST_COLUMNS:
        raise InputRefusedError(Code.TOO_MANY_COLUMNS, count=len(names), limit=csvtext.MOST_COLUMNS)


def _parquet_type(name: str, kind: str, plan: Plan) -> str:
    found = inference.of_engine(kind)
    if found is None:
        raise InputRefusedError(Code.COLUMN_TYPE, column=csvtext.shown(name), type=kind[:_DETAIL])
    declared = (plan.types or {}).get(name)
    return declared if declared is not None and (declared == "text" or found == "integer") else found
