"""Parts whose look is kept as pictures (tests/golden/pictures).

Their words are invented here, so that only the look can change them.
"""

import math
from collections.abc import Callable

from PySide6.QtWidgets import QLayout, QWidget

from surefoot_app.theme import Tone
from surefoot_app.widgets.bars import Span, SpanBar
from surefoot_app.widgets.boxes import Card, column, holding, row
from surefoot_app.widgets.buttons import Button, Kind
from surefoot_app.widgets.chart import Goal, Line, LineChart
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.pill import GLYPHS, Glyph, Pill
from surefoot_app.widgets.stepper import Stepper, StepperWords, StepState
from surefoot_app.widgets.table import Rows, Table
from surefoot_app.widgets.unfolding import Heading, UnfoldingRow
from tests.gallery.parts import COLUMNS, RUNS

_STATES: tuple[StepState, ...] = ("done", "close", "again", "now", "failed", "todo")


def pills() -> QWidget:
    soft = row(*(Pill(tone.title(), tone) for tone in GLYPHS), 1)
    bare = row(*(Pill(tone.title(), tone, soft=False) for tone in GLYPHS), 1, gap=16)
    return _page(column(soft, bare, 1, gap=12, margin=12), 620, 90)


def glyphs() -> QWidget:
    names = ("house", "play", "shield-check", "octagon-x", "search", "graduation-cap", "lock", "loader", "copy")
    looks = (("muted", 15), ("accent", 18), ("ok", 20), ("warn", 24), ("bad", 32))
    lines = [row(*(Glyph(name, role, size) for name in names), 1) for role, size in looks]
    return _page(column(*lines, 1, margin=12), 380, 190)


def buttons() -> QWidget:
    kinds: tuple[Kind, ...] = ("primary", "plain", "danger", "quiet", "link")
    made = [Button("Sign and publish", name=kind, kind=kind, glyph="check") for kind in kinds]
    off = [Button("Sign and publish", name=kind, kind=kind) for kind in kinds[:3]]
    for each in off:
        each.setEnabled(False)
    return _page(column(row(*made, 1), row(*off, 1), 1, gap=12, margin=12), 860, 110)


def stepper() -> QWidget:
    made = Stepper(
        [state.title() for state in _STATES], StepperWords("Back", "Leave", "On", "Why", "Steps"), last="End"
    )
    for place, state in enumerate(_STATES):
        made.set_state(place, state, f"It is {state}")
    made.go(3)
    return _page(column(made), 900, 460)


def check_rows() -> QWidget:
    tones: tuple[Tone, ...] = ("ok", "warn", "bad")
    made = []
    for place, tone in enumerate(tones):
        heading = Heading(
            name=tone, title=f"Fair in {tone}", said="Refused 7.4 points more often", word=tone.title(), tone=tone,
            aside="limit 0.05",
        )  # fmt: skip
        figure = SpanBar(Span(0.03 + 0.02 * place, 0.02, 0.09, 0.05, is_least=False), tone, "spoken")
        made.append(UnfoldingRow(heading, ("Details", "Fold"), list, figure=figure))
    return _page(column(*made, 1, gap=0, margin=12), 860, 230)


def table() -> QWidget:
    made = Table("runs.table", "Runs")
    rows = Rows(COLUMNS, RUNS[:10])
    rows.setParent(made)
    made.set_model(rows, COLUMNS)
    made.selectRow(2)
    return _page(column(made), 900, 300)


def chart() -> QWidget:
    made = LineChart("AUC by epoch", words=("As table", "As chart"), axes=("epoch", "AUC"))
    lines = [
        Line(f"run-{pace}", [(x, 0.9 - 0.2 * math.exp(-x / pace) + 0.003 * math.sin(x * pace)) for x in range(1, 60)])
        for pace in (7, 11, 16)
    ]
    made.set(lines, "All three rise until epoch 40.", goal=Goal(0.88, "goal 0.88"))
    card = Card("Compare")
    card.body.addWidget(made)
    return _page(column(card, margin=12), 520, 400)


def empty() -> QWidget:
    act = Button("Add data", name="dataset.add", kind="primary", glyph="plus")
    made = EmptyState("nothing", "No data yet", "A version of your data is where all begins.", acts=(act,))
    return _page(column(made), 420, 240)


def _page(layout: QLayout, width: int, height: int) -> QWidget:
    made = holding(layout, "page")
    made.setFixedSize(width, height)
    return made


PICTURED: dict[str, Callable[[], QWidget]] = {
    made.__name__: made for made in (pills, glyphs, buttons, stepper, check_rows, table, chart, empty)
}
