"""A draft makes a plan, says what is missing step by step, and is the same as a command."""

import shlex
from dataclasses import replace

import pytest

from surefoot.cli import datasets as verbs
from surefoot.cli.__main__ import _parser
from surefoot.cli.call import Call
from surefoot.datasets.facts import Plan
from surefoot.errors import Code, InputRefusedError, SurefootError
from surefoot.texts import LANGUAGES, Words
from surefoot_app.datasets import draft as drafts
from surefoot_app.datasets import steps
from surefoot_app.datasets.draft import CONSENT, QUALITY, SCHEMA, SOURCE, SPLIT, VERSION, Draft
from tests.gallery.datasets import DRAFT, LOOK, version

READY = replace(DRAFT, legal_basis="contract")


def test_a_draft_without_a_source_says_so_first() -> None:
    assert drafts.judged(Draft(), None, None).reasons == {SOURCE: "need_source", CONSENT: "need_owner"}


def test_the_legal_basis_is_left_empty_and_asked_for() -> None:
    assert Draft().legal_basis == ""
    assert drafts.judged(DRAFT, LOOK, None).reasons == {CONSENT: "need_legal_basis"}
    assert not drafts.judged(DRAFT, LOOK, None).is_ready
    assert drafts.judged(READY, LOOK, None).is_ready


def test_nothing_is_made_while_the_source_is_read() -> None:
    judged = drafts.judged(READY, LOOK, None, is_looking=True)
    assert set(judged.reasons) == {SOURCE, SPLIT, QUALITY, VERSION}
    assert not judged.is_ready


def test_what_is_said_of_the_permission_does_not_have_the_source_read_again() -> None:
    assert drafts.looked_at(READY) == drafts.looked_at(replace(READY, owner="x", purpose="y", legal_basis="consent"))
    assert drafts.looked_at(READY) != drafts.looked_at(replace(READY, expiry="2099-12-31"))
    warned = version(quality={"warnings": [{"key": key, "values": {}} for key in ("no-legal-basis", "no-purpose")]},
                     legal_basis=None, purpose=None)  # fmt: skip
    look = replace(LOOK, version=warned)
    assert [one.key for one in drafts.dressed(look, Draft(purpose="y")).version.warnings] == ["no-legal-basis"]
    assert drafts.dressed(look, READY).version.warnings == ()
    assert drafts.dressed(look, READY).version.legal_basis == "contract"


def test_an_answer_that_cannot_be_is_told_without_a_look_at_the_source() -> None:
    judged = drafts.judged(replace(READY, expiry="soon"), LOOK, None)
    assert (judged.at, judged.is_ready) == (CONSENT, False)
    assert drafts.judged(replace(READY, test="1.5"), LOOK, None).at == SPLIT
    assert drafts.judged(replace(READY, name="a b"), LOOK, None).at == SOURCE


def test_steps_say_how_they_stand() -> None:
    words = Words("en")
    judged = drafts.judged(replace(DRAFT, step=5, seen=(0, 1, 2, 3, 4, 5), again=(3,)), LOOK, None)
    assert [steps.state(place, judged, words)[0] for place in range(6)] == [
        "done", "done", "failed", "again", "close", "now",
    ]  # fmt: skip
    assert steps.summary(SPLIT, judged, words) == "694 / 306"
    assert steps.reason(judged, words) == "Step 3: Choose a legal basis"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_every_step_has_its_words(language: str) -> None:
    words = Words(language)
    reasons = ("source", "look", "look_again", "owner", "purpose", "legal_basis")
    assert all(words.has(f"app.datasets.need_{one}") for one in reasons)
    for key in drafts.STEPS:
        assert all(words.has(f"app.datasets.{part}") for part in (f"step_{key}", f"{key}_title", f"{key}_detail"))
        why = words(f"app.datasets.why_{key}") + " " + words(f"app.datasets.do_{key}")
        assert len(why.split()) <= 90


