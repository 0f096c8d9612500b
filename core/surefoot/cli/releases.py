"""`surefoot policy …` and `surefoot release …`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from surefoot.cli.call import Answer, Call
from surefoot.cli.tables import aligned, plain
from surefoot.errors import Code, IncompleteError, SurefootError, UsageError
from surefoot.releases import AdoptedPolicy, Gate, Release
from surefoot.releases.card import taken
from surefoot.releases.facts import Loosening, Policy
from surefoot.releases.service import PolicyView

_MOST_INPUTS = 40
_DIGEST = 64
_SEVERAL = 2


def gate_lines(gates: tuple[Gate, ...], call: Call) -> tuple[str, ...]:
    """The gates, one a line, each closed one followed by the command that mends it."""
    lines = []
    for gate in gates:
        lines.append(f"{gate.state.mark} {call.words.told(f'why.releases.{gate.why}', **gate.values)}")
        if gate.mend:
            lines.append(f"    {gate.mend}")
    return tuple(lines)


def _about(release: Release) -> dict[str, object]:
    return {
        "id": release.id,
        "name": release.name,
        "version": release.version,
        "digest": release.digest,
        "state": release.state,
        "approvals": len(release.approvals),
    }


def _line(release: Release, call: Call) -> str:
    values = {**_about(release), "state": call.words.term("release-state", release.state)}
    return call.words("say.cli.release", **{name: plain(value) for name, value in values.items()})


def _outlook(ref: str, call: Call) -> tuple[dict[str, object], tuple[str, ...]]:
    """What a service will take, an input a line, and what of the data travels: as data and as lines."""
    found = call.workbench.releases.questions.outlook(ref)
    shown = [f"  {plain(one['name'])}: {taken(one, call.words, plain)}" for one in found.inputs[:_MOST_INPUTS]]
    lines = [call.words("say.releases.takes.head"), *shown]
    if len(found.inputs) > _MOST_INPUTS:
        lines.append(call.words("say.releases.takes.more", count=len(found.inputs) - _MOST_INPUTS))
    for each in found.cautions:
        text = call.words(f"say.releases.caution.{each.key}", **{k: plain(v) for k, v in each.values.items()})
        lines.append(call.words("say.cli.warning", text=text))
    cautions = [{"key": each.key, "values": dict(each.values)} for each in found.cautions]
    return {"inputs": [dict(one) for one in found.inputs], "cautions": cautions}, tuple(lines)


def _needs(policy: Policy, call: Call) -> tuple[str, ...]:
    """What a policy asks for, a check a line."""
    needs = [
        call.words(
            "say.cli.need",
            check=plain(need.check),
            limit=" ".join(
                f"{mark} {limit}" for mark, limit in (("≥", need.at_least), ("≤", need.at_most)) if limit is not None
            ),
        ).rstrip()
        for need in policy.requirements
    ]
    return tuple(needs)


def _policy(adopted: AdoptedPolicy, call: Call) -> tuple[str, ...]:
    policy = adopted.policy
    first = call.words("say.cli.policy", name=plain(policy.name), digest=adopted.sha256[:8], count=policy.count)
    return (first, *_needs(policy, call), *_loosened(adopted.loosened, call))


def _loosened(points: Sequence[Loosening], call: Call) -> tuple[str, ...]:
    return tuple(call.words("say.cli.loosened", **asdict(each)) for each in points)


def _proposal(view: PolicyView, policy: Policy, call: Call) -> tuple[str, ...]:
    """What a named file says, and how it stands to the policy in force."""
    first = call.words("say.cli.policy_file", path=view.path, name=plain(policy.name), count=policy.count)
    if not view.is_edited:
        return (first, *_needs(policy, call), call.words("say.cli.policy_same"))
    name = "–" if view.adopted is None else plain(view.adopted.policy.name)
    last = call.words("say.cli.policy_proposal", path=view.path, name=name)
    return (first, *_needs(policy, call), *_loosened(view.loosened, call), last)


def policy_show(call: Call) -> Answer:
    """The policy in force, and whether the file says something else."""
    view = call.workbench.releases.policy(Path(call["policy"]) if call["policy"] else None)
    adopted = view.adopted
    data: dict[str, Any] = {
        "in_force": adopted and {"name": adopted.policy.name, "sha256": adopted.sha256, "number": adopted.number},
        "file": view.path and str(view.path),
        "edited": view.is_edited,
    }
    if view.proposed is not None:
        data["proposed"] = {"name": view.proposed.name, "loosened": [asdict(each) for each in view.loosened]}
        return Answer(data, _proposal(view, view.proposed, call))
    lines = (call.words("say.cli.policy_none"),) if adopted is None else _policy(adopted, call)
    if adopted is not None and view.is_edited:
        lines = (*lines, call.words("say.cli.policy_edited", path=view.path))
    return Answer(data, lines)


def policy_adopt(call: Call) -> Answer:
    """Puts a policy file into force."""
    adopted = call.workbench.releases.adopt(Path(call["file"]))
    return Answer({"name": adopted.policy.name, "sha256": adopted.sha256}, _policy(adopted, call))


def draft(call: Call) -> Answer:
    """Proposes a run's model for release."""
    release = call.workbench.releases.draft(
        _model_or_run(call["run"], call),
        name=call["name"],
        version=call["release_version"],
        environments=call["environment"] or ("local",),
        words=call.words,
        trade_off=call["trade_off"] or "",
    )
    before = next((each.id for each in _namesakes(release, call) if each.id != release.id), None)
    lines = [_line(release, call)]
    if before is not None:
        lines.append(call.words("say.cli.replaces", id=before, name=release.name, version=release.version))
    data, takes = _outlook(release.id, call)
    return Answer({**_about(release), "replaces": before, **data}, (*lines, *takes))


