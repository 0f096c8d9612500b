"""From a lineage to sentences: pure, so that every sentence can be tested against the events it speaks of.

The order is that of a reader who knows nothing: what answers, who decided, how it was judged, how it was made, from
which data, and how far the record itself can be trusted. A detail that was erased or never recorded becomes a gap
that is named, never a sentence that is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from surefoot.audit.facts import Chapter, Lineage, Statement, Weight
from surefoot.texts import figure
from surefoot.trail.facts import Event

CHECKS = ("check.passed", "check.close", "check.failed", "check.undetermined")
# A stop that no person could sign into the record, and a process that was gone, are two things.
_TRIPPED = {"stop": "service_stopped_unsigned", "process": "service_gone", "log": "service_log_broken"}
_WITHOUT_LIMIT = ("passed", "undetermined")
_WEIGHT_OF_CHECK = {
    "check.passed": Weight.GOOD,
    "check.close": Weight.WARNING,
    "check.failed": Weight.WARNING,
    "check.undetermined": Weight.WARNING,
}


def chapters(lineage: Lineage, names: Mapping[str, str]) -> tuple[Chapter, ...]:
    """The explanation of one activation, chapter by chapter."""
    return (
        Chapter("what", tuple(_what(lineage, names))),
        Chapter("who", tuple(_who(lineage, names))),
        Chapter("judged", tuple(_judged(lineage, names))),
        Chapter("made", tuple(_made(lineage, names))),
        Chapter("data", tuple(_data(lineage))),
        Chapter("record", tuple(_record(lineage))),
    )


def gaps(told: Sequence[Chapter]) -> int:
    """How many statements name something that is missing."""
    return sum(statement.weight is Weight.GAP for chapter in told for statement in chapter.statements)


def short(digest: str) -> str:
    """The part of a hash that is shown; the whole stands beside it as evidence."""
    return digest[:8]


def when(at: str) -> str:
    """A recorded time for reading, to the second."""
    return at[:19].replace("T", " ")


def _of(lineage: Lineage, *types: str) -> list[Event]:
    return sorted((e for e in lineage.events.values() if e.type in types), key=lambda e: (e.hlc, e.feed, e.seq))


def _detail(event: Event, path: str, default: str = "?") -> str:
    return _said((event.body or {}).get(path), default)


def _said(value: object, default: str = "?") -> str:
    return default if value is None or value == "" else str(value)


def _nested(event: Event, path: str) -> Mapping[str, Any]:
    value = (event.body or {}).get(path)
    return value if isinstance(value, Mapping) else {}


def _listed(event: Event, path: str) -> Sequence[Any]:
    value = (event.body or {}).get(path)
    return value if isinstance(value, list | tuple) else ()


def _erased(events: Iterable[Event]) -> Iterable[Statement]:
    for event in events:
        if event.body is None:
            yield Statement("detail_missing", {"type": event.type}, (event,), Weight.GAP)


def _what(lineage: Lineage, names: Mapping[str, str]) -> Iterable[Statement]:
    start = lineage.activation
    proposals = _of(lineage, "release.proposed")
    release = proposals[-1] if proposals else None
    if release is None:
        yield Statement("release_unknown", {}, (start,), Weight.GAP)
    else:
        values = {
            "name": _detail(release, "name"),
            "version": _detail(release, "version"),
            "environment": _detail(start, "environment"),
            "at": when(start.at),
            "person": names.get(start.actor, start.actor),
        }
        key = "handed_over" if _detail(start, "target") == "folder" else "activated"
        yield Statement(key, values, (start, release))
    if lineage.replaced is not None:
        earlier = lineage.replaced
        values = {"name": _detail(earlier, "name"), "version": _detail(earlier, "version"), "at": when(earlier.at)}
        yield Statement("replaced", values, (start, earlier))
    started = [event for event in lineage.after if event.type == "service.started"]
    if started:
        yield Statement("service_started", {"at": when(started[-1].at)}, (started[-1],))
    else:
        yield Statement("service_never_started", {}, (start,), Weight.WARNING)
    yield from _interrupted(lineage.after, names)
    yield from (_drill(event, names) for event in lineage.after if event.type == "drill.held")
    yield from _asked([event for event in lineage.after if event.type == "service.window"])


def _interrupted(events: Sequence[Event], names: Mapping[str, str]) -> Iterable[Statement]:
    """What kept it from answering, and what let it go on."""
    for event in events:
        if event.type in {"service.stopped", "service.lifted", "service.ended", "service.guardrail-tripped"}:
            key = event.type.replace("service.", "service_").replace("-", "_")
            key = _TRIPPED.get(_detail(event, "guardrail"), key)
            key = "service_stopped_why" if (event.body or {}).get("is_reason") else key
            key = f"{key}_unseen" if _detail(event, "seen") == "unseen" else key
            values = {
                "at": when(event.at),
                "person": names.get(event.actor, event.actor),
                "reason": _detail(event, "reason", "–"),
            }
            yield Statement(key, values, (event,), Weight.WARNING)


def since(events: Sequence[Event], names: Mapping[str, str]) -> Chapter:
    """What changed in an environment after a moment: other releases, stops, drills."""
    told: list[Statement] = []
    for event in events:
        at = when(event.at)
        values = {"at": at, "person": names.get(event.actor, event.actor), "environment": _detail(event, "environment")}
        values |= {"name": _detail(event, "name"), "version": _detail(event, "version")}
        if event.type == "release.activated":
            key = "handed_over" if _detail(event, "target") == "folder" else "activated"
            told.append(Statement(key, values, (event,)))
        elif event.type == "service.started":
            told.append(Statement("service_started", {"at": at}, (event,)))
        elif event.type == "drill.held":
            told.append(_drill(event, names))
        else:
            told.extend(_interrupted((event,), names))
    return Chapter("since", tuple(told) or (Statement("since_nothing", {}, (), Weight.GOOD),))


def _drill(event: Event, names: Mapping[str, str]) -> Statement:
    values = {"at": when(event.at), "person": names.get(event.actor, event.actor)}
    values |= {name: figure(_detail(event, name, "–")) for name in ("stop_seconds", "lift_seconds")}
    return Statement("drill", values, (event,), Weight.GOOD)


def _asked(windows: Sequence[Event]) -> Iterable[Statement]:
    """How often it was asked, as far as windows of its request log are recorded; one that stands twice counts once."""
    if windows:
        counts = {str((event.body or {}).get("first")): _nested(event, "answers") for event in windows}
        answers = [(status, int(count)) for each in counts.values() for status, count in each.items()]
        values = {
            "count": str(sum(count for _, count in answers)),
            "good": str(sum(count for status, count in answers if status == "200")),
            "until": when(_detail(windows[-1], "until")),
        }
        yield Statement("service_asked", values, tuple(windows))


def _who(lineage: Lineage, names: Mapping[str, str]) -> Iterable[Statement]:
    approvals = _of(lineage, "approval.given")
    for event in approvals:
        key = "approved_by_self" if event.is_self else "approved"
        weight = Weight.WARNING if event.is_self else Weight.GOOD
        values = {
            "person": names.get(event.actor, event.actor),
            "at": when(event.at),
            "reason": _detail(event, "reason", "–"),
        }
        yield Statement(key, values, (event,), weight)
    if not approvals:
        yield Statement("approval_missing", {}, (), Weight.GAP)
    signed = _of(lineage, "release.approved")
    if not signed:
        yield Statement("signature_missing", {}, (), Weight.GAP)
    for event in signed:
        digest = event.subjects[0].sha256 if event.subjects else "?"
        values = {"person": names.get(event.actor, event.actor), "at": when(event.at), "digest": short(digest)}
        yield Statement("signed", values, (event,), Weight.GOOD)
    for event in _of(lineage, "policy.adopted"):
        values = {
            "name": _detail(event, "name"),
            "at": when(event.at),
            "person": names.get(event.actor, event.actor),
        }
        yield Statement("policy", values, (event,))


def _judged(lineage: Lineage, names: Mapping[str, str]) -> Iterable[Statement]:
    checks = _of(lineage, *CHECKS)
    if not checks:
        yield Statement("checks_missing", {}, (), Weight.GAP)
    for event in checks:
        yield _outcome(event, "check")
    for event in _of(lineage, "waiver.given"):
        values = {
            "kind": _detail(event, "check"),
            "person": names.get(event.actor, event.actor),
            "at": when(event.at),
            "until": _detail(event, "until"),
            "reason": _detail(event, "reason", "–"),
        }
        yield Statement("waived", values, (event,), Weight.WARNING)
    for event in lineage.beside:
        yield _outcome(event, "beside")


def _outcome(event: Event, prefix: str) -> Statement:
    """What came of a check: by the figure that decided, or by the main one where nobody had set a limit."""
    state, main = event.type.partition(".")[2], event.body or {}
    judged = [one for one in _listed(event, "judged") if isinstance(one, Mapping)]
    decided = (one for one in judged if one.get("state") == state and one.get("limit"))
    found: Mapping[str, Any] = next(({**one["measure"], "limit": one["limit"]} for one in decided), main)
    limit = found.get("limit") or {}
    values = {name: figure(_said(found.get(name))) for name in ("figure", "low", "high")}
    values |= {"kind": _detail(event, "kind"), "metric": _said(found.get("metric")), "rows": _detail(event, "rows")}
    if state in _WITHOUT_LIMIT and not limit:
        return Statement(f"{prefix}_{state}_unlimited", values, (event,))
    values |= {"rule": _said(limit.get("rule")), "limit": figure(_said(limit.get("value")))}
    is_plain = prefix == "check" and found.get("low") in {None, ""}
    key = f"{prefix}_{state}{'_plain' if is_plain else ''}"
    return Statement(key, values, (event,), _WEIGHT_OF_CHECK[event.type])


def _made(lineage: Lineage, names: Mapping[str, str]) -> Iterable[Statement]:
    for event in _of(lineage, "model.accepted"):
        parity = _nested(event, "parity")
        values = {
            "model": short(event.subjects[0].sha256) if event.subjects else "?",
            "rows": str(parity.get("rows", "?")),
            "difference": figure(parity.get("max_difference", "?")),
        }
        yield Statement("model", values, (event,), Weight.GOOD)
    requested = _of(lineage, "run.requested")
    if not requested:
        yield Statement("run_missing", {}, (), Weight.GAP)
    for event in requested:
        code = _nested(event, "code")
        values = {
            "experiment": _detail(event, "experiment"),
            "number": _detail(event, "number"),
            "person": names.get(event.actor, event.actor),
            "at": when(event.at),
            "seed": _detail(event, "seed"),
        }
        yield Statement("run", values, (event,))
        yield _code(event, code)
    for event in _of(lineage, "run.finished"):
        yield Statement("run_finished", {"seconds": figure(_detail(event, "seconds"))}, (event,))
        verdict = _nested(event, "verdict").get("meets")
        if verdict is not None:
            key = "criteria_met" if verdict else "criteria_not_met"
            yield Statement(key, {}, (event,), Weight.GOOD if verdict else Weight.WARNING)


def _code(event: Event, code: Mapping[str, Any]) -> Statement:
    commit = code.get("commit")
    if not commit:
        return Statement("code_without_commit", {}, (event,), Weight.WARNING)
    key = "code_dirty" if code.get("dirty") else "code"
    weight = Weight.WARNING if code.get("dirty") else Weight.PLAIN
    return Statement(key, {"commit": short(str(commit))}, (event,), weight)


def _data(lineage: Lineage) -> Iterable[Statement]:
    assets = _of(lineage, "asset.registered")
    if not assets:
        yield Statement("data_missing", {}, (), Weight.GAP)
    for event in assets:
        values = {
            "name": _detail(event, "name"),
            "number": _detail(event, "number"),
            "rows": _detail(event, "rows"),
            "owner": _detail(event, "owner"),
            "digest": short(event.subjects[0].sha256) if event.subjects else "?",
        }
        yield Statement("data", values, (event,))
        purpose = _detail(event, "purpose")
        basis = _detail(event, "legal_basis")
        if "?" in (purpose, basis):
            yield Statement("permission_missing", {}, (event,), Weight.GAP)
        else:
            values = {"purpose": purpose, "basis": basis, "expiry": _detail(event, "expiry", "–")}
            yield Statement("permission", values, (event,))
        if _detail(event, "jurisdiction") != "?":
            yield Statement("jurisdiction", {"place": _detail(event, "jurisdiction")}, (event,))
        for role in ("protected", "special"):
            columns = ", ".join(str(name) for name in _listed(event, role))
            if columns:
                yield Statement(role, {"columns": columns}, (event,), Weight.WARNING)


def _record(lineage: Lineage) -> Iterable[Statement]:
    yield Statement("walked", {"count": str(len(lineage.events))}, (lineage.activation,))
    for leaf in lineage.missing:
        yield Statement("premise_missing", {"leaf": short(leaf)}, (), Weight.GAP)
    yield from _erased(lineage.events.values())
    if lineage.activation.is_self:
        yield Statement("solo", {}, (lineage.activation,), Weight.WARNING)
    yield Statement("unwitnessed", {}, (), Weight.WARNING)
    yield Statement("limits", {})
