"""P11 in short: on the allowed subset, our encoder and the rfc8785 library give the same bytes."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from surefoot.errors import InputRefusedError
from surefoot.trail.canonical import decimal, encode, is_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5), max_leaves=30
)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_the_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert encode(value) == rfc8785.dumps(value)


def test_keys_beyond_the_surrogates_are_ordered_as_utf_16_has_them() -> None:
    value: dict[str, Any] = {"\U0001f600": 1, "\uffff": [{"\U0001f601": 2, "\ufb33": 3}]}
    assert encode(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        2**53 + 1,
        -(2**53) - 1,
        {1: "a"},
        "\ud800",
        {"a": "\udfff"},
        {"\ud800": 1},
        b"x",
        {1, 2},
        object(),
    ],
)
def test_what_is_outside_the_subset_is_refused(value: Any) -> None:
    with pytest.raises(InputRefusedError):
        encode(value)


def test_deep_nesting_is_refused_before_it_exhausts_the_stack() -> None:
    value: Any = 1
    for _ in range(10_000):
        value = [value]
    with pytest.raises(InputRefusedError):
        encode(value)


SHALLOW = LEAVES | st.lists(LEAVES, max_size=4) | st.dictionaries(TEXT, LEAVES, max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(SHALLOW, max_size=3) | st.dictionaries(TEXT, SHALLOW, max_size=3), st.data())
def test_what_is_taken_for_canonical_at_once_is_what_encoding_gives(value: Any, data: st.DataObject) -> None:
    raw = bytearray(encode(value))
    assert is_canonical(bytes(raw)) == raw.isascii()
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.sampled_from(b' "0123456789+-.eE\\/,:[]{}a'))
    if is_canonical(bytes(raw)):
        assert encode(json.loads(raw)) == raw


def test_every_letter_is_written_alike_by_both_encoders() -> None:
    assert all(is_canonical(encode([chr(code), {chr(code): 1}])) for code in range(0x80))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b"[1.0]",
        b"[1e2]",
        b"[-0]",
        b"[9007199254740993]",
        b"[NaN]",
        b"[1 ]",
        b'["\\/"]',
    ],
)
def test_other_bytes_are_not_taken_for_canonical(raw: bytes) -> None:
    assert not is_canonical(raw)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_reads_back_as_the_same_double(number: float) -> None:
    assert float(decimal(number)) == number


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_has_no_decimal(number: float) -> None:
    with pytest.raises(InputRefusedError):
        decimal(number)
