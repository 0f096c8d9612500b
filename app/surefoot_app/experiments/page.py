"""Experiments: the list, one of them beside it, and the steps in their place."""

from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget

from surefoot.errors import SurefootError
from surefoot.workbench import Workbench
from surefoot_app.bridge.drafts import folder, remove
from surefoot_app.bridge.events import Change
from surefoot_app.bridge.formatting import number
from surefoot_app.experiments import draft as drafts
from surefoot_app.experiments import overview as views
from surefoot_app.experiments.draft import Draft, Known
from surefoot_app.experiments.listing import ExperimentList
from surefoot_app.experiments.overview import Experiment, Overview
from surefoot_app.experiments.wizard import ExperimentWizard
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.discarding import discarded
from surefoot_app.shell.following import Following
from surefoot_app.showing.troubles import trouble
from surefoot_app.theme.tokens import GAP, MARGIN
from surefoot_app.widgets.boxes import Page, cleared, column, holding, leave
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.pill import Pill


class ExperimentsPage(Page):
    """The page of the panel."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.experiments.title"))
        self._desk = desk
        self._found: Overview | None = None
        self._wanted = ""
        self._wizard: ExperimentWizard | None = None
        self._list: ExperimentList | None = None
        self._saved = Pill(words("app.experiments.saved"), "info", glyph="clock")
        self._lay_out()
        Following(desk, self, self._on_changed)
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
        self._found = self._list = None
        cleared(self._content)
        self._content.addWidget(trouble(error, self._desk.words))

    # the list

    def show_overview(self, found: Overview) -> None:
        """Shows all of them."""
        before, self._found = self._found, found
        words = self._desk.words
        if self._wizard is None:
            self._show_head()
        if before is None or self._list is None or before.draft != found.draft or not found.experiments:
            self._build_list(found)
        else:
            self._list.show_overview(found)
        if self._wanted and self._wizard is None:
            self.show_object("experiment", self._wanted)
        self.subtitle.setText(words("app.experiments.in_all", count=number(len(found.experiments), words)))

    def _show_head(self) -> None:
        self.heading.setText(self._desk.words("app.experiments.title"))
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
            kind="primary" if found.draft is None or not found.experiments else "plain",
            glyph="plus",
            act=self.new,
        )

    def _build_list(self, found: Overview) -> None:
        cleared(self._content)
        self._list = None
        words = self._desk.words
        if not found.experiments:
            key = "nothing" if found.draft is None else "nothing_yet"
            act = self._new_button(found)
            self._content.addWidget(
                EmptyState(
                    "nothing", words("app.experiments.nothing"), words(f"app.experiments.{key}_why"), acts=(act,)
                )
            )
            return
        self._list = ExperimentList(self._desk, found)
        self._list.opened.connect(self.open_recipe)
        self._list.resumed.connect(self.new)
        self._list.discarded.connect(self._discard)
        self._content.addWidget(self._list)

    def show_object(self, kind: str, ref: str) -> None:
        """Shows an experiment by its name, or the steps of a new one."""
        if kind == "experiment-new":
            self.new()
            return
        self._wanted = ref
        if self._wizard is not None:
            self._close()
        elif self._list is not None:
            self._wanted = ""
            self._list.choose(ref)

    # the steps

    def new(self) -> None:
        """Goes on with the draft of a new experiment, or begins one."""
        self._ask_steps("", lambda known: drafts.fresh(drafts.TEMPLATES[0], known))

    def open_recipe(self, one: Experiment) -> None:
        """Shows the steps of a recipe that is there; what they do not touch stays as it stands in its text."""
        self._ask_steps(one.file, lambda _known: drafts.opened(one.text, file=one.file), text=one.text)

    def _ask_steps(self, file: str, make: Callable[[Known], Draft], *, text: str = "") -> None:
        def question(bench: Workbench) -> tuple[Draft, Known, bool]:
            kept, known = drafts.kept(folder(bench), file), views.known(bench)
            # A draft of a recipe that was changed since by hand would take that change back.
            if kept is not None and (not file or kept.base == text):
                return kept, known, True
            return make(known), known, False

        self._desk.session.read(question, owner=self, then=self._on_steps)

    def _on_steps(self, found: tuple[Draft, Known, bool]) -> None:
        draft, known, is_answered = found
        self.show_steps(draft, known, is_answered=is_answered)

    def show_steps(self, draft: Draft, known: Known, *, is_answered: bool = True) -> None:
        """Shows the steps in place of the list; see `ExperimentWizard`."""
        self._drop()
        words = self._desk.words
        self._wizard = wizard = ExperimentWizard(self._desk, draft, known, is_answered=is_answered)
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
        discard, copy = words("app.experiments.discard_draft"), words("app.experiments.copy_command")
        self.acts.addWidget(Button(discard, name="experiment.drop", kind="quiet", act=wizard.discard))
        self.acts.addWidget(Button(copy, name="experiment.copy", glyph="copy", act=wizard.copy_command))

    def _on_started(self, name: str) -> None:
        self._wanted = name
        self._close()

    def _close(self) -> None:
        if self._wizard is None:
            return
        self._drop()
        self._found = None
        self._show_head()
        self._ask()

    def _drop(self) -> None:
        if self._wizard is not None:
            leave(self._wizard)
            self._stack.setCurrentIndex(0)
            self._stack.removeWidget(self._wizard)
            self._wizard.setParent(None)
            self._wizard.deleteLater()
            self._wizard = None

    def _discard(self) -> None:
        draft, file = None if self._found is None else self._found.draft, drafts.file_of("")
        if draft is not None:
            self._desk.session.read(
                lambda bench: remove(folder(bench) / file), owner=self, then=lambda _nothing: self._anew()
            )
            discarded(self._desk, file, draft, name=draft.name, opens=drafts.opens(draft))

    def _anew(self) -> None:
        self._found = None
        self._ask()
