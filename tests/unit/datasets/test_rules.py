"""What is guessed, what is decided, what is warned of: pure, and the stricter reading where there are two."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.datasets import guesses, rules, signs
from surefoot.datasets.facts import Plan
from surefoot.datasets.guesses import Seen, words_of
from surefoot.datasets.inference import Counts, judge
from surefoot.errors import Code, InputRefusedError


def seen(name: str, *, type_: str = "text", rows: int = 100, **more: Any) -> Seen:
    values = more.pop("values", {})
    return Seen(name, type_, rows, more.pop("missing", 0), more.pop("distinct", len(values) or 5), values)


def column(name: str, *values: str) -> Seen:
    return seen(name, values=dict.fromkeys(values, 20))


@pytest.mark.parametrize("name", ["GioiTinh", "giới_tính", "gioi tinh", "GIỚI-TÍNH", "giớiTính"])
def test_a_name_is_read_in_whatever_way_it_is_written(name: str) -> None:
    assert guesses.guess_protected(seen(name)) == ("sex", 0.9)


def test_names_are_taken_apart_into_words() -> None:
    assert words_of("customerID_2") == ("customer", "id", "2")
    assert words_of("Đường phố") == ("duong", "pho")
    assert words_of("") == ()


@pytest.mark.parametrize(
    ("column_", "kind"),
    [
        (seen("age_years"), "age"),
        (seen("date_of_birth"), "age"),
        (seen("foreign_worker"), "origin"),
        (seen("marital_status"), "family"),
        (column("a", "male", "female"), "sex"),
        (column("b", "Nam", "Nữ"), "sex"),
        (column("c", "m", "f", "x"), "sex"),
        (column("d", "White", "Black", "Other"), "ethnicity"),
        (seen("race"), "ethnicity"),
        (seen("hiv_status"), "health"),
        (column("e", "Catholic", "Muslim", "none"), "religion"),
        (seen("tôn giáo"), "religion"),
    ],
)
def test_what_may_be_protected_is(column_: Seen, kind: str) -> None:
    found = guesses.guess_protected(column_)
    assert found is not None
    assert found[0] == kind


@pytest.mark.parametrize(
    "column_",
    [
        seen("wage"),
        seen("message"),
        seen("trace"),
        seen("telephone"),
        column("a", "yes", "no"),
        column("b", "none", "other"),
        column("c", "m", "l", "xl"),
    ],
)
def test_what_only_sounds_alike_is_not(column_: Seen) -> None:
    assert guesses.guess_protected(column_) is None


@pytest.mark.parametrize(
    "name", ["race", "religion", "health", "trade_union", "political_party", "fingerprint", "icd10"]
)
def test_special_categories_are_told_apart_from_what_is_only_protected(name: str) -> None:
    assert guesses.guess_special(seen(name)) is not None
    assert guesses.guess_special(seen("sex")) is None


def test_a_column_that_was_said_to_be_special_is_protected_as_well() -> None:
    roles = rules.assign(Plan(special=("x",), protected=()), [seen("x"), seen("y")])
    assert (roles.special, roles.protected) == (("x",), ("x",))


def test_none_is_an_answer() -> None:
    columns = [seen("id", distinct=100), column("sex", "male", "female"), column("label", "a", "b")]
    guessed = rules.assign(Plan(), columns)
    assert (guessed.key, guessed.protected, guessed.target) == (("id",), ("sex",), "label")
    said = rules.assign(Plan(key=(), protected=(), target=""), columns)
    assert (said.key, said.protected, said.target) == ((), (), None)


def test_fractions_name_nothing() -> None:
    assert guesses.guess_key([seen("id", type_="number", distinct=100)]) is None
    with pytest.raises(InputRefusedError) as caught:
        rules.assign(Plan(key=("id",)), [seen("id", type_="number", distinct=100), seen("b")])
    assert caught.value.code == Code.SPLIT_VALUE


def test_the_positive_answer_is_the_word_for_yes_else_the_rarer_one() -> None:
    assert guesses.guess_positive(column("t", "no", "Yes")) == "Yes"
    assert guesses.guess_positive(seen("t", values={"up": 80, "down": 20})) == "down"
    assert guesses.guess_positive(column("t", "a", "b", "c")) is None


@pytest.mark.parametrize(
    ("counts", "declared", "expected"),
    [
        (Counts(10, 10, 10, 0, 0, 0, 0), None, ("integer", 0)),
        (Counts(10, 4, 10, 0, 0, 0, 0), None, ("number", 0)),
        (Counts(10, 10, 10, 0, 0, 0, 1), None, ("text", 0)),
        (Counts(10, 0, 0, 10, 0, 0, 0), None, ("boolean", 0)),
        (Counts(10, 0, 0, 0, 10, 10, 0), None, ("date", 0)),
        (Counts(10, 0, 0, 0, 10, 4, 0), None, ("datetime", 0)),
        (Counts(10, 9, 9, 0, 0, 0, 0), None, ("integer", 1)),
        (Counts(10, 3, 6, 0, 0, 0, 0), None, ("number", 4)),
        (Counts(10, 4, 4, 0, 0, 0, 0), None, ("text", 0)),
        (Counts(0, 0, 0, 0, 0, 0, 0), None, ("text", 0)),
        (Counts(10, 9, 9, 0, 0, 0, 0), "text", ("text", 0)),
        (Counts(10, 9, 10, 0, 0, 0, 0), "integer", ("integer", 1)),
    ],
)
def test_the_type_of_a_column_follows_from_its_counts(
    counts: Counts, declared: str | None, expected: tuple[str, int]
) -> None:
    found = judge(counts, declared=declared)
    assert (found.type, found.misfits) == expected
    assert 0.5 <= found.confidence <= 1


def test_more_rows_make_surer() -> None:
    few, many = (judge(Counts(n, n, n, 0, 0, 0, 0)).confidence for n in (3, 3000))
    assert few < 0.9
    assert many > 0.99


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("German Credit (2024)", "German-Credit-2024"),
        ("dữ liệu", "d-li-u"),
        ("a" * 100, "a" * 64),
        (".hidden", "hidden"),
    ],
)
def test_a_dataset_is_named_after_its_file(file: str, name: str) -> None:
    assert rules.name_of(file) == name


@pytest.mark.parametrize("name", ["", "数据", "../x", "a b", "-a", "a" * 65, "a@2"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(InputRefusedError) as caught:
        rules.check_name(name)
    assert caught.value.code == Code.DATASET_NAME


@given(st.dictionaries(st.sampled_from(["name", "target", "owner", "group"]), st.text(min_size=1)))
def test_a_plan_survives_the_record(values: dict[str, Any]) -> None:
    plan = Plan(**values, key=("a", "b"), header=False, types={"a": "text"}, sides={"train": "0.5", "test": "0.5"})
    assert rules.plan_from(rules.said(plan)) == plan
    assert rules.continued(Plan(), rules.said(plan)) == plan
    assert rules.continued(Plan(owner="new"), rules.said(plan)).owner == "new"


@pytest.mark.parametrize(
    ("kind", "value", "valid"),
    [
        ("iban", "DE89 3704 0044 0532 0130 00", True),
        ("iban", "DE88 3704 0044 0532 0130 00", False),
        ("card", "4111-1111-1111-1111", True),
        ("card", "4111 1111 1111 1112", False),
    ],
)
def test_check_digits_tell_numbers_apart(kind: str, value: str, *, valid: bool) -> None:
    assert signs.is_valid(kind, value) is valid
