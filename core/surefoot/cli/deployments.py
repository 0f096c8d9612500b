"""`surefoot deploy`, `status`, `stop`, `lift`, `rollback`."""

from dataclasses import asdict
from pathlib import Path

from surefoot.audit.tables import names_of
from surefoot.cli.call import Answer, Call
from surefoot.cli.tables import aligned, plain
from surefoot.deployments.facts import DEFAULT_ENVIRONMENT, Deployed, Deployment, Drill, Handover, Stopped
from surefoot.errors import Code, GateFailedError, SurefootError, UsageError
from surefoot.workbench import stop_without_record


def _about(deployment: Deployment) -> dict[str, object]:
    active = deployment.active
    return {
        "environment": active.environment,
        "activation": active.activation,
        "release": active.release,
        "name": active.name,
        "version": active.version,
        "state": deployment.state.value,
        "reason": deployment.reason,
        "url": active.url,
        "since": active.since,
        "token_file": deployment.token_file,
        "log": deployment.log,
    }


def _answers(deployed: Deployed, call: Call) -> Answer:
    if deployed.deployment.active.folder:
        return _handed(deployed, call)
    about = _about(deployed.deployment)
    lines = [call.words("say.cli.deployed", seconds=deployed.seconds, **{k: plain(v) for k, v in about.items()})]
    if deployed.token is not None:
        lines.append(call.words("say.cli.token", token=deployed.token, path=deployed.deployment.token_file))
    return Answer({**about, "seconds": deployed.seconds}, tuple(lines))


def _handed(deployed: Deployed, call: Call) -> Answer:
    active = deployed.deployment.active
    days = f"{active.lease_ms / 86_400_000:.3g}"
    lines = [call.words("say.cli.handed_over", days=days, **{k: plain(v) for k, v in asdict(active).items()})]
    if deployed.token is not None:
        lines.append(call.words("say.cli.token", token=deployed.token, path=deployed.deployment.token_file))
    return Answer({**_about(deployed.deployment), "folder": active.folder}, tuple(lines))


def _where(call: Call) -> str:
    return call["environment"] or DEFAULT_ENVIRONMENT


def deploy(call: Call) -> Answer:
    """Starts a signed release as a service."""
    out = call["handed_to"]
    if (call["handed"] == "folder") is not bool(out):
        raise UsageError(Code.TARGET_UNCLEAR, release=call["release"])
    with call.patiently("say.cli.finishing"):
        deployments, where = call.workbench.deployments, _where(call)
        into = Handover(Path(out), call.words) if out else None
        return _answers(deployments.deploy(call["release"], where, into=into), call)


def status(call: Call) -> Answer:
    """Shows what runs and what answers."""
    found = call.workbench.deployments.status()
    head = [call.words(f"say.cli.head.{name}") for name in ("environment", "name", "version", "state", "url", "since")]
    rows = [
        (
            each.active.environment,
            each.active.name,
            each.active.version,
            call.words.term("deployment-state", each.state.value),
            each.active.url,
            each.active.since,
        )
        for each in found
    ]
    lines = aligned(head, rows) if rows else (call.words("say.project.no_rows"),)
    data = []
    for each in found:
        drill = call.workbench.deployments.drills.last(each.active.environment)
        data.append({**_about(each), "drill": None if drill is None else asdict(drill)})
        lines = (*lines, _last_drill(each.active.environment, drill, call))
    return Answer({"deployments": data}, lines)


def _last_drill(environment: str, drill: Drill | None, call: Call) -> str:
    if drill is None:
        return call.words("say.cli.drill_never", environment=plain(environment))
    values = {name: plain(value or "–") for name, value in asdict(drill).items()}
    return call.words("say.cli.drill_last", **{**values, "at": drill.at[:10]})


def drill_stop(call: Call) -> Answer:
    """Stops a service for real, lifts the stop again, and says how long both took."""
    with call.patiently("say.cli.finishing"):
        drill = call.workbench.deployments.drills.stop(_where(call), reason=call["reason"] or "")
    return Answer(asdict(drill), (call.words("say.cli.drilled", **asdict(drill)),))


def stop(call: Call) -> Answer:
    """Stops a service; where the record or the catalog cannot be opened, it is stopped all the same, and then told."""
    with call.patiently("say.cli.finishing"):
        return _stop(call)


def _stop(call: Call) -> Answer:
    reason = call["reason"] or ""
    try:
        deployments = call.workbench.deployments
    except (OSError, SurefootError):
        stopped = stop_without_record(call.folder, _where(call), reason=reason, unlock=call.passphrase)
        call.tell("say.cli.stopped_unrecorded", **_stopped(stopped))
        raise
    stopped = deployments.stop(_where(call), reason=reason)
    told = _stopped(stopped)
    if stopped.is_new or not reason:
        return Answer({**told, "seen": stopped.seen}, (call.words("say.cli.stopped", **told),))
    # Whoever stopped first gives the reason afterwards: it is recorded then.
    deployments.say_why(stopped.active.environment, reason)
    return Answer({**told, "seen": stopped.seen}, (call.words("say.cli.stop_reason", **told),))


def _stopped(stopped: Stopped) -> dict[str, str]:
    active = stopped.active
    return {
        "environment": active.environment,
        "name": active.name,
        "version": active.version,
        "seconds": stopped.seconds,
    }


def lift(call: Call) -> Answer:
    """Lifts the stop of a service, or of a release that another one took the place of."""
    deployments, reason = call.workbench.deployments, call["reason"] or ""
    with call.patiently("say.cli.finishing"):
        if not call["release"]:
            return _answers(deployments.lift(_where(call), reason=reason), call)
        lifted = deployments.lift_release(call["release"], _where(call), reason=reason)
    if isinstance(lifted, Deployed):
        return _answers(lifted, call)
    stop = lifted.stop
    told = {"environment": lifted.environment, "release": stop.ref}
    data = {**told, "name": stop.name, "version": stop.version, "state": "lifted"}
    return Answer(data, (call.words("say.cli.lifted", **{k: plain(v) for k, v in told.items()}),))


def rollback(call: Call) -> Answer:
    """Goes back to the release that ran before."""
    deployments, reason = call.workbench.deployments, call["reason"] or ""
    with call.patiently("say.cli.finishing"):
        try:
            return _answers(deployments.rollback(_where(call), to=call["to"], reason=reason), call)
        except GateFailedError as error:
            by = str(error.values.get("by", ""))
            named = {**error.values, "by": names_of(call.workbench.catalog).get(by, by)} if by else error.values
            raise GateFailedError(error.code, **named) from error
