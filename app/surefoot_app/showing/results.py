"""One check as a line that opens: sentence, figure against its limit, and below it what it rests on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from surefoot.checks import rules
from surefoot.checks.facts import Result
from surefoot.checks.pictures import Bar, Picture
from surefoot.checks.telling import shown, tell
from surefoot_app.bridge.formatting import local, number
from surefoot_app.shell.desk import Desk
from surefoot_app.showing import judgements
from surefoot_app.showing.judgements import NOT_RUN, Judgement
from surefoot_app.theme import Tone, px
from surefoot_app.widgets.bars import BarRows, NamedBar, Span, SpanBar
from surefoot_app.widgets.boxes import column, holding, row
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.chart import Line, LineChart
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.text import Text
from surefoot_app.widgets.unfolding import Heading, UnfoldingRow

_KEYED = frozenset({"answers", "latency"})


@dataclass(frozen=True, slots=True)
class Acts:
    """What may be done from a row.

    Attributes:
        run: runs one kind of check; None where it cannot be done here. waive: lets it be; None likewise.
        why_not: why nothing can be run now, in words.
    """

    run: Callable[[str], object] | None = None
    waive: Callable[[str], object] | None = None
    why_not: str = ""


def result_row(desk: Desk, one: Judgement, acts: Acts) -> UnfoldingRow:
    """The row of a check."""
    words = desk.words
    result = one.row.result
    aside = "" if result is None else tell(result, words).limit
    heading = Heading(
        name=f"check.{one.kind}",
        title=judgements.title(one.kind, words),
        said=judgements.sentence(one, words),
        word=judgements.word(one.state, words),
        tone=one.tone,
        aside=words("app.checks.limit", limit=aside) if aside else "",
    )
    span = None if result is None else span_of(result)
    drawn = None if span is None or result is None else SpanBar(span, one.tone, _spoken(result, desk))
    opening = (words("app.checks.details"), words("app.checks.fold"))
    return UnfoldingRow(heading, opening, lambda: _opened(desk, one, acts), figure=drawn)


def span_of(result: Result) -> Span | None:
    """A result's main figure with its interval and limit, as numbers; None where there is no figure."""
    main = rules.main(result.judged) if result.judged else None
    if main is None or main.measure.figure is None:
        return None
    measure, limit = main.measure, main.limit
    return Span(
        float(measure.figure or 0),
        None if measure.low is None else float(measure.low),
        None if measure.high is None else float(measure.high),
        None if limit is None else float(limit.value),
        is_least=limit is not None and limit.rule == "at_least",
    )


def _spoken(result: Result, desk: Desk) -> str:
    """The drawn figure in words; there is one."""
    words, main = desk.words, rules.main(result.judged)
    measure = main.measure
    parts = [f"{words.term('metric', measure.metric)}: {shown(measure.figure, measure.metric, words)}"]
    if measure.low is not None and measure.high is not None:
        ends = {end: shown(getattr(measure, end), measure.metric, words) for end in ("low", "high")}
        parts.append(words("app.checks.interval", **ends))
    told = tell(result, words)
    if told.limit:
        parts.append(words("app.checks.limit", limit=told.limit))
    return ", ".join(parts)


def _opened(desk: Desk, one: Judgement, acts: Acts) -> list[QWidget]:
    words, result = desk.words, one.row.result
    made: list[QWidget] = []
    if one.waived:
        made.append(Text(one.waived, "strong", wrap=True))
    if result is not None:
        told = tell(result, words)
        made += [Text(text, "secondary", wrap=True) for text in told.beside]
        if one.picture is not None:
            made.append(drawn(one.picture, desk))
        made.append(_facts(desk, one, result, told.origin))
        made.append(Text(words("app.checks.cannot_show", text=told.cannot_show), "secondary", wrap=True))
    why = f"say.checks.{one.kind}.why"
    if words.has(why):
        made.append(Text(words("app.checks.why", text=words(why)), "secondary", wrap=True))
    if one.passing:
        made.append(_passing(desk, one))
    return [*made, *_acts(desk, one, acts)]


