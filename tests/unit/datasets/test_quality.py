"""What should make an owner look twice is said, with figures, and no single person's value is kept."""

import json

import pytest

from surefoot.texts import LANGUAGES, Words
from tests.fakes.datasets import Desk, warnings_of


def table(**columns: list[str]) -> str:
    names = ["id", *columns]
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(names), *(f"r{i}," + ",".join(row) for i, row in enumerate(rows))]) + "\n"


def spread(*values: str, rows: int = 200) -> list[str]:
    return [values[i % len(values)] for i in range(rows)]


def test_every_doubt_is_said_with_its_figures(at: Desk) -> None:
    text = table(
        sex=spread(*["male"] * 15, "female", rows=200),
        gone=[("" if i % 2 else str(i % 9)) for i in range(200)],
        same=spread("x"),
        padded=spread(" a", "b"),
        price=spread('"1,5"', '"2,75"'),
        day=spread("31/12/2024", "1/2/2024"),
        region=spread("NA", "EU"),
        mail=spread("a@example.org", "none"),
        account=spread("DE89370400440532013000", "DE88370400440532013000"),
        label=spread(*["no"] * 19, "yes"),
    )
    version = at.table(text, target="label").version
    found = warnings_of(version)
    assert found["much-missing"] == {"column": "gone", "share": "0.50", "count": 100}
    assert found["constant"] == {"column": "same"}
    assert found["spaces"] == {"column": "padded", "count": 100}
    assert found["decimal-comma-either"] == {"column": "price", "count": 200}
    option = "--date-format dd/mm/yyyy"
    assert found["odd-dates-sure"] == {"column": "day", "count": 200, "options": option}
    assert found["looks-missing"] == {"column": "region", "value": "NA", "count": 100}
    assert found["imbalance"] == {"column": "label", "share": "0.05"}
    assert found["small-groups"] == {"column": "sex", "count": 1, "least": 30}
    assert found["rows-on-both-sides"]["count"] > 0
    personal = [one["values"] for one in _all(at, str(version.profile)) if one["key"] == "personal-data"]
    assert personal == [
        {"column": "mail", "kind": "e-mail", "count": 100},
        {"column": "account", "kind": "iban", "count": 100},
    ]


def _all(at: Desk, profile: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(at.objects.read(profile))["warnings"]
    return found


def test_a_text_that_differs_in_nearly_every_row_is_told(at: Desk) -> None:
    text = table(
        note=[f"note {i % 101}" for i in range(200)],
        often=[f"note {i % 100}" for i in range(200)],
        points=[str(i) for i in range(200)],
        label=spread("a", "b"),
    )
    found = [one["values"] for one in _all(at, str(at.table(text).version.profile)) if one["key"] == "own-values"]
    assert found == [{"column": "note", "count": 101, "rows": 200}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_doubt_has_words(language: str, at: Desk) -> None:
    version = at.table(table(sex=spread("male", "female"), same=spread("x"), label=spread("a", "b"))).version
    for key, values in warnings_of(version).items():
        assert "{" not in Words(language)(f"say.dataset.warning.{key}", **values)


def test_a_profile_names_no_person_and_no_rare_value(at: Desk) -> None:
    text = table(
        illness=[*spread("flu", "cold", rows=198), "ebola", "plague"],
        patient=[f"Nguyen {i}" for i in range(200)],
        label=spread("a", "b"),
    )
    version = at.table(text, subject="patient").version
    data = at.objects.read(str(version.profile)).decode()
    assert "flu" in data
    assert not any(word in data for word in ("ebola", "plague", "Nguyen", "r17"))
    column = next(one for one in json.loads(data)["columns"] if one["name"] == "illness")
    assert (column["values"], column["rare"]) == ({"cold": 99, "flu": 99}, 2)
    assert version.special == ("illness",)


def test_a_person_on_both_sides_is_told(at: Desk) -> None:
    text = table(customer_id=[f"c{i % 40}" for i in range(200)], label=spread("a", "b"))
    version = at.table(text, split_by="key", key="id").version
    found = warnings_of(version)["same-on-both-sides"]
    assert (found["column"], found["role"]) == ("customer_id", "group")
    assert 20 < found["count"] <= 40
