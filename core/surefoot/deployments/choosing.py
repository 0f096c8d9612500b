"""Which release may run in an environment: signed, for that place, and with no stop in force there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from surefoot.catalog import Catalog
from surefoot.deployments import tables
from surefoot.deployments.facts import Active, Earlier, Environment, StopInForce
from surefoot.errors import Code, GateFailedError, IncompleteError
from surefoot.releases.facts import Release
from surefoot.releases.service import Releases


class Choice:
    """Answers from the record, which the caller has caught up with.

    Args:
        catalog: with the reducers of deployments. releases: the project's.
    """

    def __init__(self, catalog: Catalog, releases: Releases) -> None:
        self._catalog = catalog
        self._releases = releases

    def allowed(self, ref: str, where: Environment, active: Active | None) -> Release:
        """A release that may run in an environment; one whose stop is in force may not, recorded or not.

        Raises:
            IncompleteError: there is none, or it is not signed. GateFailedError: it may not run there.
        """
        release = self._releases.show(ref)
        if release.approved is None:
            raise IncompleteError(Code.RELEASE_NOT_SIGNED, release=release.id)
        allowed = [str(each) for each in release.approved.body.get("environments", ())]
        if where.name not in allowed:
            known = ", ".join(allowed)
            raise GateFailedError(Code.ENVIRONMENT_NOT_ALLOWED, release=ref, environment=where.name, allowed=known)
        is_stopped = active is not None and active.digest == release.digest and bool(active.stop)
        if is_stopped or tables.stop_in_force(self._catalog, where.name, release.digest) is not None:
            raise _stopped(f"{release.name}@{release.version}", where.name)
        return release

    def before(self, current: Active) -> str:
        """The last release before the current one that may run again: its id.

        Raises:
            IncompleteError: there was none. GateFailedError: what there was is stopped.
        """
        found = self.earlier(current)
        if found is None:
            raise IncompleteError(Code.NOTHING_TO_ROLL_BACK, environment=current.environment)
        if found.stop is not None:
            told = {"release": found.stop.ref, "environment": current.environment, "detail": "before"}
            raise GateFailedError(Code.RELEASE_STOPPED, **told, by=found.stop.by, at=found.stop.at[:10])
        return found.release

    def earlier(self, current: Active) -> Earlier | None:
        """The last release before the current one that may run again, or else the last one, with its stop."""
        stopped = {stop.digest: stop for stop in tables.stops_in_force(self._catalog, current.environment)}
        rows = tables.activations(self._catalog, current.environment)
        others = [row for row in rows if row["digest"] != current.digest]
        row = next((row for row in others if row["digest"] not in stopped), next(iter(others), None))
        return None if row is None else replace(_earlier(row), stop=stopped.get(row["digest"]))

    def stops(self, environment: str) -> tuple[StopInForce, ...]:
        """Every stop in force in an environment."""
        return tables.stops_in_force(self._catalog, environment)

    def stopped(self, digest: str, environment: str) -> StopInForce:
        """The stop of a release that is in force in an environment.

        Raises:
            IncompleteError: it is not stopped there.
        """
        stop = tables.stop_in_force(self._catalog, environment, digest)
        if stop is None:
            raise self.nothing_to_lift(environment)
        return stop

    def nothing_to_lift(self, environment: str) -> IncompleteError:
        """What is said to somebody who lifts a stop that is not there: which ones are."""
        stops = tables.stops_in_force(self._catalog, environment)
        if not stops:
            return IncompleteError(Code.NOTHING_TO_LIFT, environment=environment)
        known = ", ".join(stop.ref for stop in stops)
        return IncompleteError(Code.STOPPED_ELSEWHERE, environment=environment, stopped=known, release=stops[0].ref)


def _earlier(row: Mapping[str, Any]) -> Earlier:
    at = row["happened"].isoformat() + "Z"
    return Earlier(row["name"] or "", row["version"] or "", row["release"] or "", at)


def _stopped(ref: str, environment: str) -> GateFailedError:
    return GateFailedError(Code.RELEASE_STOPPED, release=ref, environment=environment, detail="noted")