def _facts(desk: Desk, one: Judgement, result: Result, origin: str) -> QWidget:
    words = desk.words
    facts = [Fact(words("app.checks.measured"), _spoken(result, desk))] if result.judged else []
    if origin:
        facts.append(Fact(words("app.checks.set_by"), origin))
    if one.data:
        facts.append(Fact(words("app.checks.data"), one.data, "link", ("dataset", one.data)))
    facts.append(Fact(words("app.checks.rows"), number(result.rows, words)))
    facts.append(Fact(words("app.checks.seed"), str(result.seed)))
    if result.at:
        when = datetime.fromisoformat(result.at)
        facts.append(Fact(words("app.checks.at"), local(when, words)))
    facts.append(Fact(words("app.checks.evidence"), result.evidence, "hash", copies=words("app.shell.copy")))
    made = FactsList(facts)
    made.followed.connect(desk.open)
    return made


def drawn(made: Picture, desk: Desk) -> QWidget:
    """The drawing of evidence."""
    words = desk.words
    title = words(f"say.checks.picture.{made.key}")
    if made.points:
        return _curve(made, title, desk)
    tone: Tone = "bad" if made.key == "groups" else "warn"
    bars = BarRows(title, [_bar(bar, made, desk) for bar in made.bars], tone=tone)
    return holding(column(Text(title, "label"), bars, gap=4))


def _bar(bar: Bar, made: Picture, desk: Desk) -> NamedBar:
    words = desk.words
    name = words(f"say.checks.picture.{bar.name}") if made.key in _KEYED else bar.name
    return NamedBar(name, bar.value, _told(bar, made.unit, desk), bar.is_worst)


def _told(bar: Bar, unit: str, desk: Desk) -> str:
    words = desk.words
    if unit == "count":
        return number(int(bar.value), words)
    if unit != "share":
        return number(bar.value, words, digits=2) + (" ms" if unit == "ms" else "")
    text = f"{number(100 * bar.value, words, digits=1)} %"
    if bar.low is None or bar.high is None:
        return text
    return f"{text}  ({number(100 * bar.low, words, digits=1)} – {number(100 * bar.high, words, digits=1)})"


def _curve(made: Picture, title: str, desk: Desk) -> QWidget:
    words = desk.words
    points = [(100 * x, 100 * y) for x, y in made.points]
    chart = LineChart(
        title,
        words=(words("app.shell.as_table"), words("app.shell.as_chart")),
        axes=(words("app.checks.said"), words("app.checks.was")),
    )
    ends = [(points[0][0], points[0][0]), (points[-1][0], points[-1][0])]
    apart = max(points, key=lambda point: abs(point[1] - point[0]))
    said = words("app.checks.apart", said=f"{apart[0]:.0f}", was=f"{apart[1]:.0f}")
    chart.set([Line(words("app.checks.was"), points), Line(words("app.checks.exact"), ends)], said)
    chart.setFixedHeight(px(300))
    return chart


def _passing(desk: Desk, one: Judgement) -> QWidget:
    words = desk.words
    made = column(Text(words("app.checks.passing", count=one.passing_count), "strong"), gap=2)
    for run, name in one.passing:
        act = Button(name, name=f"check.passing.{run}", kind="link")
        act.clicked.connect(lambda _checked=False, run=run: desk.open("check", run))
        made.addLayout(row(act, 1))
    return holding(made)


def _acts(desk: Desk, one: Judgement, acts: Acts) -> list[QWidget]:
    words = desk.words
    made: list[QWidget] = []
    run, waive = acts.run, acts.waive
    if run is not None and one.row.is_known and not one.row.lacking:
        key = "run_it" if one.state == NOT_RUN else "run_again"
        button = ReasonedButton(Button(words(f"app.checks.{key}"), name=f"check.{one.kind}.run", glyph="play"))
        desk.guard(button).set_reason(acts.why_not)
        button.pressed.connect(lambda: run(one.kind))
        made.append(button)
    if waive is not None and one.state in {"failed", "undetermined"}:
        let_be = Button(words("app.checks.waive"), name=f"check.{one.kind}.waive", kind="quiet")
        let_be.clicked.connect(lambda _checked=False: waive(one.kind))
        made.append(let_be)
    return [holding(row(*made, 1, gap=10))] if made else []
