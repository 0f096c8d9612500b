"""The fourth step: the candidate among the other runs, and one sentence that a person has to write."""

from dataclasses import replace

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from surefoot.checks.facts import Limit
from surefoot.checks.telling import SHARES, limit_of, shown
from surefoot_app.releases.dossier import Dossier
from surefoot_app.releases.hands import Hands
from surefoot_app.releases.weighing import Point, Weighing, weigh
from surefoot_app.shell.desk import Desk
from surefoot_app.showing import judgements
from surefoot_app.theme import px
from surefoot_app.widgets.boxes import cleared, column, row, scrolled
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.scatter import Edge, Mark, Scatter, Spot, Spread
from surefoot_app.widgets.text import Text


class WeighStep(QWidget):
    """Shows what the candidate is weighed against, and takes the sentence."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        words = desk.words
        self._hands: Hands | None = None
        self._found: Dossier | None = None
        self._picture = column()
        self._edit = QPlainTextEdit()
        self._edit.setTabChangesFocus(True)
        self._edit.setPlaceholderText(words("app.releases.weigh_example"))
        self._edit.setFixedHeight(px(76))
        self._edit.textChanged.connect(self._on_written)
        field = Field(
            words("app.releases.weigh"), self._edit, name="release.weighed", hint=words("app.releases.weigh_hint")
        )
        made = column(
            Text(words("app.releases.step_weighed"), "step-title"),
            Text(words("app.releases.weighed_lead"), "quiet", wrap=True),
            self._picture,
            field,
            1,
            gap=10,
        )
        made.setContentsMargins(0, 0, 8, 0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(made))

    def show_dossier(self, found: Dossier, hands: Hands) -> None:
        """Shows a candidate among the others."""
        self._found, self._hands = found, hands
        if self._edit.toPlainText() != found.draft.trade_off:
            self._edit.blockSignals(True)  # noqa: FBT003 - Qt's own signature
            self._edit.setPlainText(found.draft.trade_off)
            self._edit.blockSignals(False)  # noqa: FBT003
        cleared(self._picture)
        weighed = weigh(found.subjects, found.draft.run)
        if weighed is None:
            self._picture.addWidget(Text(self._desk.words("app.releases.nothing_to_weigh"), "quiet", wrap=True))
        else:
            self._show(weighed, found)

    def _show(self, weighed: Weighing, found: Dossier) -> None:
        models = frozenset(one.model for one in found.live if one.model)
        spots = [_spot(point, found.draft.run, models, weighed) for point in weighed.points]
        edges = [
            None if limit is None else Edge(limit[0] * _scale(metric), limit[1])
            for limit, metric in zip(weighed.limits, weighed.metrics, strict=True)
        ]
        front = [(x * _scale(weighed.metrics[0]), y * _scale(weighed.metrics[1])) for x, y in weighed.front]
        said = self._told(weighed, found)
        axes = (self._axis(weighed, 0), self._axis(weighed, 1))
        scatter = Scatter("release.scatter")
        scatter.set(Spread(spots, front, edges[0], edges[1], axes), said)
        scatter.chosen.connect(lambda run: self._desk.open("run", run))
        scatter.setFixedHeight(px(262))
        self._picture.addWidget(scatter)
        self._picture.addWidget(Text(said, "secondary", wrap=True))
        self._picture.addLayout(self._legend(has_live=any(spot.mark == "live" for spot in spots)))

    def _axis(self, weighed: Weighing, place: int) -> str:
        words, metric = self._desk.words, weighed.metrics[place]
        name = f"{judgements.title(weighed.kinds[place], words)}: {words.term('metric', metric)}"
        limit = weighed.limits[place]
        unit = ", %" if metric in SHARES else ""
        if limit is None:
            return f"{name}{unit}"
        rule = Limit("at_least" if limit[1] else "at_most", repr(limit[0]), "policy")
        return f"{name}{unit} ({words('app.checks.limit', limit=limit_of(rule, metric, words))})"

    def _told(self, weighed: Weighing, found: Dossier) -> str:
        words = self._desk.words
        own = next(point for point in weighed.points if point.run == found.draft.run)
        others = len(weighed.points) - 1
        values = {
            "name": own.name,
            "first": shown(repr(own.x), weighed.metrics[0], words),
            "second": shown(repr(own.y), weighed.metrics[1], words),
            "count": words.count(others),
            "beaten": words.count(weighed.beaten),
        }
        key = "weighed_alone" if not others else "weighed_beaten" if weighed.beaten else "weighed_best"
        return words(f"app.releases.{key}", **values)

    def _legend(self, *, has_live: bool) -> QVBoxLayout:
        words = self._desk.words
        inside = row(Glyph("circle-dot", "accent", 15), Text(words("app.releases.mark_chosen"), "secondary"), gap=6)
        if has_live:
            inside.addWidget(Glyph("square", "info", 15))
            inside.addWidget(Text(words("app.releases.mark_live"), "secondary"))
        inside.addStretch(1)
        others = row(
            Glyph("circle", "muted", 15), Text(words("app.releases.mark_other"), "secondary", wrap=True), gap=6
        )
        others.setStretch(1, 1)
        return column(inside, others, gap=4)

    def _on_written(self) -> None:
        if self._hands is not None and self._found is not None:
            draft = replace(self._found.draft, trade_off=self._edit.toPlainText())
            self._found = replace(self._found, draft=draft)
            self._hands.change(draft)


def _scale(metric: str) -> float:
    return 100.0 if metric in SHARES else 1.0


def _spot(point: Point, run: str, live: frozenset[str], weighed: Weighing) -> Spot:
    mark: Mark = "chosen" if point.run == run else "live" if point.model in live else "other"
    scales = (_scale(weighed.metrics[0]), _scale(weighed.metrics[1]))
    return Spot(point.run, point.name, point.x * scales[0], point.y * scales[1], mark)
