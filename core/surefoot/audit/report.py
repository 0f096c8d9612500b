"""An explanation as text for a terminal and as one HTML page: no script, no link out, readable on paper.

Everything that comes from the record is escaped; the page's policy header forbids scripts and foreign content even
if something slipped through (trail.md F1 row 45).
"""

from html import escape

from surefoot.audit.facts import Chapter, Explanation, Statement, Weight
from surefoot.audit.rules import when
from surefoot.texts import Words
from surefoot.trail import Verdict
from surefoot.trail.facts import Event

_MARKS = {Weight.PLAIN: "·", Weight.GOOD: "✓", Weight.WARNING: "!", Weight.GAP: "✗"}

_STYLE = """
:root { --bg: #f5f6f8; --card: #fff; --text: #171a21; --muted: #545d6b; --edge: #dfe3e8;
  --good: #146c37; --good-soft: #e3f4e9; --warning: #8a5200; --warning-soft: #fcf1dc;
  --gap: #b3261e; --gap-soft: #fbe7e5; }
@media (prefers-color-scheme: dark) { :root { --bg: #0f1115; --card: #16191f; --text: #e8ebf1; --muted: #a3acba;
  --edge: #2a2f39; --good: #5fcb8c; --good-soft: #15301f; --warning: #edb548; --warning-soft: #33270f;
  --gap: #ff8a80; --gap-soft: #3a1b1a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 32px 16px; background: var(--bg); color: var(--text);
  font: 16px/1.55 Inter, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 760px; margin: 0 auto; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 8px; font-weight: 650; }
h2 { font-size: 18px; margin: 0 0 8px; font-weight: 650; }
p.lead { color: var(--muted); margin: 0 0 20px; }
p.state { padding: 10px 16px; border-radius: 10px; font-weight: 600; margin: 0 0 20px; }
p.state.good { background: var(--good-soft); color: var(--good); }
p.state.warning { background: var(--warning-soft); color: var(--warning); }
p.state.gap { background: var(--gap-soft); color: var(--gap); }
section { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 16px 20px;
  margin: 0 0 16px; break-inside: avoid-page; }
ul { list-style: none; margin: 0; padding: 0; }
li { padding: 10px 0 10px 28px; border-top: 1px solid var(--edge); position: relative; overflow-wrap: anywhere; }
li:first-child { border-top: 0; }
li > span.mark { position: absolute; left: 0; top: 10px; width: 20px; text-align: center; font-weight: 700;
  color: var(--muted); }
li.good > span.mark { color: var(--good); }
li.warning > span.mark { color: var(--warning); }
li.gap > span.mark { color: var(--gap); }
details { color: var(--muted); font-size: 13px; margin-top: 4px; }
summary { cursor: pointer; }
footer { color: var(--muted); font-size: 13px; }
code { font: 12px/1.5 "JetBrains Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
@media print { body { background: #fff; padding: 0; } details > * { display: block; } }
"""


def sentence(statement: Statement, words: Words) -> str:
    """A statement in words; what comes from a closed list is told in the reader's language."""
    return words.told(f"say.audit.{statement.key}", **statement.values)


def evidence_line(event: Event, words: Words, explanation: Explanation) -> str:
    """Where a signed line stands and who signed it, for readers who want to look it up."""
    person = explanation.names.get(event.actor, event.actor)
    return words(
        "say.audit.evidence_line", seq=event.seq, feed=event.feed[:8], type=event.type, at=when(event.at), person=person
    )


def state_line(explanation: Explanation, words: Words) -> str:
    """One sentence on what is missing."""
    if explanation.gaps:
        return words("say.audit.gaps_some", count=explanation.gaps)
    return words("say.audit.gaps_none")


def as_lines(explanation: Explanation, words: Words) -> tuple[str, ...]:
    """The explanation for a terminal."""
    lines: list[str] = []
    for chapter in explanation.chapters:
        lines += ["", words(f"say.audit.chapter.{chapter.key}")]
        lines += [f"  {_MARKS[s.weight]} {sentence(s, words)}" for s in chapter.statements]
    return (*lines[1:], "", state_line(explanation, words))


def _item(statement: Statement, words: Words, explanation: Explanation) -> str:
    evidence = "".join(
        f"<div>{escape(evidence_line(event, words, explanation))}<br><code>{escape(event.leaf)}</code></div>"
        for event in statement.evidence
    )
    folded = f"<details><summary>{escape(words('say.audit.evidence'))}</summary>{evidence}</details>"
    return (
        f'<li class="{statement.weight}"><span class="mark" aria-hidden="true">{_MARKS[statement.weight]}</span>'
        f"{escape(sentence(statement, words))}{folded if evidence else ''}</li>"
    )


def _section(chapter: Chapter, words: Words, explanation: Explanation) -> str:
    items = "".join(_item(statement, words, explanation) for statement in chapter.statements)
    return f"<section><h2>{escape(words(f'say.audit.chapter.{chapter.key}'))}</h2><ul>{items}</ul></section>"


def as_page(explanation: Explanation, words: Words, *, title: str, lead: str, verdict: Verdict) -> str:
    """The explanation as one self-contained HTML page.

    Args:
        explanation: what to tell.
        words: in which language.
        title: what answers, where.
        lead: when and by what the page was made.
        verdict: what verifying the whole record said.
    """
    told = words("say.audit.record_verdict", verdict=words.term("verdict", verdict.value))
    weight = Weight.GAP if explanation.gaps or verdict in {Verdict.FAIL, Verdict.INCOMPLETE} else Weight.GOOD
    if verdict is Verdict.REMARKS and weight is Weight.GOOD:
        weight = Weight.WARNING
    sections = "".join(_section(chapter, words, explanation) for chapter in explanation.chapters)
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f'<h1>{escape(title)}</h1><p class="lead">{escape(lead)}</p>'
        f'<p class="state {weight}">{escape(state_line(explanation, words))} {escape(told)}</p>'
        f"{sections}<footer><p>{escape(words('say.audit.verify_hint'))}</p></footer></main></body></html>\n"
    )
