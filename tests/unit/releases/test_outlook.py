"""What is said before a release is signed: what a service of it takes, and whether its example rows are somebody's."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from surefoot.catalog import Catalog
from surefoot.datasets import Datasets
from surefoot.datasets.facts import Placed
from surefoot.releases import REDUCERS, Releases
from surefoot.releases.facts import Outlook
from surefoot.trail import roots
from tests.fakes.datasets import Desk, desk
from tests.fakes.releases import POLICY, Story
from tests.unit.releases.conftest import PersonKey

REAL = [(row / 10, "clerk") for row in range(50)]
"""The rows of `small_vectors`."""
OTHERS = [(row / 10 + 5, "clerk") for row in range(50)]
PERSONS: dict[str, Any] = {"subject": "person", "key": ["person"]}


def text(rows: list[tuple[float, str]], *more: str) -> str:
    lines = [f"p{number},{age},{job},{number % 2}" for number, (age, job) in enumerate(rows)]
    return "\n".join(["person,age,job,risk", *lines, *more]) + "\n"


def outlook(folder: Path, content: str, *, has_shelf: bool = True, is_lost: bool = False, **said: Any) -> Outlook:
    """The outlook of a release of `small_model` that learned from a table."""
    with desk(folder) as data:
        data.table(content, target="risk", **said)
        if is_lost:
            (data.project / "table.csv").unlink()
        run, signer = trained(data), PersonKey()
        root = data.project / ".surefoot" / "trail" / roots.FIRST
        root.parent.mkdir(parents=True)
        root.write_bytes(roots.found(signer))
        with Catalog.open(folder / "releases", data.recorder, REDUCERS) as catalog:
            releases = Releases(
                catalog=catalog,
                objects=data.objects,
                recorder=data.recorder,
                signer=signer,
                project=data.project,
                today=lambda: date(2026, 6, 1),
                shelf=data.datasets if has_shelf else None,
            )
            policy = data.project / "policies" / "baseline.toml"
            policy.parent.mkdir()
            policy.write_bytes(POLICY)
            releases.adopt(policy)
            before = releases.questions.outlook(run)
            found = releases.questions.outlook(releases.draft(run).id)
        assert before == found, "a draft keeps what was said of the run"
        return found


def trained(data: Desk) -> str:
    story = Story(data.recorder, data.recorder.as_role("machine"), data.objects)
    story.data = data.recorder.of_type("asset.registered")[0]
    story.trained()
    story.accept()
    for kind in ("accuracy", "parity"):
        story.check(kind)
    return story.run


def test_example_rows_that_stand_in_data_about_people_are_told_with_their_number(tmp_path: Path) -> None:
    (caution,) = outlook(tmp_path, text(REAL), **PERSONS).cautions
    assert (caution.key, caution.values) == ("examples_real", {"data": "table", "real": "50", "rows": "50"})


@pytest.mark.parametrize(
    ("rows", "said"),
    [(OTHERS, PERSONS), (REAL[:5] + OTHERS, PERSONS), (REAL, {"legal_basis": "not-personal"})],
    ids=["nobody's rows", "no more than by chance", "about nobody"],
)
def test_there_is_nothing_to_tell_where_no_example_is_a_persons(
    tmp_path: Path, rows: list[tuple[float, str]], said: dict[str, Any]
) -> None:
    assert outlook(tmp_path, text(rows), **said).cautions == ()


def test_rows_are_laid_out_where_a_killed_process_s_are_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[Path] = []
    lay_out = Datasets.materialise

    def watched(shelf: Datasets, version: str, folder: Path, **how: Any) -> Placed:
        places.append(folder)
        assert folder.is_relative_to(shelf.scratch)
        return lay_out(shelf, version, folder, **how)

    monkeypatch.setattr(Datasets, "materialise", watched)
    outlook(tmp_path, text(REAL), **PERSONS)
    assert places
    assert not [place for place in places if place.parent.exists()]


def test_personal_data_in_a_column_are_enough_to_look(tmp_path: Path) -> None:
    rows = text(REAL).replace("p", "ada.p", 1).replace("ada.person", "person")
    content = "\n".join(
        line if at == 0 else f"p{at}@example.org,{line.partition(',')[2]}" for at, line in enumerate(rows.splitlines())
    )
    (caution,) = outlook(tmp_path, content + "\n", key=["person"]).cautions
    assert caution.key == "examples_real"


@pytest.mark.parametrize("is_lost", [True, False])
def test_where_the_rows_are_not_here_that_is_told_too(tmp_path: Path, is_lost: bool) -> None:
    said = {**PERSONS, "storage": "referenced"}
    found = outlook(tmp_path, text(REAL), is_lost=is_lost, has_shelf=is_lost, **said)
    assert [caution.key for caution in found.cautions] == ["examples_unknown"]


def test_every_text_of_a_column_is_taken_also_one_that_a_single_row_holds(tmp_path: Path) -> None:
    more = ("x1,1.0,astronaut,0", "x2,1.0,,1", "x3,,clerk,1")
    age, job = outlook(tmp_path, text(OTHERS, *more), **PERSONS).inputs
    assert job["categories"] == ["astronaut", "clerk"]
    assert job["nullable"] is True
    assert (age["minimum"], age["maximum"], age["nullable"]) == ("0", "15", True)


def test_a_column_of_more_than_a_hundred_texts_takes_any(tmp_path: Path) -> None:
    for number, wanted in ((100, True), (101, False)):
        rows = [(row / 10, f"job {row % number}") for row in range(202)]
        _, job = outlook(tmp_path / str(number), text(rows), **PERSONS).inputs
        assert ("categories" in job) is wanted


def test_rare_texts_that_cannot_be_looked_up_make_the_column_take_any(tmp_path: Path) -> None:
    _, job = outlook(tmp_path, text(OTHERS, "x1,1.0,astronaut,0"), has_shelf=False, **PERSONS).inputs
    assert "categories" not in job
