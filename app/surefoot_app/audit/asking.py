"""Questions to the record and what a verification found, in words. No Qt here.

Answers are the library's (`surefoot.audit`): one paragraph made of its sentences, then the signed lines they rest on.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from surefoot.audit.facts import Actor, Chapter, Explanation, Statement, Weight
from surefoot.audit.report import evidence_line, sentence
from surefoot.texts import Words
from surefoot.trail import Report, Verdict
from surefoot.trail.facts import Event
from surefoot.trail.report import Weight as Gravity
from surefoot.workbench import Workbench
from surefoot_app.bridge.formatting import day, number
from surefoot_app.theme import Tone

Question = Literal["live", "approved", "data", "checks", "since"]
QUESTIONS: tuple[tuple[Question, str], ...] = (
    ("live", "what"), ("approved", "who"), ("data", "data"), ("checks", "judged"), ("since", "since"),
)  # fmt: skip
MARKS: dict[Weight, tuple[str, str]] = {
    Weight.PLAIN: ("circle", "edge"), Weight.GOOD: ("circle-check", "ok"),
    Weight.WARNING: ("triangle-alert", "warn"), Weight.GAP: ("circle-x", "bad"),
}  # fmt: skip
BADGES: dict[Verdict, tuple[str, Tone, str]] = {
    Verdict.PASS: ("verified", "ok", "shield-check"),
    Verdict.REMARKS: ("remarks", "ok", "shield-check"),
    Verdict.INCOMPLETE: ("incomplete", "warn", "shield-alert"),
    Verdict.FAIL: ("broken", "bad", "shield-x"),
}
_GRAVITIES: dict[Gravity | None, Tone] = {
    None: "ok", Gravity.REMARK: "warn", Gravity.INCOMPLETE: "warn", Gravity.FAIL: "bad"
}  # fmt: skip
_KINDS = {
    "rel_": "release", "run_": "run", "ds_": "dataset", "chk_": "check", "pol_": "policy", "mod_": "model",
}  # fmt: skip
_MOST_SHOWN = 20
_LAST = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Scope:
    """What can be asked about: places, people, kinds of lines."""

    places: tuple[str, ...]
    actors: tuple[Actor, ...]
    nouns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """A signed line that a sentence rests on: where it stands, in words, its fingerprint, and its object."""

    text: str
    leaf: str
    target: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence, how it is to be read, and its proofs."""

    text: str
    weight: Weight
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One question answered: the question, one paragraph, and its parts with what they rest on."""

    question: str
    paragraph: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """How the record verifies.

    Attributes:
        word, tone, glyph: of the badge. why: in one sentence. checks: what was checked, and how each came out.
        faults: the first things that are not as they have to be.
    """

    word: str
    tone: Tone
    glyph: str
    why: str
    checks: tuple[tuple[str, Tone], ...]
    faults: tuple[str, ...]


def scope(bench: Workbench) -> Scope:
    """Asks what there is to ask about."""
    bench.catalog.catch_up()
    lines = bench.audit.lines
    return Scope(lines.places(), lines.actors(), lines.nouns())


def today() -> date:
    """The day that it is here."""
    return datetime.now().astimezone().date()


def end_of(day: date) -> str | None:
    """The end of a day here, as a moment in UTC; None for today and later, which has no end yet."""
    if day >= today():
        return None
    end = datetime.combine(day, _LAST).astimezone(UTC)
    return end.strftime("%Y-%m-%dT%H:%M:%S.999")


def day_of(at: str) -> date:
    """The day here of a recorded time."""
    return datetime.fromisoformat(at).astimezone().date()


def explain(bench: Workbench, place: str, at: str | None) -> Explanation:
    """What answered in a place at a moment, and what changed since it was put into service.

    Raises:
        IncompleteError: nothing was deployed there by then.
    """
    bench.catalog.catch_up()
    found = bench.audit.explain(place, at=at)
    began = found.chapters[0].statements[0].evidence[0].at
    since = bench.audit.since(place, at=began).chapters
    return Explanation(found.environment, found.at, (*found.chapters, *since), found.gaps, found.names)


def answer(explanation: Explanation, question: Question, words: Words) -> Answer:
    """One question out of an explanation."""
    key = dict(QUESTIONS)[question]
    chapter = next((one for one in explanation.chapters if one.key == key), Chapter(key, ()))
    return told(chapter, explanation, words)


def told(chapter: Chapter, explanation: Explanation, words: Words) -> Answer:
    """A chapter in words."""
    parts = tuple(_part(statement, explanation, words) for statement in chapter.statements)
    return Answer(words(f"say.audit.chapter.{chapter.key}"), " ".join(_ended(part.text) for part in parts), parts)


def _ended(text: str) -> str:
    """A sentence with its end: a reason that somebody gave may have none."""
    return text if text.rstrip().endswith((".", "!", "?", "…")) else f"{text}."


def _part(statement: Statement, explanation: Explanation, words: Words) -> Part:
    proofs = tuple(
        Proof(evidence_line(event, words, explanation), event.leaf, target(event)) for event in statement.evidence
    )
    return Part(sentence(statement, words), statement.weight, proofs)


def target(event: Event) -> tuple[str, str]:
    """What an event is about, as `Desk.open` takes it; empty where no page shows it."""
    if event.type.startswith(("service.", "release.activated", "release.rolled-back", "drill.")):
        return "deployment", str((event.body or {}).get("environment", ""))
    for subject in event.subjects:
        kind = next((kind for start, kind in _KINDS.items() if subject.id.startswith(start)), "")
        if kind == "model":
            return "run", str((event.body or {}).get("run", ""))
        if kind:
            return kind, subject.id
    return "", ""


def badge(report: Report, words: Words) -> Badge:
    """A verification in sentences."""
    key, tone, glyph = BADGES[report.verdict]
    checks = tuple(
        (
            words("app.audit.checked", what=words(f"say.verify.{one.name}"), count=number(one.count, words)),
            _GRAVITIES[one.weight],
        )
        for one in report.checks
    )
    heaviest = sorted(report.findings, key=lambda one: -one.weight)[:_MOST_SHOWN]
    faults = tuple(
        words("app.audit.fault", what=words(f"say.verify.{one.check}"), line=one.seq + 1, feed=one.feed[:8])
        if one.seq is not None
        else words("app.audit.fault_whole", what=words(f"say.verify.{one.check}"))
        for one in heaviest
    )
    first = next((one for one in heaviest if one.weight is Gravity.FAIL and one.seq is not None), None)
    word = words(f"app.audit.badge_{key}")
    if report.verdict is Verdict.FAIL and first is not None and first.seq is not None:
        word = words("app.audit.badge_broken_at", line=first.seq + 1)
    return Badge(word, tone, glyph, words(f"app.home.audit_{key}_why"), checks, tuple(dict.fromkeys(faults)))


def line_of(ref: str) -> tuple[str, int]:
    """A line of the record as `feed:line` names it: its feed and number, from 1; 0 where none is named."""
    feed, _, line = ref.partition(":")
    return feed, int(line) if line.isdecimal() else 0


def act_in_words(kind: str, words: Words) -> str:
    """What a line says was done."""
    key = f"app.event.{kind.replace('.', '_').replace('-', '_')}"
    return words(key) if words.has(key) else words("app.event.other", kind=kind)


def local_day(at: str, words: Words) -> str:
    """The day of a recorded time, here."""
    return day(day_of(at), words)


def local_clock(at: str) -> str:
    """The time of day of a recorded time, here."""
    return datetime.fromisoformat(at).astimezone().strftime("%H:%M:%S")


def utc_clock(at: str) -> str:
    """The same in UTC, with the day where that is another one."""
    moment = datetime.fromisoformat(at)
    is_same = moment.astimezone().date() == moment.date()
    return f"{at[11:19]}Z" if is_same else f"{at[5:10]} {at[11:19]}Z"
