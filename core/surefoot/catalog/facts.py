"""What the catalog is told: reducers by the rooms, events by the trail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from surefoot.trail.facts import Page


@dataclass(frozen=True, slots=True)
class Reducer:
    """How the events of one noun become rows: SQL over a staged batch, run in one transaction.

    The batch is the temporary table `staged(leaf, feed, seq, hlc, at, actor, role, mean, type, subject,
    subject_sha256, subjects, cause, body, is_self)` of the events that are new, of every type: each statement picks
    its own by `type`. Write `s.at`, never a bare `at`, which DuckDB reads as a keyword. `body` and `subjects` are
    JSON; `s.body->>'$.name'` is a field's text, NULL where the detail is missing.

    **Events come in any order** and in batches cut anywhere, each once. So a statement must be order-free. Two
    patterns are:

    1. A table with a row an event, filled by a plain `INSERT … SELECT … FROM staged s WHERE s.type = …`; what is
       current is picked by a view (`QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc DESC, feed DESC, seq
       DESC) = 1`). Prefer this one; a view may join several such tables.
    2. A table with a row a thing, which keeps the `(hlc, feed, seq)` of the event that set it; a smaller one never
       overwrites. One table must not be set by two types of events that know different columns: the smaller one's
       columns would be lost. `INSERT … SELECT … QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc DESC, feed
       DESC, seq DESC) = 1 ON CONFLICT (run) DO UPDATE SET … WHERE (excluded.hlc, excluded.feed, excluded.seq) >
       (t.hlc, t.feed, t.seq)`.

    3. Where a view is asked often: a table that keeps what the view says of the things in the batch. `DELETE FROM kept
       WHERE run IN (SELECT subject FROM staged)`, then `INSERT INTO kept SELECT * FROM the_view WHERE run IN (…)`, as
       the last two statements. Such a table has no PRIMARY KEY: the engine checks keys too eagerly within one
       transaction.

    An odd detail must not stop the whole catalog: use `try_cast`, and let what does not fit become NULL. NaN is greater
    than every number here, so map it to NULL where it is to be filtered.

    `assert_order_free` in tests/fakes/catalog.py runs any reducer through shuffled and cut histories.

    Attributes:
        name: unique among the reducers of a catalog.
        version: raised when its meaning changes (a changed statement is noticed by itself).
        types: the events it reads; it is not run on a batch without any. Empty: every type.
        tables: statements that make its tables and views.
        apply: statements that bring a batch into them.
    """

    name: str
    version: int
    types: tuple[str, ...]
    tables: tuple[str, ...]
    apply: tuple[str, ...]


class EventSource(Protocol):
    """What the catalog follows: a trail, or a fake of one."""

    @property
    def ws(self) -> str:
        """The workspace whose record this is."""
        ...

    def pages(self, *, after: Mapping[str, int] | None = None) -> Iterator[Page]:
        """Verified lines, each feed in order; `after` says how many lines of a feed are known already."""
        ...

    def sizes(self) -> dict[str, int]:
        """How many lines each feed has; cheap."""
        ...


@dataclass(frozen=True, slots=True)
class Applied:
    """How far a feed has been brought into the catalog.

    Attributes:
        size: number of its lines.
        leaf: leaf of the last of them; it fixes all before, because each line holds the leaf of the one before.
    """

    size: int
    leaf: str