def _namesakes(release: Release, call: Call) -> list[Release]:
    """The proposals of the same name and version, newest first."""
    named = (release.name, release.version)
    return [each for each in call.workbench.releases.list() if (each.name, each.version) == named]


def _model_or_run(ref: str, call: Call) -> str:
    """The id of what a release can be made of: a model's as it is, else that of a run, however it was named."""
    return ref if ref.startswith("mod_") or len(ref) == _DIGEST else call.workbench.runs.show(ref).run


def _meant(ref: str, call: Call) -> tuple[str, tuple[str, ...]]:
    """The id of the release that is meant; where a name and version stand for several proposals, which one it is."""
    release = call.workbench.releases.show(ref)
    same = _namesakes(release, call)
    if ref in {release.id, release.digest} or len(same) < _SEVERAL:
        return release.id, ()
    return release.id, (call.words("say.cli.newest", count=len(same), ref=ref, id=release.id),)


def check(call: Call) -> Answer:
    """Evaluates the gates."""
    ref = call["release"]
    try:
        meant, told = _meant(ref, call)
    except IncompleteError as unknown:
        # What is no release yet can be judged too, if it is a run or a model.
        try:
            meant, told = _model_or_run(ref, call), ()
        except SurefootError:
            raise unknown from None
    gates = call.workbench.releases.check(meant)
    judged = [
        {"name": gate.name, "state": gate.state.value, "why": gate.why, "values": dict(gate.values), "mend": gate.mend}
        for gate in gates
    ]
    # Approvals are asked for by the next verb; a release that lacks nothing else may go there.
    is_open = all(gate.is_open for gate in gates if gate.name != "approvals")
    data, lines = _outlook(meant, call)
    return Answer(
        {"gates": judged, "open": is_open, **data}, (*told, *gate_lines(gates, call), *lines), 0 if is_open else 3
    )


def approve(call: Call) -> Answer:
    """Approves a proposed release."""
    meant, told = _meant(call["release"], call)
    before = call.workbench.releases.show(meant)
    reason = _reason("say.cli.approve_reason", "release approve", call)
    release = call.workbench.releases.approve(meant, reason=reason)
    is_new = len(release.approvals) > len(before.approvals)
    again = () if is_new else (call.words("say.cli.approved_before"),)
    return Answer({**_about(release), "is_new": is_new}, (*told, _line(release, call), *again))


def refuse(call: Call) -> Answer:
    """Says no to a proposed release."""
    meant, told = _meant(call["release"], call)
    reason = _reason("say.cli.refuse_reason", "release refuse", call)
    release = call.workbench.releases.refuse(meant, reason=reason)
    said = call.words("say.cli.refused", name=plain(release.name), version=plain(release.version))
    return Answer(_about(release), (*told, said))


def _reason(question: str, verb: str, call: Call) -> str:
    """Why somebody decides as they do; asked for where it was not given."""
    reason: str = call["reason"] or call.ask(question, option="--reason", verb=verb)
    if not reason.strip():
        raise UsageError(Code.USAGE, detail=call.words("say.usage.required", names="--reason"), verb=f"{verb} ")
    return reason


def waive(call: Call) -> Answer:
    """Waives a required check of a release's model for some days, or ends a waiver."""
    ref, check = call["release"], call["check"]
    try:
        meant = call.workbench.releases.show(ref).id
    except IncompleteError as unknown:
        try:
            meant = _model_or_run(ref, call)
        except SurefootError:
            raise unknown from None
    if call["end"]:
        given = call.workbench.releases.waivers.end(meant, check, reason=call["reason"] or "")
        data = {"check": check, "model": given.subject, "waiver": given.leaf, "ended": True}
        return Answer(data, (call.words("say.cli.waiver_ended", check=plain(check), model=given.subject),))
    reason = call["reason"] or call.ask("say.cli.waive_reason", option="--reason", verb="release waive")
    given = call.workbench.releases.waivers.give(meant, check, reason=reason, days=call["days"])
    until = str(given.body["until"])
    data = {"check": check, "model": given.subject, "waiver": given.leaf, "until": until, "actor": given.actor}
    line = call.words("say.cli.waived", check=plain(check), model=given.subject, until=until)
    return Answer(data, (line, call.words("say.cli.waived_next")))


def sign(call: Call) -> Answer:
    """Signs an approved release."""
    meant, told = _meant(call["release"], call)
    release = call.workbench.releases.sign(meant)
    return Answer(_about(release), (*told, _line(release, call)))


def list_(call: Call) -> Answer:
    """Lists the releases, newest first."""
    found = call.workbench.releases.list()
    newest = {(each.name, each.version): each.id for each in reversed(found)}
    states = [
        "replaced" if each.approved is None and newest[each.name, each.version] != each.id else each.state
        for each in found
    ]
    head = [call.words(f"say.cli.head.{name}") for name in ("name", "version", "state", "digest", "id")]
    rows = [
        (each.name, each.version, call.words.term("release-state", state), each.digest[:8], each.id)
        for each, state in zip(found, states, strict=True)
    ]
    lines = aligned(head, rows) if rows else (call.words("say.project.no_rows"),)
    told = [{**_about(each), "state": state} for each, state in zip(found, states, strict=True)]
    return Answer({"releases": told}, lines)


def show(call: Call) -> Answer:
    """Shows one release."""
    release = call.workbench.releases.show(call["release"])
    data = {**_about(release), "proposed": dict(release.proposed.body)}
    return Answer(data, (_line(release, call), *gate_lines(call.workbench.releases.check(release.id), call)))
