"""Saying no to a release: on the record with its reason, and in force against a signature."""

import pytest

from surefoot.errors import Code, GateFailedError, InputRefusedError
from surefoot.releases.reasons import MAX_REASON
from tests.unit.releases.conftest import Bench

_ACTS = "release.proposed", "approval.given", "approval.refused", "waiver.given", "waiver.ended"
_WAIVING = b'[policy]\nname = "w"\n[require.accuracy]\n[require.parity]\n[waivers]\nmax_days = 10\n'


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


def test_a_reason_is_recorded_to_its_last_letter_or_refused(bench: Bench) -> None:
    bench.adopt(_WAIVING)
    run = bench.story().tell({"accuracy": "failed", "parity": "passed"}).run
    most, long = "x" * MAX_REASON, "x" * (MAX_REASON + 1)
    draft = bench.releases.draft(run, trade_off=f" {most} ")
    assert draft.proposed.body["trade_off"] == most
    given = bench.releases.waivers.give(run, "accuracy", reason=most, days=1)
    assert given.body["reason"] == most
    draft = bench.releases.draft(run)
    before = len(bench.recorder.of_type(*_ACTS))
    releases, waivers = bench.releases, bench.releases.waivers
    for act in (
        lambda: releases.draft(run, trade_off=long),
        lambda: releases.approve(draft.id, reason=long),
        lambda: releases.refuse(draft.id, reason=long),
        lambda: waivers.give(run, "accuracy", reason=long, days=1),
        lambda: waivers.end(run, "accuracy", reason=long),
    ):
        with pytest.raises(InputRefusedError) as caught:
            act()
        assert (caught.value.code, caught.value.values["count"]) == (Code.REASON_TOO_LONG, MAX_REASON + 1)
    assert len(bench.recorder.of_type(*_ACTS)) == before
    assert bench.releases.approve(draft.id, reason=most).approvals[0].body["reason"] == most
