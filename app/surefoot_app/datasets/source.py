"""Step one: the file or the folder, what the dataset is called, how its text is to be read, and its first rows."""

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from surefoot.datasets.facts import DATE_FORMATS, Look
from surefoot.datasets.reading import ENCODINGS
from surefoot_app.bridge.formatting import number, size
from surefoot_app.datasets.draft import Draft, Judged, field_of
from surefoot_app.datasets.heads import head_table
from surefoot_app.datasets.step import Step
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.theme.tokens import NEAR
from surefoot_app.widgets.boxes import cleared, column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.drop import DropZone
from surefoot_app.widgets.fields import Select
from surefoot_app.widgets.text import Text

_DELIMITERS = (",", ";", "\t", "|")
_READING = ("delimiter", "encoding", "decimal", "date_format", "missing", "headless")


class SourceStep(Step):
    """What is read, and what is seen of it."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__("source", desk, draft)
        words = self.words
        self._look: Look | None = None
        choose = Button(words("app.datasets.choose_file"), name="dataset.file", glyph="file-text", act=self._ask_file)
        folder = Button(
            words("app.datasets.choose_folder"), name="dataset.folder", glyph="folder-open", act=self._ask_folder
        )
        zone = DropZone(words("app.datasets.drop"), words("app.datasets.drop_detail"), (choose, folder))
        zone.dropped.connect(self.take)
        self._path = QLineEdit(draft.source)
        # At Return or when it is left: each letter would begin to read another file.
        self._path.editingFinished.connect(self._on_path)
        name = self.line("name", draft.name, example="german-credit", hint=words("app.datasets.name_hint"))
        both = self.beside(self.field("source", self._path), name, shares=(3, 2))
        self._more = self._reading()
        self._more.setVisible(any(getattr(draft, key) for key in _READING) or draft.storage == "referenced")
        more = Button(words("app.datasets.more"), name="dataset.more", kind="quiet", act=self._turn)
        self._seen = column(1, gap=NEAR)
        self.body.addWidget(zone)
        self.body.addLayout(both)
        self.body.addLayout(row(more, 1))
        self.body.addWidget(self._more)
        self.body.addLayout(self._seen, 1)

    def take(self, path: Path) -> None:
        """Takes a file or a folder."""
        self._path.setText(str(path))
        self._on_path()

    def _on_path(self) -> None:
        if self._path.text() != self.draft.source:
            self.tell({"source": self._path.text()})

    def _ask_file(self) -> None:
        found, _ = QFileDialog.getOpenFileName(self, self.words("app.datasets.choose_file"), self._path.text())
        if found:
            self.take(Path(found))

    def _ask_folder(self) -> None:
        found = QFileDialog.getExistingDirectory(self, self.words("app.datasets.choose_folder"), self._path.text())
        if found:
            self.take(Path(found))

    def _turn(self) -> None:
        self._more.setVisible(not self._more.isVisible())

    def _select(self, field: str, options: tuple[str, ...], shown: dict[str, str] | None = None) -> QWidget:
        listed = [("", self.words("app.datasets.found_out")), *((one, (shown or {}).get(one, one)) for one in options)]
        select = Select(listed, name=f"dataset.{field}")
        select.choose(getattr(self.draft, field))
        select.chosen.connect(self.telling(field))
        return self.field(field, select)

    def _reading(self) -> QWidget:
        words, draft = self.words, self.draft
        marks = zip(_DELIMITERS, ("comma", "semicolon", "tab", "bar"), strict=True)
        names = {mark: words(f"app.datasets.mark_{key}") for mark, key in marks}
        decimals = {",": words("app.datasets.mark_comma"), ".": words("app.datasets.mark_point")}
        text = (self._select("delimiter", _DELIMITERS, names), self._select("encoding", ENCODINGS))
        cells = (self._select("decimal", (",", "."), decimals), self._select("date_format", DATE_FORMATS))
        missing = self.line("missing", draft.missing, example="NA, -999", hint=words("app.datasets.missing_hint"))
        headless = QCheckBox(words("app.datasets.headless"))
        headless.setObjectName("dataset.headless")
        headless.setChecked(draft.headless)
        headless.toggled.connect(self.telling("headless"))
        stays = QCheckBox(words("app.datasets.stays"))
        stays.setObjectName("dataset.storage")
        stays.setChecked(draft.storage == "referenced")
        stays.setAccessibleDescription(words("app.datasets.stays_why"))
        stays.toggled.connect(lambda on: self.tell({"storage": "referenced" if on else "stored"}))
        rows = [self.beside(*pair, shares=(1, 1)) for pair in (text, cells, (missing, column(headless, stays, gap=6)))]
        return holding(column(*rows, Text(words("app.datasets.stays_why"), "secondary", wrap=True), gap=12))

    def follow(self, judged: Judged) -> None:
        """See `Step.follow`."""
        super().follow(judged)
        if self._path.text() != judged.draft.source and not self._path.hasFocus():
            self._path.setText(judged.draft.source)
        if judged.error is not None and field_of(judged.error) in _READING:
            self._more.show()
        if judged.look is self._look:
            return
        self._look = judged.look
        cleared(self._seen)
        if judged.look is not None:
            self._show(judged.look)
        else:
            self._seen.addStretch(1)

    def _show(self, look: Look) -> None:
        words, version = self.words, look.version
        key = f"seen_{version.kind}"
        said = words(
            f"app.datasets.{key}",
            rows=number(version.rows, words),
            columns=number(len(version.columns), words),
            size=size(look.size, words),
        )
        self._seen.addWidget(Text(said, "strong", wrap=True))
        table = head_table(look.head, words("app.datasets.tab_preview"), name="dataset.head")
        table.setMinimumHeight(px(240))
        self._seen.addWidget(table, 1)
        shown = words("app.datasets.head_shown", rows=len(look.head.rows))
        self._seen.addWidget(Text(shown, "secondary", wrap=True))
