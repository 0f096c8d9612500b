"""`surefoot policy …` and `surefoot release …`."""

from dataclasses import asdict
from pathlib import Path

from surefoot.cli.call import Answer, Call
from surefoot.cli.tables import aligned, plain
from surefoot.releases import AdoptedPolicy, Gate, Release, State
from surefoot.releases.card import taken

_MOST_INPUTS = 40
_MARKS = {State.PASSED: "✓", State.FAILED: "✗", State.MISSING: "?"}


def gate_lines(gates: tuple[Gate, ...], call: Call) -> tuple[str, ...]:
    """The gates, one a line, each closed one followed by the command that mends it."""
    lines = []
    for gate in gates:
        lines.append(f"{_MARKS[gate.state]} {call.words(f'why.releases.{gate.why}', **gate.values)}")
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
    return call.words("say.cli.release", **{k: plain(v) for k, v in _about(release).items()})


def _outlook(ref: str, call: Call) -> tuple[dict[str, object], tuple[str, ...]]:
    """What a service will take, an input a line, and what of the data travels: as data and as lines."""
    found = call.workbench.releases.outlook(ref)
    shown = [f"  {plain(one['name'])}: {taken(one, call.words, plain)}" for one in found.inputs[:_MOST_INPUTS]]
    lines = [call.words("say.releases.takes.head"), *shown]
    if len(found.inputs) > _MOST_INPUTS:
        lines.append(call.words("say.releases.takes.more", count=len(found.inputs) - _MOST_INPUTS))
    for each in found.cautions:
        text = call.words(f"say.releases.caution.{each.key}", **{k: plain(v) for k, v in each.values.items()})
        lines.append(call.words("say.cli.warning", text=text))
    cautions = [{"key": each.key, "values": dict(each.values)} for each in found.cautions]
    return {"inputs": [dict(one) for one in found.inputs], "cautions": cautions}, tuple(lines)


def _policy(adopted: AdoptedPolicy, call: Call) -> tuple[str, ...]:
    policy = adopted.policy
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
    first = call.words("say.cli.policy", name=plain(policy.name), digest=adopted.sha256[:8], count=policy.count)
    return (first, *needs, *(call.words("say.cli.loosened", **asdict(each)) for each in adopted.loosened))


def policy_show(call: Call) -> Answer:
    """The policy in force, and whether the file says something else."""
    view = call.workbench.releases.policy(Path(call["policy"]) if call["policy"] else None)
    adopted = view.adopted
    data = {
        "in_force": adopted and {"name": adopted.policy.name, "sha256": adopted.sha256, "number": adopted.number},
        "file": view.path and str(view.path),
        "edited": view.is_edited,
    }
    lines = (call.words("say.cli.policy_none"),) if adopted is None else _policy(adopted, call)
    if view.is_edited:
        lines = (*lines, call.words("say.cli.policy_edited", path=view.path))
    return Answer(data, lines)


def policy_adopt(call: Call) -> Answer:
    """Puts a policy file into force."""
    adopted = call.workbench.releases.adopt(Path(call["file"]))
    return Answer({"name": adopted.policy.name, "sha256": adopted.sha256}, _policy(adopted, call))


def draft(call: Call) -> Answer:
    """Proposes a run's model for release."""
    release = call.workbench.releases.draft(
        call["run"],
        name=call["name"],
        version=call["release_version"],
        environments=call["environment"] or ("local",),
        words=call.words,
    )
    data, lines = _outlook(release.id, call)
    return Answer({**_about(release), **data}, (_line(release, call), *lines))


def check(call: Call) -> Answer:
    """Evaluates the gates."""
    gates = call.workbench.releases.check(call["release"])
    told = [
        {"name": gate.name, "state": gate.state.value, "why": gate.why, "values": dict(gate.values), "mend": gate.mend}
        for gate in gates
    ]
    # Approvals are asked for by the next verb; a release that lacks nothing else may go there.
    is_open = all(gate.is_passed for gate in gates if gate.name != "approvals")
    data, lines = _outlook(call["release"], call)
    return Answer({"gates": told, "open": is_open, **data}, (*gate_lines(gates, call), *lines), 0 if is_open else 3)


def approve(call: Call) -> Answer:
    """Approves a proposed release."""
    release = call.workbench.releases.approve(call["release"], reason=call["reason"] or "")
    return Answer(_about(release), (_line(release, call),))


def sign(call: Call) -> Answer:
    """Signs an approved release."""
    release = call.workbench.releases.sign(call["release"])
    return Answer(_about(release), (_line(release, call),))


def list_(call: Call) -> Answer:
    """Lists the releases, newest first."""
    found = call.workbench.releases.list()
    head = [call.words(f"say.cli.head.{name}") for name in ("name", "version", "state", "digest", "id")]
    rows = [(each.name, each.version, each.state, each.digest[:8], each.id) for each in found]
    lines = aligned(head, rows) if rows else (call.words("say.project.no_rows"),)
    return Answer({"releases": [_about(each) for each in found]}, lines)


def show(call: Call) -> Answer:
    """Shows one release."""
    release = call.workbench.releases.show(call["release"])
    data = {**_about(release), "proposed": dict(release.proposed.body)}
    return Answer(data, (_line(release, call), *gate_lines(call.workbench.releases.check(release.id), call)))
