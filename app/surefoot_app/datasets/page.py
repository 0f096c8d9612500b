"""Datasets: the list, one version in its place, and the six steps that make another."""

from PySide6.QtWidgets import QStackedWidget, QWidget

from surefoot.datasets.facts import DatasetVersion, Health
from surefoot.errors import SurefootError
from surefoot_app.bridge.drafts import folder, remove
from surefoot_app.bridge.events import Change
from surefoot_app.bridge.formatting import number
from surefoot_app.datasets import draft as drafts
from surefoot_app.datasets import overview as views
from surefoot_app.datasets.draft import Draft
from surefoot_app.datasets.listing import DatasetList
from surefoot_app.datasets.overview import Opened, Overview, unsound
from surefoot_app.datasets.version import VersionView
from surefoot_app.datasets.wizard import DatasetWizard
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.discarding import discarded
from surefoot_app.showing.troubles import trouble
from surefoot_app.theme.tokens import GAP, MARGIN
from surefoot_app.widgets.boxes import Page, cleared, column, holding, leave
from surefoot_app.widgets.buttons import Button, Kind
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.progress import Progress


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
        self._last = ""
        self._saved = Pill(words("app.datasets.saved"), "info", glyph="clock")
        self._progress = Progress(words("app.shell.cancel"), name="dataset.check.cancel")
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
        inside = column(self._progress, self._content, gap=0)
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
        if self._view is not None:
            self._open(self._view.opened.version.ref)
        elif self._wizard is None:
            self._ask()

    def _on_failed(self, error: SurefootError) -> None:
        self._found = None
        cleared(self.acts)
        self._show(trouble(error, self._desk.words))

    # the list

    def show_overview(self, found: Overview) -> None:
        """Shows all of them, unless a version or the steps are in their place."""
        self._found = found
        if self._view is not None or self._wizard is not None:
            return
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
        counts = {"count": number(found.names, words), "versions": number(len(found.rows), words)}
        self.subtitle.setText(words("app.datasets.in_all", **counts) if found.rows else "")
        self.subtitle.setVisible(True)
        self._saved.hide()
        cleared(self.acts)
        if found.rows:
            kind: Kind = "primary" if found.draft is None else "plain"
            self.acts.addWidget(
                Button(words("app.datasets.new"), name="datasets.new", kind=kind, glyph="plus", act=self.new)
            )
        made.focus(self._last)

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
        self._view = None
        self._show(EmptyState("loading", self._desk.words("app.datasets.loading")))
        self._ask()

    # one version

    def _open(self, ref: str) -> None:
        self._desk.session.read(
            lambda bench: views.opened(bench, ref), owner=self, then=self.show_version, failed=self._on_unknown
        )

    def show_version(self, opened: Opened) -> None:
        """Shows one version in place of the list; the tab that was looked at stays."""
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
        self.acts.addWidget(
            Button(words("app.datasets.check"), name="dataset.check", glyph="shield-check", act=self._check)
        )
        self.acts.addWidget(
            Button(
                words("app.datasets.new_version"), name="dataset.again", kind="primary", glyph="plus",
                act=lambda: self._begin(drafts.like(version)),
            )
        )  # fmt: skip

    def _on_unknown(self, error: SurefootError) -> None:
        self._desk.error(error)
        if self._view is None:
            self._ask()

    def _check(self) -> None:
        view = self._view
        if view is None:
            return
        ref = view.opened.version.ref
        self._progress.begin(self._desk.words("app.datasets.checking", ref=ref))
        task = self._desk.session.act(
            lambda bench, progress, cancel: bench.datasets.check(ref, progress=progress, cancel=cancel),
            owner=self, then=self._on_checked, failed=self._on_unchecked,
            progress=lambda stage, done, total: self._progress.tell(self._desk.stage(stage, done, total), done, total),
            records=False,
        )  # fmt: skip
        self._progress.cancelled.connect(task.cancel)

    def _on_checked(self, health: Health) -> None:
        self._progress.end()
        self._desk.tell(unsound(health, self._desk.words), "ok" if health.is_sound else "bad")

    def _on_unchecked(self, error: SurefootError) -> None:
        self._progress.end()
        self._desk.error(error)

    # the steps

    def new(self) -> None:
        """Goes on with the draft that was left, or begins one."""
        self._desk.session.read(lambda bench: drafts.kept(folder(bench)) or Draft(), owner=self, then=self.show_steps)

    def take(self, path: str) -> None:
        """Makes a file or folder the source of the draft that is at hand, or of a new one, and shows its first step."""
        if self._wizard is not None:
            self.show_steps(drafts.sourced(self._wizard.draft, path))
            return
        self._desk.session.read(
            lambda bench: drafts.sourced(drafts.kept(folder(bench)) or Draft(), path),
            owner=self, then=self.show_steps,
        )  # fmt: skip

    def _begin(self, draft: Draft) -> None:
        self.show_steps(draft)

    def show_steps(self, draft: Draft) -> None:
        """Shows the steps in place of what is there."""
        self._drop()
        words = self._desk.words
        self._wizard = wizard = DatasetWizard(self._desk, draft)
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
