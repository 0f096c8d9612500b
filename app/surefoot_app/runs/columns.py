"""The columns of the table: what each says of a run, in words and figures."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from surefoot.runs.facts import Run
from surefoot.texts import Words
from surefoot_app.bridge.formatting import ago, duration, number
from surefoot_app.runs.choice import Choice
from surefoot_app.theme import Tone
from surefoot_app.widgets.table import Align, Column
from surefoot_app.widgets.text import capital

TONES: Mapping[str, Tone] = {
    "finished": "ok",
    "failed": "bad",
    "lost": "bad",
    "interrupted": "warn",
    "preempted": "warn",
    "running": "info",
}
NOTHING = "–"
_DIGITS, _SMALL, _LARGE = 4, 1e-3, 1e7
Span = tuple[float, float]


@dataclass(slots=True)
class Row:
    """A run in the table.

    Attributes:
        run: as recorded. live: newest values of one that is going on. texts: what its cells say, once they were asked.
    """

    run: Run
    live: Mapping[str, float] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)


def state_word(run: Run, words: Words) -> str:
    """A run's state, as a word that begins a line."""
    return capital(words.term("run-state", run.state))


def value_of(row: Row, metric: str) -> float | None:
    """The newest value of a metric; None where there is none that is a number."""
    if metric in row.live:
        return row.live[metric]
    return as_number(row.run.metrics.get(metric, {}).get("last"))


def as_number(recorded: object) -> float | None:
    """A recorded figure as a number; None where it is none, or not finite."""
    try:
        value = float(str(recorded))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def figure(value: float | None, words: Words) -> str:
    """A figure in a column: four places, and powers of ten where these would hide it."""
    if value is None:
        return NOTHING
    if value and not _SMALL <= abs(value) < _LARGE:
        return words.decimal(f"{value:.3e}")
    return number(float(value), words, digits=_DIGITS)


@dataclass(frozen=True, slots=True)
class Ways:
    """What columns are made with.

    Attributes:
        words: the language. choice: who is pinned. spans: least and greatest value of a metric, for its bar.
        marks: the sign beside a header, by the column's id.
    """

    words: Words
    choice: Choice
    spans: Mapping[str, Span] = field(default_factory=dict)
    marks: Callable[[str], str] = lambda _column: ""


def told(value: object, words: Words) -> str:
    """A setting as people read it: a number as the language writes it, a text as it is."""
    return str(value) if as_number(value) is None else words.decimal(str(value))


def title(column: str, words: Words) -> str:
    """What a column is called; metrics and parameters by the user's own names."""
    family, _, name = column.partition(".")
    return name or words(f"app.runs.column_{family}")


def columns(ids: Sequence[str], ways: Ways) -> tuple[Column[Row], ...]:
    """The columns of the table, from the ids of those that can be chosen; pin, name and state always stand first."""
    words = ways.words

    def head(name: str) -> str:
        return title(name, words) + ways.marks(name)

    first = (
        Column[Row]("", _name, look="dot", dot=lambda row: ways.choice.series(row.run.run), width=44),
        Column[Row](head("name"), _name, width=160),
        Column[Row](
            head("state"), lambda row: state_word(row.run, words), look="pill",
            tone=lambda row: TONES.get(row.run.state, "neutral"), width=112,
        ),
    )  # fmt: skip
    strong = next((name for name in ids if name.startswith("metric.")), "")
    return (*first, *(_one(name, head(name), ways, is_strong=name == strong) for name in ids))


def _name(row: Row) -> str:
    return row.run.name


def _one(column: str, head: str, ways: Ways, *, is_strong: bool) -> Column[Row]:
    family, _, name = column.partition(".")
    if name:
        return _named(family, name, head, ways, is_strong=is_strong)
    words = ways.words
    fixed = {
        "verdict": Column[Row](head, lambda row: _verdict(row.run, words), look="pill", tone=_meets, width=128),
        "seconds": Column[Row](head, lambda row: _seconds(row.run, words), Align.RIGHT, width=92),
        "seed": Column[Row](head, lambda row: str(row.run.seed), Align.RIGHT, width=104),
        "commit": Column[Row](head, lambda row: (row.run.commit or NOTHING)[:8], look="mono", width=104),
        "started": Column[Row](head, lambda row: _since(row.run, words), look="quiet", width=104),
        "executor": Column[Row](head, lambda row: row.run.executor or NOTHING, look="quiet", width=96),
    }
    return fixed[column]


def _named(family: str, name: str, head: str, ways: Ways, *, is_strong: bool) -> Column[Row]:
    words = ways.words
    if family == "param":
        return Column[Row](head, lambda row: told(row.run.parameters.get(name, NOTHING), words), Align.RIGHT, width=104)

    def text(row: Row) -> str:
        return figure(value_of(row, name), words)

    if not is_strong:
        return Column[Row](head, text, Align.RIGHT, width=92)
    low, high = ways.spans.get(name, (0.0, 1.0))

    def share(row: Row) -> float:
        value = value_of(row, name)
        return 0.0 if value is None or high <= low else (value - low) / (high - low)

    return Column[Row](head, text, Align.RIGHT, look="bar", share=share, width=132)


def _verdict(run: Run, words: Words) -> str:
    if run.meets is None:
        return words("app.runs.no_verdict")
    return words("app.runs.meets" if run.meets else "app.runs.misses")


def _meets(row: Row) -> Tone:
    return "neutral" if row.run.meets is None else "ok" if row.run.meets else "bad"


def _seconds(run: Run, words: Words) -> str:
    seconds = as_number(run.seconds)
    return NOTHING if seconds is None else duration(seconds, words)


def _since(run: Run, words: Words) -> str:
    return ago(run.started_at or run.requested_at, words)
