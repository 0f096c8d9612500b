"""The parts that pages are made of, as they stand together on two pages with invented content."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from surefoot_app.shell.desk import Desk
from surefoot_app.theme import Tone, px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, Page, column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.chart import Goal, Line, LineChart
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.notices import Problem, ProblemsStrip
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.stepper import Stepper, StepperWords, StepState
from surefoot_app.widgets.table import Align, Column, Rows, Table
from surefoot_app.widgets.tabs import Chips, Segments
from surefoot_app.widgets.text import Text, line
from surefoot_app.widgets.why import Why


@dataclass(frozen=True, slots=True)
class _Run:
    place: int
    name: str
    state: tuple[str, Tone]
    auc: float
    dot: int | None


RUNS = tuple(
    _Run(
        place,
        f"{('lucky-ibex', 'north-kite', 'calm-heron', 'plain-wren')[place % 4]}-{place:05}",
        (("Failed", "bad") if place % 7 == 3 else ("Running", "info") if place == 1 else ("Passed", "ok")),
        0.74 + 0.16 * abs(math.sin(place * 1.7)),
        {4: 0, 6: 1, 9: 2}.get(place),
    )
    for place in range(60)
)
COLUMNS = (
    Column[_Run]("", lambda run: run.name, look="dot", dot=lambda run: run.dot, width=44),
    Column[_Run]("Run", lambda run: run.name),
    Column[_Run]("State", lambda run: run.state[0], look="pill", tone=lambda run: run.state[1], width=120),
    Column[_Run](
        "AUC",
        lambda run: f"{run.auc:.4f}",
        Align.RIGHT,
        look="bar",
        share=lambda run: (run.auc - 0.7) / 0.22,
        width=134,
    ),
    Column[_Run]("Seconds", lambda run: f"{12 + run.place * 3.7:.1f}", Align.RIGHT, width=100),
    Column[_Run]("Executor", lambda _run: "local", look="quiet", width=100),
    Column[_Run]("Plan", lambda run: f"{run.place * 7919:08x}", look="mono", width=100),
)


def table_page(desk: Desk) -> QWidget:
    """A list with a filter, and a chart and facts beside it."""
    page = Page("Runs", "60 runs of credit")
    page.acts.addWidget(Button("Export", name="run.export", glyph="download"))
    page.acts.addWidget(Button("New run", name="run.new", kind="primary", glyph="plus"))
    chips = Chips(
        (("all", "All"), ("passed", "Passed"), ("failed", "Failed"), ("running", "Running")), name="runs.kind"
    )
    filtered = FilterLine("Filter runs, e.g. auc > 0.89", name="runs.filter")
    filtered.setFixedWidth(320)
    page.body.addLayout(row(filtered, chips, 1, gap=12))
    rows = Rows[_Run](COLUMNS, RUNS)
    table = Table("runs.table", "Runs")
    rows.setParent(table)
    table.set_model(rows, COLUMNS)
    left = Card()
    left.whole.setContentsMargins(1, 1, 1, 1)
    left.body.addWidget(table)
    foot = row(Text("3 pinned to compare", "strong"), Text("Space pins a run, Enter opens it", "secondary"), 1)
    foot.setContentsMargins(14, 2, 14, 10)
    left.body.addLayout(foot)
    right = holding(column(_compared(desk), _facts(), 1, gap=GAP))
    right.setFixedWidth(px(412))
    sides = row(left, right, gap=GAP)
    sides.setStretch(0, 1)
    page.body.addLayout(sides, 1)
    return page


def _compared(desk: Desk) -> QWidget:
    card = Card("Compare")
    card.head.addWidget(
        Segments((("curves", "Curves"), ("trade", "Trade-offs"), ("diff", "Difference")), name="compare")
    )
    words = (desk.words("app.shell.as_table"), desk.words("app.shell.as_chart"))
    chart = LineChart("Validation AUC by epoch", words=words, axes=("epoch", "AUC"))
    lines = [
        Line(name, [(x, top - 0.2 * math.exp(-x / pace) + 0.003 * math.sin(x * pace)) for x in range(1, 60)])
        for name, top, pace in (
            ("lucky-ibex-00004", 0.911, 7),
            ("calm-heron-00006", 0.9, 11),
            ("north-kite-00009", 0.885, 16),
        )
    ]
    chart.set(
        lines, "All three rise until epoch 40; lucky-ibex-00004 ends highest, at 0.911.", goal=Goal(0.88, "goal 0.88")
    )
    chart.setMinimumHeight(300)
    card.body.addWidget(chart)
    return card


def _facts() -> QWidget:
    card = Card("Facts")
    card.body.addWidget(
        FactsList(
            (
                Fact("Dataset", "german-credit@3", "link", ("dataset", "german-credit@3")),
                Fact("Model", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "hash", copies="Copy"),
                Fact("Seed", "20260101"),
                Fact("Why it ended", "All criteria are met, and no guardrail was touched."),
            )
        )
    )
    return card


def stepper_page(desk: Desk) -> QWidget:
    """Guided work in its third step, with a check that fails."""
    words = desk.words
    parts = StepperWords(*(words(f"app.shell.{key}") for key in ("back", "save_and_close", "continue", "why", "steps")))
    titles = ("Candidate", "Data and consent", "Checks", "Trade-offs", "Package", "Approvals", "Sign")
    stepper = Stepper(titles, parts, last="Sign and publish")
    states: tuple[tuple[StepState, str], ...] = (
        ("done", "lucky-ibex-48110"), ("done", "3 of 3 checks"), ("now", "6 of 7 checks"), ("todo", "Say why"),
        ("again", "Check again"), ("todo", "2 people needed"), ("todo", "To: local"),
    )  # fmt: skip
    for number, (state, said) in enumerate(states):
        stepper.set_state(number, state, said)
    stepper.set_body(2, _checks())
    stepper.go(2)
    stepper.set_reason("1 check must pass before you continue")
    stepper.set_why(
        Why(
            "Check: fair across groups",
            (
                ("", "A model can be accurate on average and still treat one group worse."),
                ("What we compare", "The share of people refused in each group. The gap must stay within 5 points."),
                (
                    "What you can do",
                    "Pick a run with a smaller gap: 12 qualify. Or ask an owner for a dated exception.",
                ),
            ),
        ),
        (Button("Show 12 fairer runs", name="runs.fairer"),),
    )
    page = Page("Release credit 2.4.0")
    page.head.insertWidget(1, Pill("Draft saved", "info", glyph="clock"))
    page.acts.addWidget(Button("Preview report", name="release.preview", glyph="eye"))
    whole = page.layout()
    if whole is not None:
        whole.setContentsMargins(0, 18, 0, 0)
    page.head.setContentsMargins(24, 0, 24, 0)
    page.body.addWidget(stepper)
    return page


def _checks() -> QWidget:
    body = column(gap=0)
    pills = row(
        Text("Checks", "step-title"), 1, Pill("5 passed", "ok"), Pill("1 close", "warn"), Pill("1 failed", "bad")
    )
    body.addLayout(pills)
    body.addWidget(Text("Every check ran on the candidate and its exact data version.", "quiet", wrap=True))
    body.addSpacing(12)
    rows: tuple[tuple[Tone, str, str, str], ...] = (
        ("ok", "Accuracy meets the goal", "AUC 0.903 on data the model has never seen", "limit ≥ 0.880"),
        ("bad", "Fair across groups", "Women are refused 7.4 points more often", "limit ≤ 5.0"),
        ("warn", "Handles heavy load", "95% of answers within 46 ms; close to the limit", "limit ≤ 50 ms"),
        ("ok", "Does not reveal people", "Guessing who was in the data: no better than chance", "limit ≤ 0.55"),
    )
    glyphs = {"ok": "circle-check", "bad": "circle-x", "warn": "triangle-alert"}
    for tone, title, said, limit in rows:
        details = Button("Details", name="check.details", kind="quiet")
        texts = column(Text(title, "strong"), Text(said, "secondary", wrap=True), gap=1)
        inside = row(Glyph(glyphs[tone], tone, 20), texts, Text(limit, "secondary"), details, gap=12)
        inside.setStretch(1, 1)
        inside.setContentsMargins(12, 10, 12, 10)
        if tone != "bad":
            body.addWidget(line())
        body.addWidget(holding(inside, "bad" if tone == "bad" else "bare"))
    body.addStretch(1)
    return holding(body)


def empty_page(_desk: Desk) -> QWidget:
    """The four ways to be empty, and problems above."""
    page = Page("Nothing to see", "and why")
    strip = ProblemsStrip(close="Close")
    strip.put(
        Problem(
            "one", "Another program is writing to this project. Trying again in a moment.", "warn", ("Try now", int)
        )
    )
    strip.put(Problem("two", "The record could not be verified: a line is missing.", "bad"))
    page.body.addWidget(strip)
    act = Button("Add data", name="dataset.add", kind="primary", glyph="plus")
    first = EmptyState("nothing", "No data yet", "A version of your data is where all begins.", acts=(act,))
    second = EmptyState("no-match", "No run matches", "Nothing has an AUC above 0.99. Try a lower figure.")
    third = EmptyState("loading", "Reading the record")
    fourth = EmptyState("no-permission", "Only owners see keys", "Ask an owner of this project.")
    for pair in ((first, second), (third, fourth)):
        cards = []
        for state in pair:
            card = Card()
            card.body.addWidget(state)
            cards.append(card)
        sides = row(*cards, gap=GAP)
        sides.setStretch(0, 1)
        sides.setStretch(1, 1)
        page.body.addLayout(sides, 1)
    return page


STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("parts-table", table_page),
    ("parts-stepper", stepper_page),
    ("parts-empty", empty_page),
)
