"""Sheets that give an order and wait until it is seen to be carried out: roll back, lift, drill, deploy."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from surefoot.deployments.facts import Deployed, Drill, Handover
from surefoot.errors import CancelledError, Code, SurefootError
from surefoot.files import place_at
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.formatting import number
from surefoot_app.deployments.standing import Overview, Standing
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import holding, row
from surefoot_app.widgets.buttons import Button, IconButton
from surefoot_app.widgets.fields import Choice, Field
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.sheet import Sheet
from surefoot_app.widgets.tabs import Segments
from surefoot_app.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Order:
    """What a sheet says and does.

    Attributes:
        title, detail, act, going: words. command: the same on the command line.
        work: takes the workbench and the reason that was written.
    """

    title: str
    detail: str
    act: str
    going: str
    command: str
    work: Callable[[Workbench, str], Any]


class OrderSheet(Sheet):
    """Gives an order after one confirmation, shows that it goes on, and tells an error in its place.

    Attributes:
        ended: called with what came out, once the sheet is closed.
    """

    def __init__(
        self, desk: Desk, order: Order, *, ended: Callable[[Any], object], parent: QWidget | None = None
    ) -> None:
        words = desk.words
        super().__init__(
            order.title,
            detail=order.detail,
            act=order.act,
            cancel=words("app.shell.cancel"),
            do=self.give,
            parent=parent,
        )
        self._desk, self._order, self.ended = desk, order, ended
        self._missing, self._is_going = "", False
        # Whoever takes it first has the order: the lane, which begins it then, or the person, who takes it back.
        self._first = Lock()
        desk.guard(self.act)
        self._reason = QLineEdit()
        self.reason = Field(words("app.deployments.reason"), self._reason, name="order.reason")
        self._wrong = Text("", "bad", wrap=True)
        self._wrong.hide()
        self._progress = Progress(words("app.shell.cancel"))
        self._copy = Button(words("app.deployments.copy_command"), name="order.copy", kind="quiet", glyph="copy")
        self._copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(self._order.command))
        self._copy.setToolTip(order.command)
        for part in (self.reason, self._wrong, self._progress):
            self.body.addWidget(part)
        self.body.addLayout(row(self._copy, 1))

    def set_order(self, order: Order, *, missing: str = "") -> None:
        """Takes another order, where what is chosen in the sheet has changed; `missing` says why it cannot be given."""
        self._order, self._missing = order, missing
        self._copy.setToolTip(order.command)
        self._update_act()

    def give(self) -> None:
        """Gives the order, once."""
        if self._is_going:
            return
        work, reason, first = self._order.work, self._reason.text().strip(), Lock()

        def carried_out(bench: Workbench) -> Any:
            if not first.acquire(blocking=False):
                raise CancelledError(Code.CANCELLED)
            return work(bench, reason)

        self._is_going, self._first = True, first
        self._wrong.hide()
        self._update_act()
        self._progress.begin(self._order.going, can_stop=False)
        self._desk.session.act(
            lambda bench, _progress, _cancel: carried_out(bench),
            owner=self,
            then=self._on_done,
            failed=self._on_failed,
        )

    def reject(self) -> None:
        """Closes the sheet; an order that waits is taken back, one that has begun is watched until its end is known."""
        if not self._is_going or self._first.acquire(blocking=False):
            super().reject()

    def _update_act(self) -> None:
        self.act.set_reason(self._order.going if self._is_going else self._missing)

    def _end(self) -> None:
        self._is_going = False
        self._progress.end()
        self._update_act()

    def _on_done(self, found: Any) -> None:
        self._end()
        self.accept()
        self.ended(found)

    def _on_failed(self, error: SurefootError) -> None:
        self._end()
        told = self._desk.words.error(error)
        self._wrong.setText(f"{told.what} {told.means} {told.do} ({told.code})")
        self._wrong.show()


def rollback(desk: Desk, standing: Standing, day: str) -> Order:
    """Back to the release that ran before; `day` is since when that ran, in words."""
    name, earlier, words = standing.deployment.active.environment, standing.back, desk.words
    release = "" if earlier is None else f"{earlier.name} {earlier.version}"
    to = "" if earlier is None else f" --to {earlier.name}@{earlier.version}"
    meant = None if earlier is None else earlier.release or None
    return Order(
        words("app.deployments.back_title", release=release, environment=name),
        words("app.deployments.back_detail", release=release, day=day, current=standing.title),
        words("app.deployments.back_act", release=release),
        words("app.deployments.starting"),
        f"surefoot rollback {name}{to}",
        # What the sheet names, whatever has been stopped or begun since.
        lambda bench, reason: bench.deployments.rollback(name, to=meant, reason=reason),
    )


def lift(desk: Desk, standing: Standing) -> Order:
    """What is stopped answers again."""
    name, words = standing.deployment.active.environment, desk.words
    return Order(
        words("app.deployments.lift_title", release=standing.title, environment=name),
        words("app.deployments.lift_detail", release=standing.title),
        words("app.deployments.lift_act"),
        words("app.deployments.starting"),
        f"surefoot lift {name}",
        lambda bench, reason: bench.deployments.lift(name, reason=reason),
    )


def lift_release(desk: Desk, environment: str, ref: str) -> Order:
    """A release that something else took the place of may be deployed again; nothing starts."""
    words = desk.words
    return Order(
        words("app.deployments.lift_title", release=ref, environment=environment),
        words("app.deployments.lift_only", release=ref),
        words("app.deployments.lift_act"),
        words("app.deployments.lifting"),
        f"surefoot lift {environment} --release {ref}",
        lambda bench, reason: bench.deployments.lift_release(ref, environment, reason=reason),
    )


def drill(desk: Desk, standing: Standing) -> Order:
    """A stop that is practised."""
    name, words = standing.deployment.active.environment, desk.words
    return Order(
        words("app.deployments.drill_title", environment=name),
        words("app.deployments.drill_detail", release=standing.title),
        words("app.deployments.drill_act"),
        words("app.deployments.drilling"),
        f"surefoot drill stop {name}",
        lambda bench, reason: bench.deployments.drills.stop(name, reason=reason),
    )


def drilled(found: Drill, desk: Desk) -> str:
    """A drill in words."""
    words = desk.words
    stop, again = (number(float(value or 0), words, digits=2) for value in (found.stop_seconds, found.lift_seconds))
    return words("app.deployments.drilled", stop=stop, again=again)


class DeploySheet(OrderSheet):
    """Chooses a signed release, a place, and whether it runs here or is handed over as a folder."""

    def __init__(
        self, desk: Desk, found: Overview, *, ended: Callable[[Deployed], object], parent: QWidget | None = None
    ) -> None:
        words = desk.words
        empty = Order(
            words("app.deployments.deploy_title"),
            words("app.deployments.deploy_detail"),
            words("app.deployments.deploy_act"),
            words("app.deployments.starting"),
            "surefoot deploy",
            lambda _bench, _reason: None,
        )
        super().__init__(desk, empty, ended=ended, parent=parent)
        self._empty, self._found = empty, found
        self.reason.hide()
        self._release, self._place, self._folder = Choice(), Choice(), QLineEdit()
        self._release.addItems([one.ref for one in found.ready])
        self._target = Segments(
            (("process", words("app.deployments.here")), ("folder", words("app.deployments.as_folder"))),
            name="deploy.target",
        )
        browse = Button(words("app.welcome.browse"), name="deploy.browse", act=self._browse)
        inside = row(
            Field(words("app.deployments.folder"), self._folder, name="deploy.folder",
                  hint=words("app.deployments.folder_hint")),
            browse,
        )  # fmt: skip
        inside.setStretch(0, 1)
        self._away = holding(inside)
        parts = (
            Field(words("app.deployments.release"), self._release, name="deploy.release"),
            Field(words("app.deployments.environment"), self._place, name="deploy.environment"),
            self._target,
            self._away,
        )
        for place, part in enumerate(parts):
            self.body.insertWidget(place, part)
        self._connect()

    def choose(self, ref: str | None) -> None:
        """Takes a release; None leaves the first."""
        if ref is not None:
            self._release.setCurrentText(ref)

    def _connect(self) -> None:
        self._release.currentTextChanged.connect(self._on_release)
        for signal in (self._place.currentTextChanged, self._folder.textChanged, self._target.chosen):
            signal.connect(self._on_changed)
        self._on_release(self._release.currentText())

    def _browse(self) -> None:
        title = self._desk.words("app.deployments.folder")
        folder = QFileDialog.getExistingDirectory(self, title, str(Path.home()))
        if folder:
            self._folder.setText(folder)

    def _on_release(self, ref: str) -> None:
        allowed = next((one.environments for one in self._found.ready if one.ref == ref), ())
        known = [name for name in self._found.environments if name in allowed]
        self._place.clear()
        self._place.addItems(known)
        self._on_changed("")

    def _on_changed(self, _value: str) -> None:
        words, ref, place = self._desk.words, self._release.currentText(), self._place.currentText()
        is_away = self._target.current == "folder"
        folder = self._folder.text().strip()
        self._away.setVisible(is_away)
        more = f" --target folder --out {folder or 'DIR'}" if is_away else ""
        into = Handover(place_at(folder), Words(words.language)) if is_away and folder else None
        order = Order(
            self._empty.title, self._empty.detail, self._empty.act, self._empty.going,
            f"surefoot deploy {ref} {place}{more}",
            lambda bench, _reason: bench.deployments.deploy(ref, place, into=into),
        )  # fmt: skip
        missing = (
            "no_release" if not ref else "no_place" if not place else "no_folder" if is_away and not folder else ""
        )
        self.set_order(order, missing=words(f"app.deployments.{missing}") if missing else "")


class TokenSheet(Sheet):
    """The token of an environment that was made just now: shown once, to be copied."""

    def __init__(self, desk: Desk, deployed: Deployed, parent: QWidget | None = None) -> None:
        words, token = desk.words, deployed.token or ""
        super().__init__(
            words("app.deployments.token_title"),
            detail=words("app.deployments.token_detail", path=deployed.deployment.token_file),
            act=words("app.deployments.token_seen"),
            cancel=words("app.shell.close"),
            parent=parent,
        )
        shown = Text(token, "mono", wrap=True)
        shown.setObjectName("token")
        copy = IconButton("copy", words("app.shell.copy"), name="token.copy")
        copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(token))
        inside = row(shown, 1, copy, margin=12)
        self.body.addWidget(holding(inside, "sunken"))
