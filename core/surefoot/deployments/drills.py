"""Drills: a service is stopped for real and let go on again, with the seconds that both took on the record.

Nothing is stopped that could not be lifted at once: who may lift, and whether it answers at all, is asked first.
"""

from typing import Any, Protocol

from surefoot.catalog import Catalog
from surefoot.deployments import tables
from surefoot.deployments.facts import DEFAULT_ENVIRONMENT, Deployed, Deployment, Drill, State, Stopped
from surefoot.errors import ApprovalMissingError, Code, IncompleteError, SurefootError
from surefoot.trail import Draft, Recorder, Subject
from surefoot.trail.roots import Founding


class Acts(Protocol):
    """What a drill is made of; `Deployments` has it."""

    def status(self, environment: str | None = None) -> tuple[Deployment, ...]:
        """What runs in an environment, and what it is doing now."""

    def stop(self, environment: str = DEFAULT_ENVIRONMENT, *, reason: str = "") -> Stopped:
        """Stops it, and returns when it was seen to refuse."""

    def lift(self, environment: str = DEFAULT_ENVIRONMENT, *, reason: str = "") -> Deployed:
        """Lifts the stop, and returns when it answers again."""


class Drills:
    """Drills of one project's services.

    Args:
        acts: stop and lift. catalog: with the reducers of deployments.
        recorder: records with the key of whoever holds the drill. founding: says who there is.
    """

    def __init__(self, acts: Acts, catalog: Catalog, *, recorder: Recorder, founding: Founding) -> None:
        self._acts = acts
        self._catalog = catalog
        self._recorder = recorder
        self._founding = founding

    def stop(self, environment: str = DEFAULT_ENVIRONMENT, *, reason: str = "") -> Drill:
        """Stops what answers in an environment, lifts the stop again, and records how long both took.

        Raises:
            ApprovalMissingError: lifting needs a second person; nothing was stopped.
            IncompleteError: nothing answers there.
            SurefootError: as `stop` and `lift`; what is stopped then stays so.
        """
        if not self._founding.is_solo:
            raise ApprovalMissingError(Code.DRILL_NEEDS_TWO, environment=environment)
        found = self._acts.status(environment)
        if not found or found[0].state is not State.SERVING or found[0].active.folder:
            raise IncompleteError(Code.DRILL_NOTHING, environment=environment)
        self._recorder.ready()
        stopped = self._acts.stop(environment, reason=reason)
        try:
            lifted = self._acts.lift(environment, reason=reason)
        except SurefootError:
            self._record(stopped, reason, lifted=None)
            raise
        return self._record(stopped, reason, lifted=lifted.seconds)

    def last(self, environment: str) -> Drill | None:
        """The last drill in an environment."""
        self._catalog.catch_up()
        return tables.last_drill(self._catalog, environment)

    def _record(self, stopped: Stopped, reason: str, *, lifted: str | None) -> Drill:
        active = stopped.active
        figures: dict[str, Any] = {"stop_seconds": stopped.seconds, "lift_seconds": lifted, "seen": stopped.seen}
        body = {**active.about(), "kind": "stop", "reason": reason, **figures}
        draft = Draft("drill.held", (Subject(active.service, active.digest),), body, (active.leaf,))
        event = self._recorder.record(draft)[0]
        return Drill(active.environment, event.at, stopped.seconds, lifted)
