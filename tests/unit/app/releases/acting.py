"""What tests of the page of releases do with it."""

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from surefoot_app.releases.page import ReleasesPage
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.text import Text
from tests.fakes.checked import Project
from tests.unit.app.conftest import Making


def settle() -> None:
    """Lets layouts show what was put into them, and what lies in that."""
    for _ in range(3):
        QApplication.processEvents()


def texts(page: ReleasesPage) -> str:
    settle()
    return "\n".join(each.text() for each in page.findChildren(Text) if each.isVisibleTo(page))


def press(page: ReleasesPage, name: str) -> None:
    settle()
    found = [each for each in page.findChildren(Button, name) if each.isVisibleTo(page)]
    assert found, name
    assert found[0].isEnabled(), name
    found[0].click()


def page_of(desk_of: Making, qtbot: QtBot, project: Project, language: str = "en") -> ReleasesPage:
    page = ReleasesPage(desk_of(project.bench, language=language))
    qtbot.addWidget(page)
    page.resize(1244, 849)
    page.show()
    return page
