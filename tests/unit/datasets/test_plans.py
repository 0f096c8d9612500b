"""A plan says what can be said, in a file or in options, and is refused where it says anything else."""

from pathlib import Path
from typing import Any

import pytest

from surefoot import resources
from surefoot.datasets import Plan, plans
from surefoot.errors import Code, IncompleteError, InputRefusedError

WHOLE = """
[dataset]
name = "credit"
target = "risk"
positive = 1
key = "id"
protected = ["sex", "age"]
storage = "referenced"

[read]
header = true
missing = ["-99"]
types = { id = "text" }
units = { amount = "EUR" }

[permission]
owner = "Credit desk"
legal_basis = "contract"
expiry = 2030-12-31

[split]
by = "key"
train = 0.7
test = "0.3"
"""


def test_a_plan_file_says_all_there_is_to_say(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(WHOLE)
    assert plans.load(path) == Plan(
        name="credit",
        target="risk",
        positive="1",
        key=("id",),
        protected=("sex", "age"),
        storage="referenced",
        header=True,
        missing=("-99",),
        types={"id": "text"},
        units={"amount": "EUR"},
        owner="Credit desk",
        legal_basis="contract",
        expiry="2030-12-31",
        split_by="key",
        sides={"train": "0.7", "test": "0.3"},
    )


def test_the_samples_plan_is_one() -> None:
    plan = plans.load(resources.path("samples", "german-credit", "plan.toml"))
    assert (plan.name, plan.target, plan.split_by) == ("german-credit", "credit_risk", "key")


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("[dataset]\ntarge = 'x'", Code.PLAN_KEY, "dataset.targe"),
        ("[data]\ntarget = 'x'", Code.PLAN_KEY, "data"),
        ("target = 'x'", Code.PLAN_KEY, "target"),
        ("[dataset\n", Code.PLAN_UNREADABLE, None),
        ("[dataset]\ntarget = 5", Code.PLAN_VALUE, "target"),
        ("[dataset]\nkey = [1]", Code.PLAN_VALUE, "key"),
        ("[read]\nheader = 'no'", Code.PLAN_VALUE, "header"),
        ("[read]\ntypes = { a = 'float' }", Code.PLAN_VALUE, "types.a"),
        ("[read]\ntypes = 'text'", Code.PLAN_VALUE, "types"),
        ("[permission]\nlegal_basis = 'whim'", Code.PLAN_VALUE, "legal_basis"),
        ("[permission]\nexpiry = 'soon'", Code.PLAN_VALUE, "expiry"),
        ("[permission]\nexpiry = 2030-12-31T10:00:00", Code.PLAN_VALUE, "expiry"),
        ("[dataset]\nstorage = 'cloud'", Code.PLAN_VALUE, "storage"),
        ("[dataset]\nname = 'a b'", Code.DATASET_NAME, None),
        ("[split]\ntrain = 0.7", Code.SPLIT_VALUE, None),
        ("[split]\nby = 'luck'", Code.PLAN_VALUE, "split.by"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(text: str, code: Code, value: str | None, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises(InputRefusedError) as caught:
        plans.load(path)
    assert caught.value.code == code
    assert value is None or caught.value.values["key"] == value


@pytest.mark.parametrize("content", [b"\xff\xfe", b"#" * 300_000, b"a=" + b"[" * 5000])
def test_a_file_that_is_no_plan_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(content)
    with pytest.raises(InputRefusedError) as caught:
        plans.load(path)
    assert caught.value.code == Code.PLAN_UNREADABLE


def test_a_plan_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IncompleteError) as caught:
        plans.load(tmp_path / "none.toml")
    assert caught.value.code == Code.FILE_MISSING


def test_options_are_a_plan_too() -> None:
    said: dict[str, Any] = {
        "target": "y",
        "key": "id",
        "protected": [],
        "sides": plans.share_out("0.25"),
        "group": None,
    }
    plan = plans.plan(said)
    assert (plan.key, plan.protected, plan.sides) == (("id",), (), {"train": "0.75", "test": "0.25"})
    with pytest.raises(InputRefusedError) as caught:
        plans.share_out("a third")
    assert caught.value.code == Code.SPLIT_VALUE
