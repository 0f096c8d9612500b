"""A signed release in the list and on its page, proved from its files; one that was changed is told as broken."""

import shutil
from pathlib import Path

from pytestqt.qtbot import QtBot

from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.drafts import folder, remove, write
from surefoot_app.releases import acting, drafts, listing
from surefoot_app.releases.page import SIGNED
from surefoot_app.releases.signed import signed
from tests.fakes.checked import Project
from tests.fakes.desk import changed
from tests.unit.app.conftest import Making
from tests.unit.app.releases.acting import page_of, press, texts

WORDS = Words("en")


def test_a_signed_release_is_proved_from_its_files_alone(desk_of: Making, qtbot: QtBot, released: Project) -> None:
    ref = released.bench.releases.list()[0].id
    found = signed(released.bench, ref)
    assert found.card.startswith("# german-credit 1.0.0")
    assert acting.proved(released.bench, ref) == ("layout", "manifest", "files", "founder", "statements", "bill")
    page = page_of(desk_of, qtbot, released)
    page.show_object("release", ref)
    assert page._stack.currentIndex() == SIGNED
    press(page, "release.prove")
    assert WORDS("say.carrying.step.statements") in texts(page)
    desk = page._desk
    with qtbot.waitSignal(desk.opening) as opening:
        press(page, "release.deploy")
    assert opening.args == ["deployment-new", ref]


def test_a_signed_release_whose_file_was_changed_is_told_as_broken(
    desk_of: Making, qtbot: QtBot, released: Project, tmp_path: Path
) -> None:
    ref = released.bench.releases.list()[0].id
    copy = tmp_path / "copy"
    shutil.copytree(released.bench.project, copy)
    with Workbench.open(copy, unlock=str) as bench:
        page = page_of(desk_of, qtbot, Project(bench, released.story))
        page.show_object("release", ref)
        for path in (copy / ".surefoot" / "objects").rglob("*"):
            if path.is_file():
                path.chmod(0o600)
                path.write_bytes(path.read_bytes()[:-20] + b"x" * 20)
        press(page, "release.prove")
        assert "SF-" in texts(page)


def test_the_list_says_how_far_each_release_is(released: Project) -> None:
    ref = released.bench.releases.list()[0].id
    draft = drafts.new(released.story.run)
    write(folder(released.bench) / drafts.file_of(draft.key), draft)
    found = listing.listed(released.bench)
    assert [(each.state, each.approvals) for each in found.entries] == [("draft", (0, 0)), ("signed", (1, 1))]
    assert found.policy == "baseline"
    assert [each.ref for each in listing.matching(found.entries, "1.0.0", "all")] == [ref]
    assert [each.state for each in listing.matching(found.entries, "", "open")] == ["draft"]
    assert listing.matching(found.entries, "", "live") == ()
    assert listing.matching(found.entries, "no such", "all") == ()
    remove(folder(released.bench) / drafts.file_of(draft.key))


def test_a_filter_that_nothing_matches_says_so(desk_of: Making, qtbot: QtBot, released: Project) -> None:
    page = page_of(desk_of, qtbot, released)
    page._text.setText("no such")
    page._text.returnPressed.emit()
    assert WORDS("app.releases.no_match") in texts(page)


def test_the_page_reads_anew_when_the_record_grows(desk_of: Making, qtbot: QtBot, project: Project) -> None:
    page = page_of(desk_of, qtbot, project)
    assert not page._found.entries
    project.checked()
    project.bench.releases.draft(project.story.run)
    changed(page._desk, "release.proposed")
    assert [one.state for one in page._found.entries] == ["proposed"]


def test_a_proof_is_shown_of_the_release_that_it_is_of(desk_of: Making, qtbot: QtBot, released: Project) -> None:
    page = page_of(desk_of, qtbot, released)
    ref = released.bench.releases.list()[0].id
    page.show_object("release", ref)
    shown = page._signed
    shown._on_proved(("rel_another", ("record",)))
    assert shown._proof.count() == 0
    shown.prove()
    assert shown._proof.count() > 1
    shown._laid = ""  # another one is being read
    shown._on_proved((ref, ("record",)))
    assert shown._proof.count() > 1
