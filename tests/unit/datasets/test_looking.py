"""A look at a source tells what adding would make of it, and leaves nothing; rows of a version are shown, not all."""

from typing import Any

import pytest

from surefoot.datasets import sources
from surefoot.datasets.facts import Head, Plan
from surefoot.datasets.heads import LONGEST, MOST_COLUMNS
from surefoot.datasets.looking import SHOWN
from surefoot.datasets.profiles import Profile
from surefoot.errors import CancelledError, Code, SurefootError
from tests.fakes.datasets import Desk, warnings_of

GOOD = "id,sex,points,answer\n" + "".join(
    f"r{i},{'male' if i % 3 else 'female'},{i % 9},{'yes' if i % 4 else 'no'}\n" for i in range(60)
)


def test_a_look_tells_what_adding_makes_and_leaves_nothing(at: Desk) -> None:
    before = at.traces()
    look = at.datasets.look(at.file("table.csv", GOOD), Plan(owner="me"))
    assert at.traces() == before
    added = at.table(GOOD, owner="me").version
    seen = look.version
    assert (seen.version, seen.columns, seen.split, seen.quality) == (
        added.version, added.columns, added.split, added.quality,
    )  # fmt: skip
    assert (seen.ref, seen.owner, look.size, look.before, look.is_known) == ("table@1", "me", len(GOOD), None, False)
    assert look.profile == at.datasets.profile(added)


def test_a_look_says_why_it_guessed(at: Desk) -> None:
    look = at.datasets.look(at.file("table.csv", GOOD))
    wanted = {"key": "unique-name", "target": "last-of-two", "positive": "positive", "protected:sex": "sex"}
    assert look.reasons == wanted


def test_a_look_shows_the_first_rows_of_a_table(at: Desk) -> None:
    rows = "".join(f"{i},{'x' * 500},\n" for i in range(SHOWN + 50))
    look = at.datasets.look(at.file("table.csv", f"n,text,gap\n{rows}"))
    assert (look.head.names, len(look.head.rows), look.head.columns) == (("n", "text", "gap"), SHOWN, 3)
    assert look.head.rows[1] == ("1", "x" * LONGEST, None)


def test_a_wide_table_is_shown_by_its_first_columns(at: Desk) -> None:
    names = ",".join(f"c{i}" for i in range(MOST_COLUMNS + 20))
    cells = "\n".join(",".join(str(i + j) for j in range(MOST_COLUMNS + 20)) for i in range(30))
    head = at.datasets.look(at.file("wide.csv", f"{names}\n{cells}\n")).head
    assert (len(head.names), len(head.rows[0]), head.columns) == (MOST_COLUMNS, MOST_COLUMNS, MOST_COLUMNS + 20)


def test_a_look_at_other_data_tells_what_shifted_since_the_last_version(at: Desk) -> None:
    at.table(GOOD, owner="me")
    same = at.datasets.look(at.file("table.csv", GOOD))
    assert (same.is_known, same.version.number, same.version.owner, same.shifts) == (True, 1, "me", ())
    other = at.datasets.look(at.file("table.csv", GOOD.replace(",answer", ",reply")))
    assert (other.is_known, other.version.number, other.version.replaces) == (False, 2, same.version.version)
    assert other.before is not None
    assert {(one.what, one.name) for one in other.shifts} == {("removed", "answer"), ("added", "reply")}


def test_a_plan_may_say_that_no_column_has_a_role(at: Desk) -> None:
    path = at.file("table.csv", GOOD)
    assert at.datasets.look(path).version.target is not None
    look = at.datasets.look(path, Plan(target="", key=()))
    assert (look.version.target, look.version.key) == (None, ())
    assert {"no-target", "no-key"} <= warnings_of(look.version).keys()


def test_a_look_at_a_folder_lists_its_files_and_stores_none(at: Desk) -> None:
    for number in range(12):
        at.file(f"pictures/{number:02}.png", bytes([number]) * 10)
    before = at.traces()
    look = at.datasets.look(at.project / "pictures")
    assert at.traces() == before
    assert (look.version.kind, look.version.rows, look.size) == ("files", 12, 120)
    assert look.head.rows[0] == ("00.png", "10")
    assert look.profile == Profile(12, (), {".png": 12})
    assert look.version.version == at.add(at.project / "pictures").version.version


