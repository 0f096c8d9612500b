"""The side of a row follows from formats.md §3 alone, whoever computes it."""

import datetime as dt
import hashlib
import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surefoot.datasets.engine import canonical, canonical_list, engine, side
from surefoot.datasets.splitting import bounds, number_of, side_of
from surefoot.errors import Code, InputRefusedError
from surefoot.trail.canonical import encode

HALF = {"train": "0.5", "test": "0.5"}

# Made with openssl, not with this code: printf 'credit\0"A0001"' | openssl dgst -sha256, and so on.
VECTORS = [
    ("credit", "A0001", "dbbc8a64e45ddad0"),
    ("credit", 5, "417e70dfc9dc1df5"),
    ("credit", ["A0001", 5], "47da23d04b29ef10"),
    ("mượn", 'Nguyễn "A"\n', "824bb2ba7c9bdf43"),
    ("credit", None, "a8a74df922f31b13"),
]


@pytest.mark.parametrize(("salt", "value", "first"), VECTORS)
def test_the_number_of_a_row_is_the_head_of_the_salted_hash(salt: str, value: Any, first: str) -> None:
    assert f"{number_of(salt, value):016x}" == first
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(salt.encode() + b"\x00" + text.encode()).hexdigest()[:16] == first


def test_the_sides_stand_in_one_order_whatever_order_they_are_named_in() -> None:
    assert bounds({"test": "0.3", "train": "0.7"}) == bounds({"train": "0.7", "test": "0.3"})
    assert [name for name, _ in bounds({"test": "0.2", "validation": "0.1", "train": "0.7"})] == [
        "train",
        "validation",
        "test",
    ]


def test_a_bound_is_the_share_of_two_to_the_sixty_fourth_rounded_up() -> None:
    assert bounds({"train": "0.7", "test": "0.3"})[0][1] == -(-7 * 2**64 // 10)
    assert bounds(HALF) == (("train", 2**63), ("test", 2**64))


@given(st.integers(0, 2**64 - 1), st.integers(1, 999_999))
def test_comparing_with_a_bound_is_comparing_with_the_share(number: int, millionths: int) -> None:
    share = Decimal(millionths) / 1_000_000
    edges = bounds({"train": str(share), "test": str(1 - share)})
    assert (number < edges[0][1]) == (Fraction(number, 2**64) < Fraction(share))


@pytest.mark.parametrize(
    "sides",
    [
        {"train": "0.7"},
        {"train": "0.7", "test": "0.4"},
        {"train": "1", "test": "0"},
        {"train": "0.7", "test": "0.3", "rest": "0"},
        {"train": "x", "test": "0.3"},
        {"train": "NaN", "test": "0.3"},
        {"train": "-0.5", "test": "1.5"},
        {"train": "0.69999999", "test": "0.30000001"},
        {"train": "Infinity", "test": "0.3"},
    ],
)
def test_shares_that_are_none_are_refused(sides: dict[str, str]) -> None:
    with pytest.raises(InputRefusedError) as caught:
        bounds(sides)
    assert caught.value.code == Code.SPLIT_VALUE


def test_shares_come_out_as_they_were_asked_for() -> None:
    edges = bounds({"train": "0.6", "validation": "0.1", "test": "0.3"})
    counts = Counter(side_of("s", f"row {i}", edges) for i in range(20_000))
    assert abs(counts["train"] - 12_000) < 350
    assert abs(counts["validation"] - 2_000) < 200


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
ROWS = st.tuples(
    st.none() | TEXTS,
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.none() | st.dates(dt.date(1, 1, 1)),
    st.none() | st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)),  # noqa: DTZ001 - all times are UTC
    st.none() | st.booleans(),
)
TYPES = ("text", "integer", "number", "date", "datetime", "boolean")


def plain(value: Any) -> Any:
    """A value as formats.md's canonical JSON can hold it."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 else str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, min_size=1, max_size=40), salt=TEXTS.filter(lambda text: "\0" not in text))
def test_the_engine_computes_the_same_sides_as_the_rule(
    rows: list[tuple[Any, ...]], salt: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    edges = bounds({"train": "0.4", "validation": "0.2", "test": "0.4"})
    with engine(tmp_path_factory.mktemp("engine"), [], memory_bytes=2**32) as connection:
        connection.execute(
            "CREATE TABLE t (c0 VARCHAR, c1 BIGINT, c2 DOUBLE, c3 DATE, c4 TIMESTAMP, c5 BOOLEAN)"
        ).fetchall()
        appender = connection.appender("t")
        appender.append_rows(rows)
        appender.flush()
        json_ = [canonical(f"c{i}", kind) for i, kind in enumerate(TYPES)]
        whole = canonical_list(json_)
        answers = connection.table("t").select(
            *(one.alias(f"j{i}") for i, one in enumerate(json_)),
            whole.alias("whole"),
            side(salt, whole, edges).alias("all"),
            side(salt, json_[0], edges).alias("one"),
        )
        for row, (*single, list_, of_all, of_one) in zip(rows, answers.fetchall(), strict=True):
            values = [plain(value) for value in row]
            assert [text.encode() for text in single] == [encode(value) for value in values]
            assert list_.encode() == encode(values)
            assert of_all == side_of(salt, values, edges)
            assert of_one == side_of(salt, values[0], edges)


FORBIDDEN = (
    "SELECT * FROM read_csv('OUTSIDE/outside.csv')",
    "SELECT * FROM read_csv('HERE/../outside.csv')",
    "SELECT * FROM read_csv('HERE/link.csv')",
    "SELECT * FROM read_text('OUTSIDE/*')",
    "COPY (SELECT 1) TO 'OUTSIDE/new.parquet'",
    "ATTACH 'OUTSIDE/other.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
)


def test_the_engine_reads_and_writes_only_where_it_may(tmp_path: Path) -> None:
    scratch, outside = tmp_path / "scratch", tmp_path / "outside.csv"
    scratch.mkdir()
    outside.write_text("a,b\n1,2\n")
    (scratch / "link.csv").symlink_to(outside)
    with engine(scratch, [], memory_bytes=2**32) as connection:
        for statement in FORBIDDEN:
            asked = statement.replace("HERE", str(scratch)).replace("OUTSIDE", str(tmp_path))
            with pytest.raises(Exception, match=r"(?i)permission|not allowed|locked|disabled|cannot|extension"):
                connection.execute(asked).fetchall()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["outside.csv", "scratch"]
