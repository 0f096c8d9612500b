"""One experiment beside the list: what is asked, of what, how it stands; or why its recipe cannot be read."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from surefoot_app.bridge.formatting import ago, duration, number, size
from surefoot_app.experiments.overview import TONES, Experiment, around, asked, command
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import made, px
from surefoot_app.theme.tokens import NEAR
from surefoot_app.widgets.boxes import Card, column, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.text import Text, line


class Details(Card):
    """Shows one experiment. Signals: `opened` when its steps are asked for."""

    opened = Signal()

    def __init__(self, desk: Desk, one: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._desk, self._one = desk, one
        words = desk.words
        self.setAccessibleName(one.name)
        name = Text(one.name, "card-title", wrap=True)
        standing = Pill(words(f"app.experiments.standing_{one.standing}"), TONES[one.standing])
        self.body.addWidget(name)
        self.body.addLayout(row(standing, 1))
        if one.recipe is None:
            self._show_error()
        else:
            self._show_recipe()
        self.body.addStretch(1)
        self._acts()

    def _show_error(self) -> None:
        words, one = self._desk.words, self._one
        if one.error is None:
            return
        told = words.error(one.error)
        for text in (told.what, told.do):
            self.body.addWidget(Text(text, "body", wrap=True))
        lines = QPlainTextEdit(around(one))
        lines.setReadOnly(True)
        lines.setObjectName("experiment.lines")
        lines.setAccessibleName(words("app.experiments.recipe"))
        lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        lines.setFont(made(px(12), mono=True))
        lines.setMinimumHeight(px(170))
        self.body.addWidget(lines, 1)

    def _show_recipe(self) -> None:
        recipe = self._one.recipe
        if recipe is None:
            return
        if recipe.goal:
            self.body.addWidget(Text(recipe.goal, "quiet", wrap=True))
        self.body.addWidget(line())
        facts = FactsList(self._facts())
        facts.followed.connect(self._desk.open)
        self.body.addWidget(facts)

    def _facts(self) -> list[Fact]:
        words, one = self._desk.words, self._one
        recipe = one.recipe
        if recipe is None:
            return []

        def said(key: str) -> str:
            return words(f"app.experiments.{key}")

        criteria = "\n".join(asked(each, words) for each in recipe.criteria)
        rails = recipe.guardrails
        facts = [Fact(said("asked"), criteria or said("asked_nothing"))]
        if one.best is not None:
            best = one.best
            facts.append(Fact(said("best_run"), f"{one.name}/{best.number}", "link", ("run", best.run)))
        counts = words("app.experiments.runs_met", met=number(one.tally.met, words), all=number(one.tally.runs, words))
        facts.append(Fact(said("runs"), counts if recipe.criteria else number(one.tally.runs, words)))
        if one.tally.last is not None:
            facts.append(Fact(said("last"), ago(one.tally.last, words)))
        facts += [Fact(each.name, each.version, "link", ("dataset", each.version)) for each in recipe.data]
        limits = f"{duration(rails.time_ms / 1000, words)} · {size(rails.memory_bytes, words)}"
        facts.append(Fact(said("rails"), limits))
        facts.append(Fact(said("file"), f"experiments/{one.file}"))
        return facts

    def _acts(self) -> None:
        words, one = self._desk.words, self._one
        acts = column(gap=NEAR)
        if one.recipe is not None:
            acts.addWidget(
                Button(words("app.experiments.open"), name="experiment.open", glyph="list-checks", act=self.opened.emit)
            )
            acts.addWidget(
                Button(words("app.experiments.copy_command"), name="experiment.copy", glyph="copy", act=self._copy)
            )
        else:
            acts.addWidget(
                Button(words("app.experiments.open_file"), name="experiment.file", glyph="pencil", act=self._open_file)
            )
        self.body.addLayout(acts)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(command(self._one.file))
        self._desk.tell(self._desk.words("app.experiments.copied", command=command(self._one.file)), "info")

    def _open_file(self) -> None:
        project = self._desk.session.project
        if project is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(project.folder / "experiments" / self._one.file)))