def test_a_look_is_stopped_when_somebody_says_so(at: Desk) -> None:
    before = at.traces()
    with pytest.raises(CancelledError):
        at.datasets.look(at.file("table.csv", GOOD), cancel=lambda: True)
    assert at.traces()["scratch"] == before["scratch"]


def test_a_preview_shows_rows_that_training_may_see(at: Desk) -> None:
    version = at.table(GOOD).version
    head = at.datasets.preview(version)
    assert head is not None
    counts = version.split["counts"]
    assert isinstance(counts, dict)
    assert (head.names, len(head.rows)) == (("id", "sex", "points", "answer"), counts["train"])


def test_a_preview_of_data_that_stay_where_they_are_is_not_made(at: Desk) -> None:
    assert at.datasets.preview(at.table(GOOD, storage="referenced").version) is None


def test_a_preview_of_a_folder_lists_files(at: Desk) -> None:
    for number in range(12):
        at.file(f"pictures/{number:02}.png", bytes([number]) * 10)
    version = at.add(at.project / "pictures").version
    head = at.datasets.preview(version)
    assert isinstance(head, Head)
    assert {size for _, size in head.rows} == {"10"}
    assert 0 < len(head.rows) < 12


def test_a_preview_of_data_that_are_gone_says_so(at: Desk) -> None:
    version = at.table(GOOD).version
    for path in (at.project / ".surefoot/objects").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(SurefootError) as caught:
        at.datasets.preview(version)
    assert caught.value.code == Code.OBJECT_MISSING


def test_an_answer_that_changes_nothing_of_what_is_read_reads_nothing(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = at.file("table.csv", GOOD)
    first = at.datasets.look(source, Plan(name="a", salt="s"))

    def read(*_given: object, **_more: object) -> None:
        raise AssertionError("read again")

    with monkeypatch.context() as patch:
        patch.setattr("surefoot.datasets.tabular.run", read)
        patch.setattr("surefoot.datasets.sources.sha256_of", read)
        plan = Plan(name="b", salt="s", owner="me", jurisdiction="VN", expiry="2999-01-01", storage="referenced")
        again = at.datasets.look(source, plan)
        assert at.datasets.look(source, Plan(name="a", salt="s")).version.version == first.version.version
    assert (again.version.name, again.version.owner, again.version.storage) == ("b", "me", "referenced")
    assert again.profile == first.profile


def test_an_answer_that_changes_what_is_read_is_read_and_not_hashed_again(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = at.file("table.csv", GOOD)
    at.datasets.look(source)
    told: list[str] = []
    look = at.datasets.look(source, Plan(target="sex"), progress=lambda stage, _done, _total: told.append(stage))
    assert look.version.target is not None
    assert look.version.target["column"] == "sex"
    assert "datasets.hash" not in told
    assert {"datasets.text", "datasets.profile"} & {*told}, "a busy process tells not all of its stages"


def test_a_file_that_was_changed_is_read_anew(at: Desk) -> None:
    source = at.file("table.csv", GOOD)
    before = at.datasets.look(source)
    source.write_text(GOOD.replace("answer", "result"))
    after = at.datasets.look(source)
    assert before.version.version != after.version.version
    assert "result" in {one["name"] for one in after.version.columns}


def test_a_source_that_was_looked_at_is_read_when_it_is_added(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    source = at.file("table.csv", GOOD)
    seen = at.datasets.look(source)
    hashed: list[int] = []
    real = sources.sha256_of

    def counted(handle: int, size: int, **more: Any) -> str:
        hashed.append(size)
        return real(handle, size, **more)

    monkeypatch.setattr(sources, "sha256_of", counted)
    added = at.datasets.add(source).version
    assert hashed == [len(GOOD)]
    assert added.version == seen.version.version
