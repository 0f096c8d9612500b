"""A policy file says what it says and nothing else; asking for less is always seen."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot import resources
from surefoot.checks import Asked, Limit
from surefoot.errors import Code, InputRefusedError
from surefoot.releases.facts import AdoptedPolicy, Loosening, Policy, Requirement
from surefoot.releases.policies import as_body, asked, loosened, parse


def read(text: str) -> Policy:
    return parse(text.encode(), path="policies/p.toml")


HEAD = '[policy]\nname = "p"\n'


def test_the_shipped_policy_works_unedited() -> None:
    policy = parse(resources.path("templates", "policies", "baseline.toml").read_bytes(), path="baseline.toml")
    assert [one.check for one in policy.requirements] == ["accuracy", "parity"]
    assert (policy.count, policy.roles, policy.waiver_days) == (1, ("owner",), 0)


def test_a_full_policy_is_read_with_decimals() -> None:
    policy = read(
        HEAD
        + '[require.accuracy]\nat_least = 0.7\ndecide_on = "interval"\n[require.gap]\nat_most = 5\n'
        + '[approvals]\ncount = 2\nroles = ["owner", "approver"]\n[waivers]\nmax_days = 30\n'
    )
    assert policy.requirements == (
        Requirement("accuracy", at_least=Decimal("0.7"), on_interval=True),
        Requirement("gap", at_most=Decimal(5)),
    )
    assert as_body(policy)["require"]["accuracy"] == {"at_least": "0.7", "at_most": None, "decide_on": "interval"}
    assert (policy.count, policy.roles, policy.waiver_days) == (2, ("approver", "owner"), 30)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.POLICY_VALUE),
        (HEAD, Code.POLICY_VALUE),
        (HEAD + "[require]\n", Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\nat_leest = 0.7\n", Code.POLICY_KEY),
        (HEAD + "[require.accuracy]\nwaived = true\n", Code.POLICY_KEY),
        (HEAD + '[require.accuracy]\n[waive.accuracy]\nreason = "no time"\n', Code.POLICY_KEY),
        (HEAD + "[require.accuracy]\n[waivers]\nmax_dayz = 1\n", Code.POLICY_KEY),
        (HEAD + "[require.accuracy]\n[waivers]\nmax_days = 366\n", Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\n[waivers]\nmax_days = -1\n", Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\n[waivers]\nmax_days = true\n", Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\nat_least = 1\nat_most = 2\n", Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\nat_least = nan\n", Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\nat_least = inf\n", Code.POLICY_VALUE),
        (HEAD + '[require.accuracy]\nat_least = "0.7"\n', Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\nat_least = true\n", Code.POLICY_VALUE),
        (HEAD + '[require.accuracy]\ndecide_on = "hope"\n', Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\ndecide_on = [1]\n", Code.POLICY_VALUE),
        (HEAD + "require = 3\n", Code.POLICY_KEY),
        ("require = 3\n" + HEAD, Code.POLICY_VALUE),
        (HEAD + "[require]\naccuracy = 3\n", Code.POLICY_VALUE),
        (HEAD + '[require."../x"]\n', Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\n[approvals]\ncount = 0\n", Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\n[approvals]\ncount = 1.5\n", Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\n[approvals]\nroles = []\n", Code.POLICY_VALUE),
        (HEAD + '[require.accuracy]\n[approvals]\nroles = ["machine"]\n', Code.POLICY_VALUE),
        (HEAD + "[require.accuracy]\n[approvals]\nroles = [[1]]\n", Code.POLICY_VALUE),
        ('[policy]\nname = ""\n[require.accuracy]\n', Code.POLICY_VALUE),
        ("[policy]\nname = 7\n[require.accuracy]\n", Code.POLICY_VALUE),
        ('[policy]\nname = "a\\nb"\n[require.accuracy]\n', Code.POLICY_VALUE),
        ("policy = 1\n", Code.POLICY_VALUE),
        ("[policy\n", Code.POLICY_UNREADABLE),
        ("x = " + "[" * 5000 + "]" * 5000, Code.POLICY_UNREADABLE),
        ("# " + "x" * 70000, Code.POLICY_UNREADABLE),
    ],
)
def test_a_policy_that_cannot_be_judged_by_is_refused(text: str, code: Code) -> None:
    with pytest.raises(InputRefusedError) as caught:
        read(text)
    assert caught.value.code is code


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InputRefusedError) as caught:
        parse(b"\xff\xfe", path="p")
    assert caught.value.code is Code.POLICY_UNREADABLE


def test_a_number_with_a_huge_exponent_is_refused_or_kept_exact_and_never_rounded() -> None:
    policy = read(HEAD + "[require.accuracy]\nat_least = 1e-400\n")
    assert policy.requirements[0].at_least == Decimal("1e-400")


OLD = (
    HEAD
    + '[require.accuracy]\nat_least = 0.7\ndecide_on = "interval"\n[require.gap]\nat_most = 5\n'
    + '[approvals]\ncount = 2\nroles = ["owner"]\n[waivers]\nmax_days = 3\n'
)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("at_least = 0.7", "at_least = 0.69", "require.accuracy.at_least"),
        ("at_least = 0.7\n", "", "require.accuracy.at_least"),
        ("at_most = 5", "at_most = 6", "require.gap.at_most"),
        ("[require.gap]\nat_most = 5\n", "", "require.gap"),
        ('decide_on = "interval"', 'decide_on = "figure"', "require.accuracy.decide_on"),
        ("count = 2", "count = 1", "approvals.count"),
        ('roles = ["owner"]', 'roles = ["owner", "reviewer"]', "approvals.roles"),
        ("max_days = 3", "max_days = 4", "waivers.max_days"),
    ],
)
def test_every_way_of_asking_less_is_named(old: str, new: str, key: str) -> None:
    assert old in OLD
    before, after = read(OLD), read(OLD.replace(old, new))
    assert [one.key for one in loosened(before, after)] == [key]
    assert loosened(after, before) == ()


def test_asking_for_more_is_no_loosening() -> None:
    before = read(HEAD + "[require.accuracy]\n")
    assert [one.key for one in loosened(before, read(OLD))] == ["waivers.max_days"]


REFUSALS = {Code.POLICY_KEY, Code.POLICY_UNREADABLE, Code.POLICY_VALUE}


def code_of(data: bytes) -> Code | None:
    try:
        parse(data, path="p")
    except InputRefusedError as error:
        return error.code
    return None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_policy_or_a_refusal(data: bytes) -> None:
    assert code_of(data) in {None, *REFUSALS}


CHOSEN = (
    HEAD + '[require.fairness]\nat_most = 0.05\nwith = { definition = "x", groups = ["sex"], seed = 3, share = 0.7 }\n'
)


def test_what_a_policy_chooses_of_a_check_is_read_recorded_and_handed_on() -> None:
    policy = read(CHOSEN)
    chosen: dict[str, Any] = {"definition": "x", "groups": ["sex"], "seed": 3, "share": "0.7"}
    assert policy.requirements[0].settings == chosen
    assert as_body(policy)["require"]["fairness"]["with"] == chosen
    in_force = AdoptedPolicy("pol_x", "l", "s", 1, policy, "", "")
    assert asked(in_force) == {"fairness": Asked((Limit("at_most", "0.05", "policy"),), chosen)}
    assert asked(None) == {}


def test_a_changed_choice_is_said_openly_whichever_way_it_goes() -> None:
    old, new = read(CHOSEN), read(CHOSEN.replace('["sex"]', '["age"]').replace(", seed = 3", ""))
    assert loosened(old, new) == (
        Loosening("require.fairness.with.groups", "sex", "age"),
        Loosening("require.fairness.with.seed", "3", "-"),
    )


@pytest.mark.parametrize(
    "value", ["true", "nan", "{ a = 1 }", "[1]", "1979-05-27", f'"{"x" * 300}"', "9007199254740993"]
)
def test_a_choice_that_is_no_value_is_refused(value: str) -> None:
    with pytest.raises(InputRefusedError) as caught:
        read(HEAD + f"[require.fairness]\nwith = {{ definition = {value} }}\n")
    assert caught.value.code == Code.POLICY_VALUE