@pytest.mark.parametrize(
    ("error", "step", "field"),
    [
        (InputRefusedError(Code.ENCODING, line=1, found="latin-1"), SOURCE, "encoding"),
        (InputRefusedError(Code.NO_ROWS), SOURCE, "source"),
        (InputRefusedError(Code.DATASET_NAME, name="a b"), SOURCE, "name"),
        (InputRefusedError(Code.MIXED_TYPES, column="a"), SCHEMA, ""),
        (InputRefusedError(Code.KEY_TWICE, column="a"), SCHEMA, ""),
        (InputRefusedError(Code.PLAN_VALUE, key="expiry", value="x", allowed="date"), CONSENT, "expiry"),
        (InputRefusedError(Code.DATASET_EXPIRED, expiry="2020-01-01"), CONSENT, "expiry"),
        (InputRefusedError(Code.SPLIT_VALUE, detail="share", text="x", name="test"), SPLIT, "test"),
        (InputRefusedError(Code.SPLIT_VALUE, detail="share", text="x", name="validation"), SPLIT, "validation"),
    ],
)
def test_an_error_is_told_where_it_can_be_mended(error: SurefootError, step: int, field: str) -> None:
    assert (drafts.place_of(error), drafts.field_of(error)) == (step, field)


def test_a_share_for_the_test_leaves_the_rest_to_training() -> None:
    assert drafts.sides(Draft()) is None
    assert drafts.sides(Draft(test="0,2")) == {"train": "0.8", "test": "0.2"}
    assert drafts.sides(Draft(validation="0.1")) == {"train": "0.6", "validation": "0.1", "test": "0.3"}
    assert drafts.sides(Draft(test="much")) == {"train": "0.5", "test": "much"}


def test_a_column_that_gets_another_role_gives_up_the_one_it_had() -> None:
    seen = version()
    assert drafts.with_role(Draft(), seen, "credit_risk", "feature") == {"target": "", "ignore": (), "positive": ""}
    assert drafts.with_role(Draft(), seen, "applicant_id", "ignore") == {
        "subject": "", "key": (), "ignore": ("applicant_id",),
    }  # fmt: skip
    assert drafts.with_role(Draft(), seen, "amount", "target") == {"ignore": (), "target": "amount", "positive": ""}
    assert drafts.with_role(Draft(), seen, "sex", "key")["key"] == ("applicant_id", "sex")


def test_a_special_column_is_protected_as_well() -> None:
    assert drafts.with_care(version(), "sex", "none")["protected"] == ("age_years", "foreign_worker")
    assert drafts.with_care(version(protected=()), "status", "special") == {
        "protected": ("status",), "special": ("status",),
    }  # fmt: skip


def test_an_answer_marks_later_steps_to_be_looked_at_again() -> None:
    draft = replace(READY, step=1, seen=(0, 1, 2, 3))
    assert drafts.changed(draft, {"target": "sex"}).again == (2, 3)
    assert drafts.changed(draft, {"owner": READY.owner}) is draft
    assert drafts.moved(drafts.changed(draft, {"target": "sex"}), 2).again == (3,)


def test_a_draft_of_another_version_takes_over_the_permission_and_no_source() -> None:
    draft = drafts.like(version())
    assert (draft.name, draft.owner, draft.legal_basis, draft.source) == (
        "german-credit", "Risk department", "contract", "",
    )  # fmt: skip
    assert drafts.like(None) == Draft()


def _parsed(command: str) -> Plan:
    """The plan that the real command line reads from a command."""
    words = Words()
    return verbs._plan(Call(vars(_parser(words).parse_args(shlex.split(command)[1:])), words))


def test_the_command_says_what_the_steps_say() -> None:
    draft = replace(
        READY, target="credit_risk", key=("applicant_id",), protected=("sex",), ignore=("phone no",), drop=("x",),
        types=(("amount", "number"),), missing="NA, -999", headless=True, storage="referenced", test="0.2",
        split_by="key", delimiter=";", decimal=",", jurisdiction="DE", expiry="2099-12-31", positive="good",
    )  # fmt: skip
    command = drafts.command(draft)
    assert command.startswith("surefoot dataset add /data/incoming/german_credit.csv --name german-credit")
    assert _parsed(command) == drafts.plan(draft)


def test_there_is_no_command_for_what_its_words_cannot_say() -> None:
    assert drafts.command(replace(READY, target="")) == ""
    assert drafts.command(replace(READY, key=())) == ""
