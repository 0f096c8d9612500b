"""The checker of notebooks: one is dropped or chosen, and its risks are told cell by cell; nothing of it is run."""

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from surefoot.errors import CancelledError, SurefootError
from surefoot.experiments.recipe import is_name
from surefoot.guide import notebooks
from surefoot.guide.notebooks import Draft, Finding, Report
from surefoot.guide.notebooks.telling import told
from surefoot_app.bridge.formatting import number
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, row, scrolled
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.text import Text, capital, line

ENDING = ".ipynb"
_GRAVE = ("secret", "leak", "order", "hidden-name", "syntax")


class NotebookChecker(QWidget):
    """Signals: `imported(name)` when an experiment was made of a notebook."""

    imported = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._source: Path | None = None
        self.setAcceptDrops(True)
        self._progress = Progress(desk.words("app.shell.cancel"), name="notebook.cancel")
        self._wrong = Text("", "bad", wrap=True)
        self._wrong.hide()
        self._content = column(gap=GAP)
        self.setLayout(column(self._progress, self._wrong, self._content, gap=GAP))
        self._show_nothing()

    def _show_nothing(self) -> None:
        words = self._desk.words
        cleared(self._content)
        choose = Button(
            words("app.learn.choose"), name="notebook.choose", kind="primary", glyph="file-text", act=self._ask
        )
        card = Card()
        card.body.addWidget(EmptyState("nothing", words("app.learn.drop"), words("app.learn.drop_why"), acts=(choose,)))
        self._content.addWidget(card)

    # choosing

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.toLocalFile().endswith(ENDING) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        found = [url.toLocalFile() for url in event.mimeData().urls() if url.toLocalFile().endswith(ENDING)]
        if found:
            self.check(Path(found[0]))

    def _ask(self) -> None:
        title = self._desk.words("app.learn.choose")
        path, _ = QFileDialog.getOpenFileName(self, title, str(Path.home()), f"*{ENDING}")
        if path:
            self.check(Path(path))

    def check(self, source: Path) -> None:
        """Looks at a notebook."""
        self._wrong.hide()
        self._progress.begin(self._desk.words("app.learn.looking", name=source.name))
        task = self._desk.session.tasks.act(
            lambda _progress, cancel: notebooks.check(source, cancel=cancel),
            owner=self,
            then=lambda report: self.show_report(source, report),
            failed=self._on_failed,
        )
        self._progress.cancelled.connect(task.cancel)

    def _on_failed(self, error: SurefootError) -> None:
        self._progress.end()
        if not isinstance(error, CancelledError):
            said = self._desk.words.error(error)
            self._wrong.setText(f"{said.what} {said.means} {said.do} ({said.code})")
            self._wrong.show()

    # what was found

    def show_report(self, source: Path, report: Report) -> None:
        """Shows what was found, cell by cell."""
        self._progress.end()
        self._source = source
        cleared(self._content)
        content = column(gap=GAP)
        by_cell = groupby(sorted(report.findings, key=lambda one: (one.cell, one.line)), key=lambda one: one.cell)
        for cell, findings in by_cell:
            content.addWidget(self._cell(cell, tuple(findings)))
        content.addStretch(1)
        self._content.addWidget(self._head(source, report))
        self._content.addWidget(scrolled(content), 1)

    def _head(self, source: Path, report: Report) -> Card:
        words, count = self._desk.words, len(report.findings)
        card = Card(source.name)
        pill = words("app.learn.found", count=number(count, words)) if count else words("app.learn.clean")
        card.head.addWidget(Pill(pill, "warn" if count else "ok"))
        again = Button(words("app.learn.another"), name="notebook.choose", kind="quiet", act=self._ask)
        card.head.addWidget(again)
        said = words("app.learn.looked", cells=number(report.cells, words), lines=number(report.lines, words))
        card.body.addWidget(Text(said, "quiet", wrap=True))
        self._name = QLineEdit(_plain(source.stem))
        field = Field(
            words("app.learn.import_name"), self._name, name="notebook.name", hint=words("app.learn.import_hint")
        )
        self._import = ReasonedButton(
            Button(words("app.learn.import"), name="notebook.import", kind="primary", glyph="flask-conical")
        )
        self._desk.guard(self._import).pressed.connect(self._on_import)
        self._name.textChanged.connect(lambda _text: self._on_name())
        card.body.addWidget(field)
        card.body.addWidget(self._import)
        self._on_name()
        return card

    def _cell(self, cell: int, findings: Sequence[Finding]) -> Card:
        words = self._desk.words
        card = Card(words("say.notebook.cell", cell=cell).capitalize() if cell else words("app.learn.whole"))
        for place, finding in enumerate(findings):
            if place:
                card.body.addWidget(line())
            said = told(finding, words)
            is_grave = finding.risk in _GRAVE
            where = words("app.learn.line", line=finding.line) if finding.line else ""
            texts = column(
                Text(f"{where}: {said.what}" if where else capital(said.what), "strong", wrap=True),
                Text(said.why, "quiet", wrap=True),
                Text(said.fix, "body", wrap=True),
                gap=4,
            )
            inside = row(
                Glyph("circle-x" if is_grave else "triangle-alert", "bad" if is_grave else "warn", 20), texts, gap=12
            )
            inside.setStretch(1, 1)
            card.body.addLayout(inside)
        return card

    # the way out

    def _on_name(self) -> None:
        words = self._desk.words
        reason = "" if is_name(self._name.text()) else words("app.learn.need_name")
        if self._desk.session.project is None:
            reason = words("app.shell.no_project")
        self._import.set_reason(reason)

    def _on_import(self) -> None:
        source, name = self._source, self._name.text()
        if source is None:
            return
        self._wrong.hide()
        self._import.set_reason(self._desk.words("app.learn.importing"))
        self._desk.session.act(
            lambda bench, _progress, cancel: notebooks.import_into(bench.project, source, name=name, cancel=cancel),
            owner=self,
            then=self._on_imported,
            failed=self._on_refused,
        )

    def _on_imported(self, draft: Draft) -> None:
        words, name = self._desk.words, draft.recipe.stem
        self._on_name()
        self._desk.tell(words("app.learn.imported", name=name, count=number(len(draft.findings), words)))
        self.imported.emit(name)

    def _on_refused(self, error: SurefootError) -> None:
        self._on_name()
        self._on_failed(error)


def _plain(text: str) -> str:
    """A name for an experiment, made of a file's."""
    return re.sub(r"[^\w.]+|_{2,}", "-", text).strip("-_.")[:64] or "notebook"
