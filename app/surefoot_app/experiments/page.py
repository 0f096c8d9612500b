"""Experiments: the list, one of them beside it, and the steps in their place."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from surefoot.errors import Code, SurefootError
from surefoot.texts import figure
from surefoot.workbench import Workbench
from surefoot_app.bridge.events import Change
from surefoot_app.bridge.formatting import ago, number
from surefoot_app.experiments import draft as drafts
from surefoot_app.experiments import overview as views
from surefoot_app.experiments.details import Details
from surefoot_app.experiments.draft import Draft, Known
from surefoot_app.experiments.overview import TONES, Experiment, Overview, asked, fits
from surefoot_app.experiments.wizard import ExperimentWizard
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.theme.tokens import GAP, MARGIN
from surefoot_app.widgets.boxes import Card, Page, cleared, column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import Emptiness, EmptyState
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.table import Align, Column, Rows, Table
from surefoot_app.widgets.text import Text


class ExperimentsPage(Page):
    """The page of the panel."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.experiments.title"))
        self._desk = desk
        self._found: Overview | None = None
        self._wanted = ""
        self._wizard: ExperimentWizard | None = None
        self._saved = Pill(words("app.experiments.saved"), "info", glyph="clock")
        self._lay_out()
        desk.events.changed.connect(self._on_changed)
        self._ask()

    def _lay_out(self) -> None:
        # The steps reach from edge to edge; the list keeps the page's margins.
        whole = self.layout()
        if whole is not None:
            whole.setContentsMargins(0, GAP + 2, 0, 0)
        self.head.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self.head.insertWidget(1, self._saved)
        self._saved.hide()
        self._content = column(gap=GAP)
        self._content.setContentsMargins(MARGIN, 0, MARGIN, MARGIN - 4)
        self._stack = QStackedWidget()
        self._stack.addWidget(holding(self._content))
        self.body.addWidget(self._stack)
        self._content.addWidget(EmptyState("loading", self._desk.words("app.experiments.loading")))

    # asking

    def _ask(self) -> None:
        self._desk.session.read(views.overview, owner=self, then=self.show_overview, failed=self._on_failed)

    def _on_changed(self, change: Change) -> None:
        if change.touches("run", "asset"):
            self._ask()

    def _on_failed(self, error: SurefootError) -> None:
        told = self._desk.words.error(error)
        kind: Emptiness = "no-permission" if error.code in {Code.NO_RIGHT, Code.NOT_WRITABLE} else "nothing"
        self._found = None
        cleared(self._content)
        self._content.addWidget(EmptyState(kind, told.what, f"{told.means} {told.do} ({told.code})"))

    # the list

    def show_overview(self, found: Overview) -> None:
        """Shows all of them."""
        first, self._found = self._found is None, found
        words = self._desk.words
        if self._wizard is None:
            self._show_head()
        if first or not found.experiments or not self._chosen_name():
            self._build_list(found)
        self._fill_list()
        wanted, self._wanted = self._wanted, ""
        if wanted:
            self.show_object("experiment", wanted)
        self.subtitle.setText(words("app.experiments.in_all", count=number(len(found.experiments), words)))

    def _show_head(self) -> None:
        words = self._desk.words
        self.heading.setText(words("app.experiments.title"))
        self.subtitle.setVisible(True)
        self._saved.hide()
        cleared(self.acts)
        if self._found is not None and self._found.experiments:
            self.acts.addWidget(self._new_button(self._found))

    def _new_button(self, found: Overview) -> Button:
        """The act of the page; where a draft waits, going on with it is the one that is filled."""
        return Button(
            self._desk.words("app.experiments.new"),
            name="experiments.new",
            kind="primary" if found.draft is None else "plain",
            glyph="plus",
            act=self.new,
        )

    def _build_list(self, found: Overview) -> None:
        cleared(self._content)
        words = self._desk.words
        if found.draft is not None:
            self._content.addWidget(self._left(found.draft))
        if not found.experiments:
            act = self._new_button(found)
            self._content.addWidget(
                EmptyState(
                    "nothing", words("app.experiments.nothing"), words("app.experiments.nothing_why"), acts=(act,)
                )
            )
            return
        self._filter = FilterLine(words("app.experiments.filter"), name="experiments.filter")
        self._filter.setFixedWidth(px(320))
        self._filter.asked.connect(lambda _text: self._fill_list())
        columns = _columns(self._desk)
        self._rows = Rows[Experiment](columns)
        self._table = Table("experiments.table", words("app.experiments.title"))
        self._rows.setParent(self._table)
        self._table.set_model(self._rows, columns)
        self._table.opened.connect(self._on_opened)
        self._table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._show_details())
        self._none = EmptyState("no-match", words("app.experiments.no_match"), words("app.experiments.no_match_why"))
        card = Card()
        card.whole.setContentsMargins(1, 1, 1, 1)
        card.body.addWidget(self._table, 1)
        card.body.addWidget(self._none, 1)
        self._side = column(gap=0)
        side = holding(self._side)
        side.setFixedWidth(px(300))
        both = row(card, side, gap=GAP)
        both.setStretch(0, 1)
        self._content.addLayout(row(self._filter, 1))
        self._content.addLayout(both, 1)

    def _left(self, draft: Draft) -> QWidget:
        """The draft that was left, and what can be done with it."""
        words = self._desk.words
        card = Card(kind="info")
        name = draft.name or draft.goal or words("app.experiments.nameless")
        texts = column(
            Text(words("app.experiments.left", name=name), "strong", wrap=True),
            Text(words("app.experiments.left_step", step=draft.step + 1, of=len(drafts.STEPS)), "secondary", wrap=True),
            gap=2,
        )
        inside = row(
            Glyph("pencil", "info", 20), texts,
            Button(words("app.experiments.discard"), name="experiment.discard", kind="quiet", act=self._discard),
            Button(words("app.experiments.go_on"), name="experiment.go_on", kind="primary", act=self.new),
            gap=12,
        )  # fmt: skip
        inside.setStretch(1, 1)
        card.body.addLayout(inside)
        return card

    def _fill_list(self) -> None:
        found = self._found
        if found is None or not found.experiments:
            return
        chosen = self._chosen_name()
        shown = [one for one in found.experiments if fits(one, self._filter.text())]
        self._rows.set_rows(shown)
        self._table.setVisible(bool(shown))
        self._none.setVisible(not shown)
        names = [one.name for one in shown]
        if shown:
            self._table.setCurrentIndex(self._rows.index(names.index(chosen) if chosen in names else 0, 0))
        self._show_details()

    def _chosen(self) -> Experiment | None:
        return self._rows.at(self._table.currentIndex().row()) if hasattr(self, "_rows") else None

    def _chosen_name(self) -> str:
        chosen = self._chosen()
        return chosen.name if chosen is not None else ""

    def _show_details(self) -> None:
        cleared(self._side)
        chosen = self._chosen()
        if chosen is not None:
            details = Details(self._desk, chosen)
            details.opened.connect(lambda: self.open_recipe(chosen))
            self._side.addWidget(details)

    def _on_opened(self, place: int) -> None:
        one = self._rows.at(place)
        if one is not None and one.recipe is not None:
            self.open_recipe(one)

    def show_object(self, kind: str, ref: str) -> None:
        if kind == "experiment-new":
            self.new()
            return
        self._wanted = ref
        if self._found is None or not self._found.experiments:
            return
        self._close()
        self._wanted = ""
        self._filter.clear()
        self._fill_list()
        names = [one.name for one in self._found.experiments]
        if ref in names:
            self._table.setCurrentIndex(self._rows.index(names.index(ref), 0))
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    # the steps

    def new(self) -> None:
        """Goes on with the draft of a new experiment, or begins one."""
        self._ask_steps("", lambda known: drafts.fresh(drafts.TEMPLATES[0], known))

    def open_recipe(self, one: Experiment) -> None:
        """Shows the steps of a recipe that is there; what they do not touch stays as it stands in its text."""
        self._ask_steps(one.file, lambda _known: drafts.opened(one.text, file=one.file), text=one.text)

    def _ask_steps(self, file: str, make: Callable[[Known], Draft], *, text: str = "") -> None:
        def question(bench: Workbench) -> tuple[Draft | None, Known]:
            return drafts.kept(bench.own_state / "drafts", file), views.known(bench)

        def show(answer: tuple[Draft | None, Known]) -> None:
            kept, known = answer
            # A draft of a recipe that was changed since by hand would take that change back.
            is_whole = kept is not None and (not file or kept.base == text)
            self.show_steps(kept if kept is not None and is_whole else make(known), known)

        self._desk.session.read(question, owner=self, then=show)

    def show_steps(self, draft: Draft, known: Known) -> None:
        """Shows the steps in place of the list."""
        self._drop()
        words = self._desk.words
        self._wizard = wizard = ExperimentWizard(self._desk, draft, known)
        wizard.left.connect(self._close)
        wizard.started.connect(self._on_started)
        wizard.kept.connect(self._saved.show)
        self._stack.addWidget(wizard)
        self._stack.setCurrentWidget(wizard)
        self.heading.setText(
            words("app.experiments.change", name=draft.name) if draft.file else words("app.experiments.new")
        )
        self.subtitle.setVisible(False)
        cleared(self.acts)
        self.acts.addWidget(
            Button(words("app.experiments.copy_command"), name="experiment.copy", glyph="copy", act=wizard.copy_command)
        )

    def _on_started(self, file: str) -> None:
        self._wanted = next((one.name for one in self._experiments() if one.file == file), "")
        self._close()

    def _experiments(self) -> tuple[Experiment, ...]:
        return self._found.experiments if self._found is not None else ()

    def _close(self) -> None:
        if self._wizard is None:
            return
        self._drop()
        self._found = None
        self._show_head()
        self._ask()

    def _drop(self) -> None:
        if self._wizard is not None:
            self._stack.setCurrentIndex(0)
            self._stack.removeWidget(self._wizard)
            self._wizard.deleteLater()
            self._wizard = None

    def _discard(self) -> None:
        self._desk.session.read(
            lambda bench: drafts.forget(bench.own_state / "drafts", ""), owner=self, then=lambda _nothing: self._anew()
        )

    def _anew(self) -> None:
        self._found = None
        self._ask()


