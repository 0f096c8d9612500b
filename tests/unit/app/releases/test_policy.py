"""The rules in force in words, and files that would change them."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from surefoot.texts import LANGUAGES, Words
from surefoot_app.releases.page import POLICY
from surefoot_app.releases.policy import policies, rules
from tests.fakes.checked import Project
from tests.unit.app.conftest import Making
from tests.unit.app.releases.acting import page_of, texts

WORDS = Words("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rules_in_force_are_told_in_words_and_a_file_is_adopted(
    desk_of: Making, qtbot: QtBot, project: Project, language: str
) -> None:
    words = Words(language)
    page = page_of(desk_of, qtbot, project, language)
    page.show_policy()
    assert page._stack.currentIndex() == POLICY
    assert words("app.releases.no_policy") in texts(page)
    page._policy.adopt(project.policy, project.bench.releases.policy(project.policy))
    found = policies(project.bench)
    assert found.adopted is not None
    told = rules(found.adopted.policy, words)
    assert len(told) == 4
    assert all(said in texts(page) for said in told)
    assert not any(one.view is not None and one.view.is_edited for one in found.files)


def test_a_file_that_cannot_be_read_as_a_policy_is_shown_with_its_reason(project: Project, tmp_path: Path) -> None:
    odd = tmp_path / "odd.toml"
    odd.write_text("[policy]\nname = 'odd'\n[require.accuracy]\nat_leest = 1\n", encoding="utf-8")
    found = policies(project.bench, (odd,))
    assert [one.problem is not None for one in found.files] == [False, True]


def test_a_file_that_was_changed_since_it_was_shown_is_not_put_in_force(
    desk_of: Making, qtbot: QtBot, project: Project, tmp_path: Path
) -> None:
    page = page_of(desk_of, qtbot, project)
    page.show_policy()
    mine = tmp_path / "mine.toml"
    mine.write_bytes(project.policy.read_bytes())
    seen = project.bench.releases.policy(mine)
    mine.write_text(mine.read_text(encoding="utf-8").replace('name = "', 'name = "looser-', 1), encoding="utf-8")
    with qtbot.waitSignal(page._desk.told) as told:
        page._policy.adopt(mine, seen)
    assert told.args[0] == WORDS("app.releases.policy_changed")
    assert project.bench.releases.policy().adopted is None
