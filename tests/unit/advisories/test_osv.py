"""Which versions a record is about, by the algorithm of the OSV schema."""

from typing import Any

import msgspec
import pytest

from surefoot.advisories import osv
from surefoot.advisories.facts import Known
from tests.fakes.osv import GHSA, PYSEC, record


def known(raw: dict[str, Any], package: str = "sure-table") -> Known:
    return osv.known_of(msgspec.convert(raw, osv.Record))[package]


@pytest.mark.parametrize(
    ("version", "is_affected"),
    [
        ("0.1", True),
        ("1.4.1", True),
        ("1.4.2rc1", True),
        ("1.4.2", False),
        ("1.9", False),
        ("2.0.0", True),
        ("2.0.5.post1", True),
        ("2.1", False),
        ("2.1.0", False),
        ("3", False),
    ],
)
def test_a_range_begins_and_ends_as_its_events_say(version: str, *, is_affected: bool) -> None:
    assert osv.affects(known(GHSA), version) is is_affected


def test_the_last_affected_version_is_affected_and_the_next_is_not() -> None:
    one = known(record("X-1", "p", {"introduced": "1.0"}, {"last_affected": "1.0"}), "p")
    assert [osv.affects(one, version) for version in ("0.9", "1.0", "1.0.1", "2")] == [False, True, False, False]


def test_events_are_put_in_order_and_a_version_mended_and_broken_again_is_broken() -> None:
    one = known(record("X-1", "p", {"fixed": "2"}, {"introduced": "3"}, {"introduced": "0"}, {"fixed": "3"}), "p")
    assert [osv.affects(one, version) for version in ("1", "2", "3", "4")] == [True, False, True, True]


def test_a_limit_ends_a_range_without_mending() -> None:
    one = known(record("X-1", "p", {"introduced": "0"}, {"limit": "2"}), "p")
    assert [osv.affects(one, version) for version in ("1.9", "2", "3")] == [True, False, False]


def test_a_version_that_is_listed_is_affected_however_it_is_spelt() -> None:
    one = known(record("X-1", "p", versions=["1.0.0", "weird-build"]), "p")
    said = [osv.affects(one, version) for version in ("1.0", "1.0.0", "weird-build", "1.0.1")]
    assert said == [True, True, True, False]


def test_what_cannot_be_put_in_order_counts_as_affected_unless_versions_are_listed() -> None:
    odd = ({"introduced": "0"}, {"fixed": "r2-final"})
    assert osv.affects(known(record("X-1", "p", *odd), "p"), "1.0")
    assert not osv.affects(known(record("X-1", "p", *odd, versions=["0.9"]), "p"), "1.0")
    assert osv.affects(known(record("X-1", "p"), "p"), "1.0"), "a record that names no version names them all"


def test_other_ecosystems_and_withdrawn_records_say_nothing() -> None:
    assert set(osv.known_of(msgspec.convert(GHSA, osv.Record))) == {"sure-table"}
    assert osv.known_of(msgspec.convert({**GHSA, "withdrawn": "2026-05-05T00:00:00Z"}, osv.Record)) == {}


def test_a_range_of_commits_is_left_to_the_other_ranges() -> None:
    assert [osv.affects(known(PYSEC), version) for version in ("1.2", "1.4.2")] == [True, False]


def test_the_fixed_version_is_the_next_one_above() -> None:
    one = known(GHSA)
    assert [osv.fixed_in(one, version) for version in ("1.0", "2.0.1", "9")] == ["1.4.2", "2.1", ""]


def test_severity_is_the_databases_word_else_the_vector_else_nothing() -> None:
    assert known(GHSA).severity == "high"
    assert known({**GHSA, "database_specific": {}}).severity.startswith("CVSS:3.1/AV:N")
    assert known(PYSEC).severity == ""


def test_records_that_name_each_other_or_a_third_are_one_vulnerability() -> None:
    first, second, third, other = (
        Known("A", ("CVE-1",)),
        Known("B", ("CVE-2",)),
        Known("C", ("CVE-1", "CVE-2")),
        Known("D"),
    )
    groups = osv.merged([first, second, other, third])
    assert sorted(sorted(one.id for one in group) for group in groups) == [["A", "B", "C"], ["D"]]
