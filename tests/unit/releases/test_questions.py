"""What is asked of a release before it is drafted, and of its files after."""

import pytest

from surefoot.errors import IncompleteError, InputRefusedError
from tests.unit.releases.conftest import Bench


def _drafted(bench: Bench, **wish: str) -> str:
    story = bench.story()
    for step in (story.dataset, story.trained, story.accept):
        step()
    story.check("accuracy")
    story.check("parity")
    bench.adopt()
    return bench.releases.draft(story.run, **wish).id if wish else story.run  # type: ignore[arg-type]


def test_an_outline_says_what_a_draft_would_be_called_and_records_nothing(bench: Bench) -> None:
    run = _drafted(bench)
    before = len(bench.releases.list())
    found = bench.releases.questions.outline(run)
    assert (found.name, found.version, found.change.kind, found.signed) == ("german-credit", "1.0.0", "first", ())
    assert len(bench.releases.list()) == before
    drafted = bench.releases.draft(run)
    assert (drafted.name, drafted.version) == (found.name, found.version)


def test_a_version_that_is_signed_is_no_longer_proposed(bench: Bench) -> None:
    run = _drafted(bench)
    first = bench.releases.draft(run)
    bench.releases.approve(first.id, reason="it is good")
    bench.releases.sign(first.id)
    found = bench.releases.questions.outline(run)
    assert (found.version, found.change.replaces, found.signed) == ("1.0.1", "german-credit@1.0.0", ("1.0.0",))


def test_a_name_that_no_service_can_carry_is_refused_beforehand(bench: Bench) -> None:
    run = _drafted(bench)
    with pytest.raises(InputRefusedError):
        bench.releases.questions.outline(run, name="No Name!")


def test_what_was_weighed_is_recorded_with_the_proposal(bench: Bench) -> None:
    release = _drafted(bench, trade_off="  We accept 0.004 AUC for a gap of 5 points.  ")
    assert bench.releases.show(release).proposed.body["trade_off"] == "We accept 0.004 AUC for a gap of 5 points."
    assert "trade_off" not in bench.releases.draft(bench.releases.show(release).proposed.body["run"]).proposed.body


def test_a_file_of_a_draft_can_be_read_and_one_that_is_not_there_is_said_to_be_missing(bench: Bench) -> None:
    release = _drafted(bench, name="credit")
    assert bench.releases.questions.file(release, "model-card.md").startswith(b"# credit 1.0.0")
    with pytest.raises(IncompleteError):
        bench.releases.questions.file(release, "nothing.txt")


def test_a_release_rests_on_the_model_of_its_run(bench: Bench) -> None:
    release = _drafted(bench, name="credit")
    run = bench.releases.show(release).proposed.body["run"]
    ask = bench.releases.questions
    assert ask.candidate(release).model.subject == ask.candidate(run).model.subject
