"""Which runs and releases rest on which version of a dataset."""

from surefoot.releases import uses
from surefoot.releases.uses import User, Users, Uses
from tests.unit.releases.conftest import Bench


def test_runs_and_releases_that_rest_on_a_version_are_counted_and_named(bench: Bench) -> None:
    bench.adopt()
    story = bench.story()
    data = story.dataset()
    subject = data.subjects[0]
    version = str(subject.sha256)
    bench.catalog.catch_up()
    assert uses.counted(bench.catalog) == {}
    story.trained()
    story.accept()
    bench.catalog.catch_up()
    assert uses.counted(bench.catalog) == {(subject.id, version): Uses(1, 0)}
    for kind in ("accuracy", "parity"):
        story.check(kind)
    draft = bench.releases.draft(story.run)
    bench.catalog.catch_up()
    assert uses.counted(bench.catalog) == {(subject.id, version): Uses(1, 1)}
    assert uses.users(bench.catalog, subject.id, version) == Users(
        (User(story.run, "credit/1"),), (User(draft.id, f"{draft.name} {draft.version}"),)
    )
    assert uses.users(bench.catalog, subject.id, "0" * 64) == Users()
