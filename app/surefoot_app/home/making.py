"""Making a project: the sheet that asks for its name, its person and a passphrase, and the sample to learn with."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from surefoot.errors import SurefootError
from surefoot.files import place_at
from surefoot.guide.telling import Story, Tell
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel
from surefoot_app.widgets.boxes import row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.sheet import Sheet
from surefoot_app.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Wanted:
    """A project to make; no passphrase where the key store of the system keeps the key."""

    folder: Path
    name: str
    person: str
    passphrase: str | None


def made(wanted: Wanted) -> Path:
    """Makes the project and gives its folder; not on the GUI thread.

    Raises:
        InputRefusedError: as `Workbench.create`.
    """
    folder = wanted.folder
    Workbench.create(folder, name=wanted.name, person=wanted.person, passphrase=wanted.passphrase).close()
    return folder


def walk(words: Words, tell: Tell, cancel: Cancel) -> Path:
    """Walks the sample's journey, or what is left of it, and gives its folder; not on the GUI thread.

    Raises:
        SurefootError: as `Journey.walk`.
    """
    # Loaded here, since few starts walk it, and a fifteenth of a start goes into it.
    sample = import_module("surefoot.guide.sample")
    folder: Path = sample.Journey(sample.default_folder(), Story(Words(words.language), tell, cancel)).walk().project
    return folder


class NewProjectSheet(Sheet):
    """Asks for what a new project needs.

    Args:
        has_store: whether the system has a key store (`people.has_store`): then the passphrase can be left out.
    """

    def __init__(self, words: Words, parent: QWidget | None = None, *, has_store: bool = False) -> None:
        super().__init__(
            words("app.welcome.new_title"),
            detail=words("app.welcome.new_detail"),
            act=words("app.welcome.make"),
            cancel=words("app.shell.cancel"),
            do=lambda: None,
            parent=parent,
        )
        self._words = words
        self._name, self._person, self._folder = QLineEdit(), QLineEdit(), QLineEdit(str(Path.home() / "Surefoot"))
        self._first, self._again = QLineEdit(), QLineEdit()
        for edit in (self._first, self._again):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._in_store = QCheckBox(words("app.welcome.in_store"))
        self._in_store.setObjectName("new.store")
        self._in_store.setVisible(has_store)
        self._in_store.setChecked(has_store)
        self._lay_out()
        for edit in (self._name, self._person, self._folder, self._first, self._again):
            edit.textChanged.connect(self._on_changed)
        self._in_store.toggled.connect(self._on_changed)
        self._on_changed()
        self._name.setFocus()

    def _lay_out(self) -> None:
        words = self._words
        browse = Button(words("app.welcome.browse"), name="new.browse", act=self._browse)
        place = Field(
            words("app.welcome.folder"), self._folder, name="new.folder", hint=words("app.welcome.folder_hint")
        )
        beside = row(place, browse)
        beside.setStretch(0, 1)
        self._fields = (
            Field(
                words("app.welcome.passphrase"), self._first, name="new.passphrase", hint=words("app.welcome.key_hint")
            ),
            Field(words("app.welcome.again"), self._again, name="new.again"),
        )
        self._wrong = Text("", "bad", wrap=True)
        self._wrong.hide()
        self.body.addWidget(Field(words("app.welcome.name"), self._name, name="new.name"))
        self.body.addLayout(beside)
        person = Field(
            words("app.welcome.person"), self._person, name="new.person", hint=words("app.welcome.person_hint")
        )
        for widget in (person, self._in_store, *self._fields, self._wrong):
            self.body.addWidget(widget)

    def wanted(self) -> Wanted:
        """What was asked for."""
        name = self._name.text().strip()
        passphrase = None if self._in_store.isChecked() else self._first.text()
        return Wanted(Path.home() / place_at(self._folder.text()) / name, name, self._person.text().strip(), passphrase)

    def show_error(self, error: SurefootError) -> None:
        """Says why it was refused."""
        told = self._words.error(error)
        self._wrong.setText(f"{told.what} {told.do} ({told.code})")
        self._wrong.show()

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._words("app.welcome.folder"), self._folder.text())
        if folder:
            self._folder.setText(folder)

    def _on_changed(self, _value: object = None) -> None:
        for field in self._fields:
            field.setVisible(not self._in_store.isChecked())
        self.act.set_reason(self._reason())

    def _reason(self) -> str:
        words = self._words
        if not self._name.text().strip() or "/" in self._name.text():
            return words("app.welcome.need_name")
        if not self._person.text().strip():
            return words("app.welcome.need_person")
        if self._in_store.isChecked():
            return ""
        if not self._first.text():
            return words("app.welcome.need_passphrase")
        return "" if self._first.text() == self._again.text() else words("app.welcome.need_same")
