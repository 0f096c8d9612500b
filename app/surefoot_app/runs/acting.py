"""The buttons of one run: what can be done with it, and beside what cannot be done the reason, said once."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot.runs.facts import Run
from surefoot_app.runs import acts
from surefoot_app.runs.doing import doing
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import cleared, row
from surefoot_app.widgets.buttons import Button, Kind, ReasonedButton
from surefoot_app.widgets.text import Text

_KINDS: dict[str, Kind] = {"run.cancel": "danger", "run.release": "primary"}
_Act = tuple[str, str, Callable[[Desk, Run | None], str], Callable[[Desk, Run], object]]
_ACTS: tuple[_Act, ...] = (
    ("run.checks", "list-checks", acts.why_no_checks, acts.check),
    ("run.release", "package-check", acts.why_no_model, acts.release),
    ("run.reproduce", "rotate-ccw", acts.why_not_again, acts.reproduce),
    ("run.cancel", "ban", acts.why_no_cancel, acts.cancel),
)


class RunActs(QWidget):
    """The acts of a run as they stand now."""

    def __init__(self, desk: Desk, run: Run, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._run = desk, run
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(8)
        doing(desk).turned.connect(self._on_turned)
        desk.hindered.connect(self._on_hindered)
        self._build()

    def _on_turned(self, run: str) -> None:
        if run == self._run.run:
            self._build()

    def _on_hindered(self, _reason: str) -> None:
        self._build()

    def _build(self) -> None:
        words, run, desk = self._desk.words, self._run, self._desk
        cleared(self._whole)
        buttons = row(gap=8)
        barred: dict[str, list[Button]] = {}
        for name, glyph, why, act in _ACTS:
            if name == "run.cancel" and run.has_ended:
                continue
            reason = why(desk, run)
            kind = "plain" if reason else _KINDS.get(name, "plain")
            button = Button(words(f"app.action.{name}"), name=name, glyph=glyph, kind=kind)
            if reason:
                button.setEnabled(False)
                button.setAccessibleDescription(reason)
                barred.setdefault(reason, []).append(button)
                continue
            button.clicked.connect(lambda _checked=False, act=act: act(desk, run))
            buttons.addWidget(button if name == "run.release" else desk.guard(ReasonedButton(button)))
        command = Button(words("app.runs.copy_command"), name="run.command", glyph="copy")
        command.clicked.connect(lambda _checked=False: acts.copy(f"surefoot run show {run.run}"))
        buttons.addWidget(command)
        buttons.addStretch(1)
        self._whole.addLayout(buttons)
        for reason, those in barred.items():
            self._whole.addLayout(row(*those, Text(reason, "secondary"), 1, gap=8))
