"""The catalog's view of datasets does not depend on the order in which events come."""

from dataclasses import replace
from typing import Any

import pytest

from surefoot.datasets import REDUCERS
from surefoot.errors import Code, InputRefusedError
from surefoot.trail.facts import Event
from tests.fakes.catalog import assert_order_free, event
from tests.fakes.datasets import Desk

GOOD = "id,points,answer\n" + "".join(f"r{i},{i % 7},{'yes' if i % 3 else 'no'}\n" for i in range(60))


def registered(dataset: str, *, feed: str = "a", seq: int = 0, hlc: int = 0, **body: Any) -> Event:
    details = {"name": "t", "number": 1, "manifest": "m", "rows": 3, "kind": "table", "storage": "stored", **body}
    return event("asset.registered", dataset, feed=feed, seq=seq, hlc=hlc, body=details)


def test_the_tables_are_the_same_in_any_order() -> None:
    events = [
        registered("ds_a", seq=0, owner="one"),
        registered("ds_a", seq=1, owner="two"),
        registered("ds_a", feed="b", seq=0, hlc=1_767_225_600_000_001, owner="three"),
        registered("ds_b", feed="b", seq=1, name="u"),
        event("asset.registered", "ds_c", seq=2, body=None),
        event("asset.registered", "ds_d", seq=3, body={"name": "no manifest"}),
    ]
    for reducer in REDUCERS:
        assert_order_free(reducer, events)


def test_a_start_of_a_hash_that_fits_two_versions_is_refused(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = at.table(GOOD).version
    twins = [replace(first, version=f"abcd{digit * 60}", number=number) for number, digit in enumerate("01", start=1)]
    monkeypatch.setattr("surefoot.datasets.tables.versions_of", lambda *_: twins)
    with pytest.raises(InputRefusedError) as caught:
        at.datasets.show("table@abcd")
    assert caught.value.code == Code.DATASET_AMBIGUOUS
    assert at.datasets.show("table@abcd1") == twins[1]
    assert at.datasets.show("table@2") == twins[1]