def _columns(desk: Desk) -> tuple[Column[Experiment], ...]:
    words = desk.words

    def goal(one: Experiment) -> str:
        if one.recipe is not None:
            return one.recipe.goal
        return words.error(one.error).what if one.error is not None else ""

    def limit(one: Experiment) -> str:
        return asked(one.criterion, words) if one.criterion is not None else "–"

    return (
        Column[Experiment](words("app.experiments.name"), lambda one: one.name, look="strong", width=150),
        Column[Experiment](words("app.experiments.goal"), goal),
        Column[Experiment](words("app.experiments.asked"), limit, width=112),
        Column[Experiment](
            words("app.experiments.best"),
            lambda one: figure(one.best.figure) if one.best else "–",
            Align.RIGHT,
            width=72,
        ),
        Column[Experiment](
            words("app.experiments.standing"),
            lambda one: words(f"app.experiments.standing_{one.standing}"),
            look="pill",
            tone=lambda one: TONES[one.standing],
            width=136,
        ),
        Column[Experiment](
            words("app.experiments.runs"), lambda one: number(one.tally.runs, words), Align.RIGHT, width=66
        ),
        Column[Experiment](
            words("app.experiments.last"),
            lambda one: ago(one.tally.last, words) if one.tally.last else "–",
            look="quiet",
            width=108,
        ),
    )
