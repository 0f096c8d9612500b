"""The model card: one page in plain words, made from the record. Pure but for reading its template.

Values that users typed (names, goals, categories) are shown as text and nothing else: Markdown and HTML signs in them
are escaped, line breaks become spaces (trail.md F1, 45).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

import msgspec

from surefoot import resources
from surefoot.checks.facts import Judged, Sentence
from surefoot.checks.rules import beside
from surefoot.releases.facts import AdoptedPolicy, Candidate, Change, RecordedEvent
from surefoot.texts import Words

_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&])")
_LONGEST = 300
_MOST_CATEGORIES = 12
_MOST_INPUTS = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What a card tells.

    Attributes:
        signature: signature.json as data.
        candidate: what the model rests on.
        policy: in force when it was drafted.
        change: against the release before.
        goal: the intended use in the user's words, may be empty.
        waivers: those that open a gate.
    """

    signature: Mapping[str, Any]
    candidate: Candidate
    policy: AdoptedPolicy
    change: Change
    goal: str
    waivers: tuple[RecordedEvent, ...]


def write(facts: Facts, words: Words) -> bytes:
    """The card as Markdown, in the language of `words`."""
    signature, candidate = facts.signature, facts.candidate
    target = signature.get("target") or {}
    template = resources.path("templates", "capsule", f"model-card.{words.language}.md").read_text(encoding="utf-8")
    checks = [_check(event, words) for _, event in sorted(candidate.checks.items())]
    text = Template(template).substitute(
        name=plain(signature["name"]),
        version=plain(signature["version"]),
        intended_use=plain(facts.goal) or words("say.releases.card.no_goal"),
        inputs_count=str(len(signature["inputs"])),
        positive=plain(target.get("positive", "-")),
        target=plain(target.get("name", "-")),
        data="\n".join(_data(event, words) for _, event in sorted(candidate.data.items())),
        checks="\n".join([*checks, *(_waiver(event, words) for event in facts.waivers)]),
        cannot_show="\n".join(_cannot_show(event, words) for _, event in sorted(candidate.checks.items())),
        inputs=_inputs(signature["inputs"], words),
        making=_making(facts, words),
    )
    return text.encode()


def plain(value: object) -> str:
    """A value as inert Markdown text on one line, at most 300 characters."""
    text = " ".join(str(value).split())
    text = "".join(sign for sign in text if sign.isprintable())[:_LONGEST]
    return _SIGNS.sub(r"\\\1", text).replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;")


def _data(event: RecordedEvent, words: Words) -> str:
    body = event.body
    unsaid = words("say.releases.card.unsaid")
    said = {key: plain(body[key]) if body.get(key) not in (None, "", []) else unsaid for key in
            ("name", "number", "rows", "owner", "purpose", "legal_basis", "expiry")}  # fmt: skip
    line = words("say.releases.card.data", sha256=event.sha256[:12], **said)
    sensitive = sorted({*(body.get("special") or ()), *(body.get("protected") or ())})
    if not sensitive:
        return f"- {line}"
    return f"- {line} " + words("say.releases.card.sensitive", columns=", ".join(plain(one) for one in sensitive))


def _check(event: RecordedEvent, words: Words) -> str:
    body, state = event.body, event.type.partition(".")[2]
    said = _said(body.get("sentence"), words)
    figure = words(
        "say.releases.card.figure",
        kind=plain(body.get("kind")),
        metric=plain(words.term("metric", body.get("metric"))),
        figure=plain(body.get("figure") or "-"),
        state=words(f"say.releases.card.state.{state}"),
    )
    parts = [figure]
    if body.get("low") is not None and body.get("high") is not None:
        parts.append(words("say.releases.card.interval", low=plain(body["low"]), high=plain(body["high"])))
    if body.get("rows") is not None:
        parts.append(words("say.releases.card.rows", rows=plain(body["rows"])))
    if said:
        parts.insert(0, said)
    parts += [_said({"key": one.key, "values": one.values}, words) for one in _beside(body)]
    return "- " + " ".join(parts)


def _beside(body: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """What else a check has measured, as far as people want to read it."""
    try:
        judged = msgspec.convert(body.get("judged") or [], tuple[Judged, ...])
    except msgspec.ValidationError:  # an older check, or somebody else's
        return ()
    return beside(str(body.get("kind")), judged, int(body.get("rows") or 0)) if judged else ()


def _cannot_show(event: RecordedEvent, words: Words) -> str:
    said = _said(event.body.get("cannot_show"), words)
    return f"- {said or words('say.releases.card.cannot_show', kind=plain(event.body.get('kind')))}"


def _said(sentence: object, words: Words) -> str:
    """A sentence that a check recorded: a text key, alone or with the values it takes."""
    key = sentence.get("key") if isinstance(sentence, Mapping) else sentence
    values = sentence.get("values", {}) if isinstance(sentence, Mapping) else {}
    if not isinstance(key, str) or not words.has(key):
        return ""
    try:
        return words(key, **{name: plain(value) for name, value in values.items()})
    except (KeyError, IndexError, ValueError):
        return ""


def _inputs(inputs: list[Mapping[str, Any]], words: Words) -> str:
    lines = [words("say.releases.card.inputs_head"), "| --- | --- | --- |"]
    lines += [
        f"| {plain(one['name'])} | {plain(one['type'])} | {taken(one, words, plain)} |" for one in inputs[:_MOST_INPUTS]
    ]
    if len(inputs) > _MOST_INPUTS:
        lines.append(f"| … | | {len(inputs) - _MOST_INPUTS} |")
    return "\n".join(lines)


def taken(one: Mapping[str, Any], words: Words, show: Callable[[object], str]) -> str:
    """What a service takes for an input of signature.json, in words; `show` makes a value safe where they are shown."""
    if one.get("categories"):
        values = [show(value if isinstance(value, str) else str(value).lower()) for value in one["categories"]]
        said = ", ".join(values[:_MOST_CATEGORIES]) + (" …" if len(values) > _MOST_CATEGORIES else "")
    elif one.get("minimum") is not None and one.get("maximum") is not None:
        said = f"{show(one['minimum'])} – {show(one['maximum'])} {show(one.get('unit') or '')}".rstrip()
    else:
        is_text = one["type"] == "string"
        said = words(f"say.releases.takes.{'any_text' if is_text else 'any'}")
    return words("say.releases.takes.nullable", values=said) if one.get("nullable") else said


def _waiver(event: RecordedEvent, words: Words) -> str:
    said = {key: plain(event.body.get(key, "-")) for key in ("until", "reason")} | {"actor": event.actor}
    return "- " + words("why.releases.gate.check_waived", kind=plain(event.body.get("check")), **said)


def _making(facts: Facts, words: Words) -> str:
    candidate, policy, change = facts.candidate, facts.policy, facts.change
    requested = candidate.requested
    body: Mapping[str, Any] = {} if requested is None else requested.body
    before = candidate.preprocessing
    lines = [
        words(
            "say.releases.card.run",
            run=candidate.ended.subject,
            experiment=plain(body.get("experiment", "-")),
            at=candidate.ended.at[:10],
        ),
        words("say.releases.card.model", sha256=candidate.model.sha256[:12]),
        *([] if before is None else [words("say.releases.card.preprocessing", sha256=before[:12])]),
        words("say.releases.card.policy", policy=plain(policy.policy.name), sha256=policy.sha256[:12]),
        words(f"say.releases.card.change.{change.kind}", replaces=plain(change.replaces or "-")),
    ]
    return "\n".join(f"- {line}" for line in lines)
