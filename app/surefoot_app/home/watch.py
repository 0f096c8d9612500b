"""What the top bar says of the whole project: how many runs are active, and whether the record verifies."""

from PySide6.QtCore import QObject

from surefoot.files import KEPT
from surefoot.trail import Verdict
from surefoot.workbench import Workbench, state_folder
from surefoot_app.bridge.events import Change
from surefoot_app.bridge.session import Project
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.status import Status
from surefoot_app.theme import Tone

_ACTIVE = "SELECT count(*) AS runs FROM runs WHERE state IN ('queued', 'running')"
_BADGES: dict[Verdict, tuple[str, Tone, str]] = {
    Verdict.PASS: ("verified", "ok", "shield-check"),
    Verdict.REMARKS: ("remarks", "ok", "shield-check"),
    Verdict.INCOMPLETE: ("incomplete", "warn", "shield-alert"),
    Verdict.FAIL: ("broken", "bad", "shield-x"),
}


def active(bench: Workbench) -> int:
    """How many runs have not ended."""
    row = bench.catalog.one(_ACTIVE)
    return int(row["runs"]) if row else 0


class ProjectWatch(QObject):
    """Keeps both up to date as long as a project is open. The record is verified when it is opened."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._runs = 0
        self._was_away = False
        self._verification = desk.session.verification
        self._verification.verified.connect(lambda _report: self._show())
        self._verification.failed.connect(lambda _error: self._show())
        desk.session.opened.connect(self._on_opened)
        desk.session.standing.changed.connect(self._on_standing)
        desk.events.changed.connect(self._on_changed)
        desk.retranslated.connect(self._show)

    def _on_opened(self, project: Project) -> None:
        self._was_away = False
        self._verify(project)
        self._on_counted(0)
        self._count()

    def _verify(self, project: Project) -> None:
        words = self._desk.words
        self._desk.status(Status("audit", words("app.home.verifying"), "neutral", "loader", "audit"))
        self._verification.begin(project.folder / KEPT, state_folder())

    def _on_standing(self) -> None:
        """What is away cannot be verified; once it is back that begins anew."""
        project, is_away = self._desk.session.project, self._desk.session.standing.now.is_away
        if project is not None and is_away:
            self._verification.stop()
        elif project is not None and self._was_away:
            self._verify(project)
        self._was_away = is_away

    def _on_changed(self, change: Change) -> None:
        if change.touches("run"):
            self._count()

    def _count(self) -> None:
        self._desk.session.read(active, owner=self, then=self._on_counted)

    def _on_counted(self, count: int) -> None:
        self._runs = count
        self._show()

    def _show(self) -> None:
        words = self._desk.words
        runs = words("app.home.active_runs", count=self._runs) if self._runs else ""
        self._desk.status(Status("runs", runs, "info", "cpu", "runs"))
        if (error := self._verification.error) is not None:
            told = words.error(error)
            word, why = words("app.home.audit_failed"), f"{told.what} {told.do}"
            self._desk.status(Status("audit", word, "warn", "shield-alert", "audit", why))
        elif (report := self._verification.report) is not None:
            key, tone, glyph = _BADGES[report.verdict]
            detail = words(f"app.home.audit_{key}_why")
            self._desk.status(Status("audit", words(f"app.home.audit_{key}"), tone, glyph, "audit", detail))
