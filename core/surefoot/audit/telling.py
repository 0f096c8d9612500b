"""From a line of a request log and its lineage to sentences about one answer; pure, as `rules` is."""

from collections.abc import Iterable, Mapping
from typing import Any

from surefoot.audit import rules
from surefoot.audit.facts import Chapter, Lineage, Statement, Weight
from surefoot.audit.requests import Found
from surefoot.deployments.documents import moment
from surefoot.texts import figure
from surefoot.trail.facts import Event

_STATUSES = (200, 400, 401, 405, 413, 415, 429, 500, 503)
_ANSWERED = 200
_MOST_INPUTS = 5


def about(found: Found, lineage: Lineage, computed: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is known of a request, for programs; `computed` is None where nobody brought its body."""
    line, activation = found.line, found.log.activation
    said, service = activation.body or {}, _service(found, lineage)
    return {
        "request": line.id,
        "at": moment(line.at),
        "environment": str(said.get("environment", "?")),
        "service": service.subjects[0].id if service else None,
        "release": {
            "name": str(said.get("name", "?")),
            "version": str(said.get("version", "?")),
            "digest": activation.subjects[0].sha256,
        },
        "route": line.route,
        "status": line.status,
        "milliseconds": f"{line.us / 1000:.3f}",
        "rows": line.rows,
        "line": line.seq,
        "is_covered": found.mark is not None,
        "computed": computed,
    }


def chapters(found: Found, lineage: Lineage, names: Mapping[str, str], facts: Mapping[str, Any]) -> tuple[Chapter, ...]:
    """The explanation of one answer, chapter by chapter."""
    known = {chapter.key: chapter for chapter in rules.chapters(lineage, names)}
    models = [each for each in known["made"].statements if each.key == "model"]
    return (
        Chapter("answer", (*_answer(found, lineage, facts), *models)),
        Chapter("inputs", tuple(_inputs(found, facts))),
        known["who"],
        Chapter("review", tuple(_review(lineage, names))),
        known["record"],
    )


def _service(found: Found, lineage: Lineage) -> Event | None:
    """The start of the process that was asked: the last one before, or the first, which is asked before it is told."""
    started = [event for event in lineage.after if event.type == "service.started"]
    before = [event for event in started if event.at <= moment(found.line.at)]
    return before[-1] if before else next(iter(started), None)


def _answer(found: Found, lineage: Lineage, facts: Mapping[str, Any]) -> Iterable[Statement]:
    line, activation = found.line, found.log.activation
    service = _service(found, lineage)
    lines = (activation, *((service,) if service else ()))
    asked = {name: str(facts[name]) for name in ("request", "environment", "route")}
    at = rules.when(facts["at"])
    yield Statement("asked", {**asked, "at": at, "service": str(facts["service"] or "?")}, lines)
    yield Statement("asked_release", facts["release"], (activation,))
    is_known = line.status in _STATUSES
    key = f"status_{line.status}" if is_known else "status_other"
    weight = Weight.PLAIN if line.status == _ANSWERED else Weight.WARNING
    yield Statement(key, {} if is_known else {"status": str(line.status)}, (activation,), weight)
    took = {"figure": facts["milliseconds"], "rows": str(line.rows)}
    yield Statement("took", took, (activation,))
    if found.mark is not None:
        yield Statement("line_covered", {"line": str(line.seq)}, (found.mark.event,), Weight.GOOD)
    else:
        yield Statement("line_uncovered", {"line": str(line.seq)}, (activation,), Weight.WARNING)


def _inputs(found: Found, facts: Mapping[str, Any]) -> Iterable[Statement]:
    evidence, computed = (found.log.activation,), facts["computed"]
    if computed is None:
        yield Statement("inputs_unknown", {"request": found.line.id}, evidence)
        return
    yield Statement("body_fits", {}, evidence, Weight.GOOD)
    if not computed:
        yield Statement("inputs_none", {}, evidence)
        return
    if "problem" in computed:
        yield Statement("inputs_failed", {"reason": computed["problem"]}, evidence, Weight.GAP)
        return
    yield Statement("inputs_how", {"count": str(computed["examples"])}, evidence, Weight.WARNING)
    if len(computed["rows"]) < found.line.rows:
        counts = {"count": str(len(computed["rows"])), "rows": str(found.line.rows)}
        yield Statement("inputs_first", counts, evidence, Weight.WARNING)
    for number, row in enumerate(computed["rows"], start=1):
        answer = ", ".join(f"{name} = {_value(values)}" for name, values in row["answer"].items())
        yield Statement("computed", {"row": str(number), "answer": answer}, evidence)
        for one in row["inputs"][:_MOST_INPUTS]:
            yield Statement(_moves(one), {"row": str(number), **_moved(one)}, evidence)


def _value(values: list[Any]) -> str:
    return ", ".join(figure(one) if isinstance(one, float) else str(one) for one in values)


def _moves(one: Mapping[str, str | None]) -> str:
    """The sentence for one input: the model answers with numbers, with labels, with both, or gave no number."""
    if one["moved"] is None:
        return "moves_unknown" if one["changed"] is None else "moves_label"
    return "moves_number" if one["changed"] is None else "moves_both"


def _moved(one: Mapping[str, str | None]) -> dict[str, str]:
    share = float(one["changed"] or 0) * 100
    return {
        "input": str(one["name"]),
        "figure": str(one["moved"]),
        "most": figure(one["most"]),
        "share": f"{share:.0f}",
    }


def _review(lineage: Lineage, names: Mapping[str, str]) -> Iterable[Statement]:
    """Whom to ask: who approved the release, and who owns the data that its model was made from."""
    approvals = [event for event in lineage.events.values() if event.type == "approval.given"]
    for actor in sorted({event.actor for event in approvals}):
        evidence = tuple(event for event in approvals if event.actor == actor)
        yield Statement("review_approver", {"person": names.get(actor, actor)}, evidence)
    if not approvals:
        yield Statement("review_nobody", {}, (), Weight.GAP)
    for event in lineage.events.values():
        if event.type == "asset.registered" and (event.body or {}).get("owner"):
            values = {"owner": str((event.body or {})["owner"]), "name": str((event.body or {}).get("name", "?"))}
            yield Statement("review_owner", values, (event,))
