"""Datasets: the list, one version in its place, and the six steps that make another."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QStackedWidget, QWidget

from surefoot.datasets.facts import DatasetVersion
from surefoot.errors import SurefootError
from surefoot_app.bridge.drafts import folder, remove
from surefoot_app.bridge.events import Change
from surefoot_app.bridge.formatting import number
from surefoot_app.datasets import draft as drafts
from surefoot_app.datasets import overview as views
from surefoot_app.datasets.checking import Checking
from surefoot_app.datasets.draft import Draft, Start
from surefoot_app.datasets.listing import DatasetList
from surefoot_app.datasets.overview import Opened, Overview
from surefoot_app.datasets.version import VersionView
from surefoot_app.datasets.wizard import DatasetWizard
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.discarding import discarded
from surefoot_app.shell.following import Following
from surefoot_app.showing.troubles import trouble
from surefoot_app.theme.tokens import GAP, MARGIN
from surefoot_app.widgets.boxes import Page, cleared, column, holding, leave
from surefoot_app.widgets.buttons import Button, Kind
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.pill import Pill


class DatasetsPage(Page):
    """The page of the panel."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.datasets.title"))
        self._desk = desk
        self._found: Overview | None = None
        self._list: DatasetList | None = None
        self._view: VersionView | None = None
        self._wizard: DatasetWizard | None = None
        self._wanted: str | None = ""  # the version that is to be shown; empty for the list, None for the steps
        self._last = ""
        self._saved = Pill(words("app.datasets.saved"), "info", glyph="clock")
        self._checking = Checking(desk)
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
        inside = column(self._checking, self._content, gap=0)
        inside.setStretch(1, 1)
        inside.setContentsMargins(MARGIN, 0, MARGIN, MARGIN - 4)
        self._stack = QStackedWidget()
        self._stack.addWidget(holding(inside))
        self.body.addWidget(self._stack)
        self._show(EmptyState("loading", self._desk.words("app.datasets.loading")))

    def _show(self, widget: QWidget) -> None:
        cleared(self._content)
        self._list = self._view = None
        self._content.addWidget(widget, 1)

    # asking

    def _ask(self) -> None:
        self._desk.session.read(views.overview, owner=self, then=self.show_overview, failed=self._on_failed)

    def _on_changed(self, change: Change) -> None:
        if not change.touches("asset", "run", "release"):
            return
        if self._wanted:
            self._ask_version(self._wanted)
        elif self._wanted is not None:
            self._ask()

    def _on_failed(self, error: SurefootError) -> None:
        self._found = None
        if self._wanted != "":
            return
        cleared(self.acts)
        self._show(trouble(error, self._desk.words))

    # the list

    def show_overview(self, found: Overview) -> None:
        """Shows all of them, unless a version or the steps are in their place."""
        self._found = found
        if self._wanted != "":
            return
        words = self._desk.words
        if self._list is not None and self._list.takes(found):
            self._list.show_overview(found)
        else:
            self._build_list(found)
        counts = {"count": number(found.names, words), "versions": number(len(found.rows), words)}
        self.subtitle.setText(words("app.datasets.in_all", **counts) if found.rows else "")

    def _build_list(self, found: Overview) -> None:
        words = self._desk.words
        text = self._list.text if self._list is not None else ""
        made = DatasetList(self._desk, found)
        made.opened.connect(self._open)
        made.wanted.connect(self.new)
        made.discarded.connect(self._discard)
        self._show(made)
        self._list = made
        if text and found.rows:
            made.filter(text)
        self.heading.setText(words("app.datasets.title"))
        self.subtitle.setVisible(True)
        self._saved.hide()
        cleared(self.acts)
        if found.rows:
            kind: Kind = "primary" if found.draft is None else "plain"
            self.acts.addWidget(
                Button(words("app.datasets.new"), name="datasets.new", kind=kind, glyph="plus", act=self.new)
            )
        made.focus(self._last)
        self._last = ""

    def show_object(self, kind: str, ref: str) -> None:
        """Shows a version (`dataset`), or the steps of another (`dataset-new`), of a `file` where one is named."""
        if kind == "dataset-new":
            self.new()
        elif kind == "file":
            self.take(ref)
        else:
            self._drop()
            self._open(ref)

    def back(self) -> None:
        """Goes back to the list."""
        self._drop()
        self._wanted = ""
        self._show(EmptyState("loading", self._desk.words("app.datasets.loading")))
        self._ask()

    # one version

    def _open(self, ref: str) -> None:
        self._wanted = ref
        self._ask_version(ref)

    def _ask_version(self, ref: str) -> None:
        self._desk.session.read(
            lambda bench: (ref, views.opened(bench, ref)),
            owner=self, then=self._on_opened, failed=lambda error: self._on_unknown(ref, error),
        )  # fmt: skip

    def _on_opened(self, found: tuple[str, Opened]) -> None:
        ref, opened = found
        if ref == self._wanted:
            self.show_version(opened)

    def show_version(self, opened: Opened) -> None:
        """Shows one version in place of the list; the tab that was looked at stays."""
        self._wanted = opened.version.ref
        if self._view is not None and self._view.opened == opened:
            return  # nothing of it is new, and what is scrolled or chosen stays
        tab = self._view.tabs.current if self._view is not None else ""
        same = self._view is not None and self._view.opened.version.id == opened.version.id
        view = VersionView(self._desk, opened)
        view.left.connect(self.back)
        self._show(view)
        self._view = view
        if same:
            view.show_tab(tab)
        words, version = self._desk.words, opened.version
        self._last = version.ref
        self.heading.setText(version.ref)
        counts = {"rows": number(version.rows, words), "columns": number(len(version.columns), words)}
        self.subtitle.setText(words(f"app.datasets.size_{version.kind}", **counts))
        self._saved.hide()
        cleared(self.acts)
        check = partial(self._checking.check, version.ref)
        self.acts.addWidget(Button(words("app.datasets.check"), name="dataset.check", glyph="shield-check", act=check))
        again, title = partial(self._again, version), words("app.datasets.new_version")
        self.acts.addWidget(Button(title, name="dataset.again", kind="primary", glyph="plus", act=again))

    def _on_unknown(self, ref: str, error: SurefootError) -> None:
        if ref != self._wanted:
            return
        self._desk.error(error)
        self._wanted = self._view.opened.version.ref if self._view is not None else ""
        if self._view is None:
            self._ask()

    # the steps

    def new(self) -> None:
        """Goes on with the draft that is at hand or was left, or begins one."""
        if self._wizard is None or not self._wizard.is_answered:
            self._ask_steps(lambda left: Start(left or Draft(), is_answered=left is not None))

    def take(self, path: str) -> None:
        """Makes a file or folder the source of the draft that is at hand, or of a new one, and shows its first step."""
        if self._wizard is not None:
            self._wizard.take(path)
        else:
            self._ask_steps(lambda left: Start(drafts.sourced(left or Draft(), path)))

    def _again(self, version: DatasetVersion) -> None:
        self._ask_steps(lambda left: drafts.again(version, left))

    def _ask_steps(self, make: Callable[[Draft | None], Start]) -> None:
        self._wanted = None
        self._desk.session.read(
            lambda bench: make(drafts.kept(folder(bench))), owner=self, then=self._on_start
        )  # fmt: skip

    def _on_start(self, start: Start) -> None:
        if self._wanted is None:
            self.show_steps(start.draft, other=start.other, is_answered=start.is_answered)

    def show_steps(self, draft: Draft, *, other: Draft | None = None, is_answered: bool = True) -> None:
        """Shows the steps in place of what is there; see `DatasetWizard`."""
        self._drop()
        self._wanted = self._list = self._view = None  # what lies below the steps is built anew
        words = self._desk.words
        self._wizard = wizard = DatasetWizard(self._desk, draft, other=other, is_answered=is_answered)
        wizard.left.connect(self.back)
        wizard.added.connect(self._on_added)
        wizard.kept.connect(self._saved.show)
        self._stack.addWidget(wizard)
        self._stack.setCurrentWidget(wizard)
        self.heading.setText(words("app.datasets.change", name=draft.name) if draft.name else words("app.datasets.new"))
        self.subtitle.setVisible(False)
        cleared(self.acts)
        self.acts.addWidget(
            Button(words("app.datasets.copy_command"), name="dataset.copy", glyph="copy", act=wizard.copy_command)
        )

    def _on_added(self, version: DatasetVersion) -> None:
        self._drop()
        self.subtitle.setVisible(True)
        self._open(version.ref)

    def _drop(self) -> None:
        if self._wizard is None:
            return
        self._wizard.stop()
        leave(self._wizard)
        self._stack.setCurrentIndex(0)
        self._stack.removeWidget(self._wizard)
        self._wizard.deleteLater()
        self._wizard = None
        self.subtitle.setVisible(True)

    def _discard(self) -> None:
        draft = None if self._found is None else self._found.draft
        if draft is not None:
            self._desk.session.read(
                lambda bench: remove(folder(bench) / drafts.FILE), owner=self, then=lambda _nothing: self._ask()
            )
            discarded(self._desk, drafts.FILE, draft, name=draft.name, opens=("dataset-new", ""))
