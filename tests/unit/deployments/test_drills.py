"""Drills on a real service: stopped, seen to refuse, lifted, seen to answer; with both figures on the record."""

import dataclasses

import pytest

from surefoot.deployments import tables
from surefoot.deployments.drills import Drills
from surefoot.errors import ApprovalMissingError, Code, IncompleteError
from surefoot.trail import roots
from tests.unit.deployments.conftest import Yard


def test_a_drill_stops_for_real_and_leaves_the_service_answering(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    drill = yard.deployments.drills.stop(reason="the first quarter")
    assert yard.ask().status == 200
    assert yard.types("service.stopped", "service.lifted", "drill.") == [
        "service.stopped",
        "service.lifted",
        "drill.held",
    ]
    event = yard.recorder.log[-1]
    assert event.body is not None
    assert event.body["reason"] == "the first quarter"
    assert event.body["stop_seconds"] == drill.stop_seconds
    assert drill.lift_seconds is not None
    assert 0 <= float(drill.stop_seconds) < 30
    assert 0 < float(drill.lift_seconds) < 60
    assert event.cause == (yard.active().leaf,)
    assert yard.deployments.drills.last("local") == drill
    assert tables.last_drill(yard.deployments._catalog, "clinic") is None


def test_where_nothing_answers_there_is_no_drill(yard: Yard) -> None:
    with pytest.raises(IncompleteError) as none:
        yard.deployments.drills.stop()
    yard.deployments.deploy(yard.first)
    yard.deployments.stop(reason="wrong")
    with pytest.raises(IncompleteError) as stopped:
        yard.deployments.drills.stop()
    assert (none.value.code, stopped.value.code) == (Code.DRILL_NOTHING, Code.DRILL_NOTHING)
    assert yard.types("drill.", "service.lifted") == []


def test_where_lifting_needs_a_second_person_nothing_is_stopped(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    founding = roots.read(yard.project / ".surefoot" / "trail")
    two = dataclasses.replace(founding, is_solo=False)
    drills = Drills(yard.deployments, yard.deployments._catalog, recorder=yard.recorder, founding=two)
    with pytest.raises(ApprovalMissingError) as failed:
        drills.stop(reason="the second quarter")
    assert failed.value.code is Code.DRILL_NEEDS_TWO
    assert yard.ask().status == 200
    assert yard.types("service.stopped", "drill.") == []
