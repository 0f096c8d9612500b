"""Saying no to a release: on the record with its reason, and in force against a signature."""

import pytest

from surefoot.errors import Code, GateFailedError, InputRefusedError
from tests.unit.releases.conftest import Bench


def test_a_refused_release_cannot_be_signed_and_the_record_keeps_the_reason(bench: Bench) -> None:
    bench.adopt()
    draft = bench.releases.draft(bench.story().tell().run)
    bench.releases.approve(draft.id)
    refused = bench.releases.refuse(draft.id, reason="The gap is too wide")
    assert [one.body["reason"] for one in refused.refusals] == ["The gap is too wide"]
    with pytest.raises(GateFailedError) as caught:
        bench.releases.sign(draft.id)
    assert caught.value.code is Code.RELEASE_REFUSED
    assert caught.value.values["reason"] == "The gap is too wide"


def test_what_is_signed_cannot_be_refused_any_more(bench: Bench) -> None:
    bench.adopt()
    draft = bench.releases.draft(bench.story().tell().run)
    bench.releases.approve(draft.id)
    bench.releases.sign(draft.id)
    with pytest.raises(InputRefusedError):
        bench.releases.refuse(draft.id, reason="Too late")
    assert bench.recorder.of_type("approval.refused") == []
