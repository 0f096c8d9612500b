"""The sheet that stops a model: what stops, what answers instead, and the seconds until the refusal was seen."""

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from surefoot.deployments.facts import Stopped
from surefoot.errors import NotConfirmedError, SurefootError
from surefoot.workbench import stop_without_record
from surefoot_app.bridge.formatting import number
from surefoot_app.bridge.tasks import while_here
from surefoot_app.deployments.standing import Standing
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import holding, row
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.sheet import Sheet
from surefoot_app.widgets.text import Text

_TICK = 100  # milliseconds


class StopSheet(Sheet):
    """Stops what runs in one environment: opened by one press, carried out by the second. The reason comes after.

    Attributes:
        phase: `asked`, `stopping`, `seen` (it refuses), `keeping` (the reason) or `unsure` (nothing confirmed it).
    """

    def __init__(self, desk: Desk, standing: Standing, parent: QWidget | None = None) -> None:
        words, active = desk.words, standing.deployment.active
        super().__init__(
            words("app.deployments.stop_title", release=standing.title, environment=active.environment),
            detail=words("app.deployments.stop_detail", release=standing.title),
            act=words("app.deployments.stop_now"),
            cancel=words("app.shell.close"),
            kind="danger",
            do=self._on_act,
            parent=parent,
        )
        self.phase = "asked"
        self._desk, self._environment, self._began = desk, active.environment, 0.0
        self._glyph, self._seconds = Glyph("octagon-x", "bad", 22), Text("", "figure")
        self._said = Text(words("app.deployments.instead"), "body", wrap=True)
        told = row(self._glyph, self._seconds, self._said, gap=12, margin=14)
        told.setStretch(2, 1)
        self.body.addWidget(holding(told, "sunken"))
        if standing.back is not None:
            earlier = f"{standing.back.name} {standing.back.version}"
            self.body.addWidget(Text(words("app.deployments.rather_back", release=earlier), "secondary", wrap=True))
        self._reason = QLineEdit()
        self._field = Field(
            words("app.deployments.reason"),
            self._reason,
            name="stop.reason",
            hint=words("app.deployments.reason_after"),
        )
        self._field.hide()
        self._seconds.hide()
        self.body.addWidget(self._field)
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._count)
        self._reason.textChanged.connect(self._on_reason)
        self.act.button.setFocus()

    def reject(self) -> None:
        """Closes the sheet, unless something is being stopped."""
        # What is being stopped is watched until it is known how that ended.
        if self.phase != "stopping":
            super().reject()

    def _on_act(self) -> None:
        if self.phase == "asked":
            self._stop()
        elif self.phase == "seen":
            self._keep_reason()

    def _stop(self) -> None:
        self.phase, self._began = "stopping", time.monotonic()
        self._seconds.show()
        self._said.setText(self._desk.words("app.deployments.stopping"))
        self.act.set_reason(self._desk.words("app.deployments.watching"))
        self._count()
        self._timer.start()
        name = self._environment
        self._desk.session.urgent(
            lambda bench: bench.deployments.stop(name), owner=self, then=self._on_stopped, failed=self._on_failed,
            otherwise=lambda bench, unlock: stop_without_record(
                bench.project, name, reason="", unlock=unlock, founding=bench.trail.founding
            ),
        )  # fmt: skip

    def _count(self) -> None:
        words = self._desk.words
        passed = number(time.monotonic() - self._began, words, digits=1)
        self._seconds.setText(words("app.time.seconds", count=passed))

    def _on_stopped(self, stopped: Stopped) -> None:
        words = self._desk.words
        self.phase = "seen"
        self._timer.stop()
        self._glyph.set("circle-check", "ok")
        self._seconds.setText(words("app.time.seconds", count=number(float(stopped.seconds), words, digits=2)))
        key = f"app.deployments.seen_{stopped.seen}"
        self._said.setText(words(key) if words.has(key) else words("app.deployments.seen_refuses"))
        self._field.show()
        self.act.button.setText(words("app.deployments.keep_reason"))
        self.act.button.setAccessibleName(self.act.button.text())
        self._on_reason("")
        self._reason.setFocus()

    def _on_failed(self, error: SurefootError) -> None:
        told = self._desk.words.error(error)
        self.phase = "unsure"
        self._timer.stop()
        self._glyph.set("triangle-alert", "bad")
        is_unsure = isinstance(error, NotConfirmedError)
        title = self._desk.words("app.deployments.not_confirmed" if is_unsure else "app.deployments.not_stopped")
        self._said.setText(f"{title} {told.what} {told.means} {told.do} ({told.code})")
        self.act.set_reason(title)

    def _on_reason(self, text: str) -> None:
        if self.phase == "seen":
            self.act.set_reason("" if text.strip() else self._desk.words("app.deployments.reason_missing"))

    def _keep_reason(self) -> None:
        name, reason, desk = self._environment, self._reason.text().strip(), self._desk
        self.phase = "keeping"
        self._field.set_wrong("")
        self.act.set_reason(self._desk.words("app.deployments.keeping_reason"))
        # The sheet may be closed meanwhile; that a reason was not recorded is told all the same.
        desk.session.act(
            lambda bench, _progress, _cancel: bench.deployments.say_why(name, reason),
            owner=desk,
            then=while_here(self, lambda _none: self.accept()),
            failed=while_here(self, self._on_reason_failed, desk.error),
        )

    def _on_reason_failed(self, error: SurefootError) -> None:
        told = self._desk.words.error(error)
        self.phase = "seen"
        self._on_reason(self._reason.text())
        self._field.set_wrong(f"{told.what} {told.do} ({told.code})")
