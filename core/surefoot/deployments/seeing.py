"""What a deployment is doing now, seen from outside: its own words, its process, its health over its port."""

from surefoot.deployments import rules
from surefoot.deployments.facts import Active, Deployment, State
from surefoot.deployments.places import Places
from surefoot.deployments.probes import ask
from surefoot.deployments.processes import Process

_OK = 200


def seen(places: Places, active: Active) -> Deployment:
    """What was last activated in an environment, and what it is doing."""
    folder = places.of(active)
    said = folder.said()
    state, reason = State.SERVING, ""
    if active.stop or said.get("stop"):
        # A stop stays in force when its process has left; that is what decides what may be done next.
        state, reason = State.STOPPED, str(said.get("detail", ""))
    elif active.ended:
        state, reason = State.ENDED, active.ended
    elif active.folder:
        state = _seen_elsewhere(active, is_there=folder.state.is_dir())
    elif not Process(active.pid, active.born).is_alive:
        state, reason = State.LOST, "the process is gone"
    elif ask(active.port, "/v2/health/ready", at=active.address).status != _OK:
        state, reason = State.BLOCKED, rules.plain_reason(said)
    token_file = places.environment(active.environment).token_file
    return Deployment(active, state, reason, str(folder.log), str(token_file))


def _seen_elsewhere(active: Active, *, is_there: bool) -> State:
    """What was handed over and answers on this machine serves; of anything else nobody can say."""
    if is_there and active.started and ask(active.port, "/v2/health/ready", at=active.address).status == _OK:
        return State.SERVING
    return State.HANDED
