"""One deployment: its acts, its facts, what it was asked, and a form to try it."""

from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from surefoot.deployments.facts import Figures, State
from surefoot_app.bridge.formatting import local, number
from surefoot_app.deployments.standing import TONES, Standing, lease_left, moment, no_way_back, state_word
from surefoot_app.deployments.trial import TrialForm
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, row
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.text import Text

_WHOLE = 1000
_OK = 200
_KNOWN = (200, 400, 401, 405, 413, 415, 429, 500, 503)


class Details(QWidget):
    """Shows one. Signals: `asked(act)`: `stop`, `rollback`, `lift` or `drill`.

    Args:
        desk: the hub. standing: how it stands. is_solo: one person works here.
        trial: the form of the same release in the same place, with what was written and answered there; None for a new.

    Attributes:
        trial: the form to try it.
    """

    asked = Signal(str)

    def __init__(
        self,
        desk: Desk,
        standing: Standing,
        *,
        is_solo: bool,
        trial: TrialForm | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._standing, self._is_solo = desk, standing, is_solo
        self._requests = QGridLayout()
        self._requests.setVerticalSpacing(6)
        self._requests.setHorizontalSpacing(12)
        self._requests.setColumnStretch(1, 1)
        self.trial = TrialForm(desk, standing.deployment.active.environment) if trial is None else trial
        left = column(self._facts(), self._counted(), 1, gap=GAP)
        sides = row(left, column(self.trial, 1), gap=GAP)
        sides.setStretch(0, 1)
        sides.setStretch(1, 1)
        whole = column(self._head(), sides, gap=GAP)
        self.setLayout(whole)
        self.show_figures(standing.figures)

    def _head(self) -> QWidget:
        words, found = self._desk.words, self._standing.deployment
        card = Card()
        title = Text(self._standing.title, "step-title")
        place = Text(words("app.deployments.in", environment=found.active.environment), "quiet")
        head = row(title, place, Pill(state_word(found, words), TONES[found.state]), 1, gap=10)
        for act in self._acts():
            head.addWidget(act)
        card.body.addLayout(head)
        reason = self._no_act()
        if reason:
            card.body.addWidget(Text(reason, "secondary", wrap=True))
        return card

    def _acts(self) -> list[QWidget]:
        words, state = self._desk.words, self._standing.deployment.state
        made: list[QWidget] = []
        earlier = self._standing.back
        if earlier is not None:
            text = words("app.deployments.back_act", release=f"{earlier.name} {earlier.version}")
            back = Button(text, name="deployment.rollback", glyph="undo-2", act=lambda: self.asked.emit("rollback"))
            began = moment(earlier.at)
            if began is not None:
                back.setToolTip(words("app.deployments.ran_since", day=local(began, words)))
            made.append(back)
        if state is State.SERVING and not self._standing.deployment.active.folder:
            drill = Button(words("app.deployments.drill_act"), name="deployment.drill", glyph="shield-alert")
            drill.clicked.connect(lambda _checked=False: self.asked.emit("drill"))
            made.append(_reasoned(drill, "" if self._is_solo else words("app.deployments.needs_two")))
        if state is State.STOPPED:
            lift = Button(words("app.deployments.lift_act"), name="deployment.lift", glyph="play")
            lift.clicked.connect(lambda _checked=False: self.asked.emit("lift"))
            made.append(_reasoned(lift, "" if self._is_solo else words("app.deployments.needs_two")))
        else:
            stop = Button(words("app.deployments.stop"), name="deployment.stop", kind="danger", glyph="octagon-x")
            stop.clicked.connect(lambda _checked=False: self.asked.emit("stop"))
            stop.setToolTip("Ctrl+Shift+X")
            made.append(stop)
        return made

    def _no_act(self) -> str:
        words = self._desk.words
        parts = [self._standing.deployment.reason] if self._standing.deployment.state is not State.SERVING else []
        parts.append(no_way_back(self._standing, words))
        return " ".join(part for part in parts if part)

    def _facts(self) -> QWidget:
        words, found, drill = self._desk.words, self._standing.deployment, self._standing.drill
        active = found.active
        card = Card(words("app.deployments.facts"))
        since, left = moment(active.since), lease_left(found, words)[0]
        ends = moment_of(active.lease_expires, self._desk) if active.lease_expires else ""
        copies = words("app.shell.copy")
        release = Fact(words("app.deployments.release"), self._standing.title, "link", ("release", active.release))
        facts = [
            release,
            Fact(words("app.deployments.address"), active.url if active.port else "–"),
            Fact(words("app.deployments.token_file"), found.token_file),
            Fact(words("app.deployments.since_label"), local(since, words) if since else "–"),
            Fact(words("app.deployments.lease"), f"{left} · {ends}" if ends and left != "–" else left),
            Fact(words("app.deployments.last_drill"), self._drill() if drill else words("app.deployments.no_drill")),
            Fact(words("app.deployments.digest"), active.digest, "hash", copies=copies),
            Fact(words("app.deployments.story"), words("app.deployments.story_open"), "link",
                 ("review", active.environment)),
        ]  # fmt: skip
        if active.folder:
            facts.insert(1, Fact(words("app.deployments.handed_to"), active.folder))
        listed = FactsList(facts)
        listed.followed.connect(self._desk.open)
        card.body.addWidget(listed)
        return card

    def _drill(self) -> str:
        drill, words = self._standing.drill, self._desk.words
        if drill is None:
            return ""
        at = moment(drill.at)
        day = local(at, words) if at else drill.at[:10]
        seconds = number(float(drill.stop_seconds or 0), words, digits=2)
        return words("app.deployments.drill_fact", day=day, seconds=seconds)

    def _counted(self) -> QWidget:
        words = self._desk.words
        card = Card(words("app.deployments.requests"))
        card.head.addWidget(Text(words("app.deployments.since_start"), "secondary"))
        self._none = Text("", "quiet", wrap=True)
        card.body.addLayout(self._requests)
        card.body.addWidget(self._none)
        return card

    def show_figures(self, figures: Figures | None) -> None:
        """Shows what the service counts now: how many requests ended with each status."""
        words = self._desk.words
        cleared(self._requests)
        if figures is None or not figures.asked:
            key = "no_figures" if figures is None else "not_asked"
            self._none.setText(words(f"app.deployments.{key}"))
            self._none.show()
            return
        self._none.hide()
        for place, (status, count) in enumerate(sorted(figures.requests.items())):
            key = f"app.deployments.ended_{status}" if status in _KNOWN else "app.deployments.ended_other"
            share = _WHOLE * count // figures.asked  # a bar counts to two milliards only
            bar = QProgressBar(textVisible=False, minimum=0, maximum=_WHOLE, value=share)
            bar.setAccessibleName(f"{status}: {count}")
            figure = Text(number(count, words), "strong")
            name = Text(f"{words(key)} ({status})", "body" if status == _OK else "quiet")
            for column_, widget in enumerate((name, bar, figure)):
                self._requests.addWidget(widget, place, column_)


def moment_of(milliseconds: int, desk: Desk) -> str:
    """A moment, given in milliseconds since 1970, in local time."""
    return local(datetime.fromtimestamp(milliseconds / 1000, UTC), desk.words)


def _reasoned(button: Button, reason: str) -> QWidget:
    return ReasonedButton(button, reason=reason) if reason else button
