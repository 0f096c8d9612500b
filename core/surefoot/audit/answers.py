"""One answer of a service, explained from its request's id: found in the logs, walked back, computed anew.

Nothing is written but a scratch folder that vanishes. The log holds no inputs and no answers, so which inputs mattered
can be told only to who brings the bytes that were sent; they are known again by their keyed fingerprint.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surefoot import workers
from surefoot.audit import requests, rules, telling
from surefoot.audit.facts import Answered, Explanation
from surefoot.audit.requests import Found, Log
from surefoot.audit.service import Audit
from surefoot.audit.tables import names_of
from surefoot.deployments import Places, requestlog
from surefoot.deployments.documents import moment
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.releases import capsule
from surefoot.releases.service import Releases
from surefoot.trail.facts import Event
from surefoot.workers import Limits
from surefoot.workers.scratch import scratch_folder

MOST_ROWS = 10
_ANSWERED = 200
_LIMITS = Limits(memory_bytes=8 * 2**30, cpu_seconds=600, wall_seconds=600.0)


class Answers:
    """Questions about single answers.

    Args:
        audit: knows the record.
        releases: lays capsules out.
        state: the workspace's state folder, in which the services' logs lie.
    """

    def __init__(self, *, audit: Audit, releases: Releases, state: Path) -> None:
        self._audit = audit
        self._releases = releases
        self._places = Places(state)
        self._scratch = state / "scratch"

    def explain(self, request: str, *, body: bytes | None = None) -> Answered:
        """Which release answered a request, when and how, who let it, and whom to ask for a review.

        Args:
            request: the id that came with the answer.
            body: the bytes that were sent; with them, also which inputs mattered.

        Raises:
            IncompleteError: no log knows it, or a log is not on this computer.
            RecordBrokenError: a log was cut or changed. InputRefusedError: something else was sent.
        """
        found = self._found(request)
        computed = None if body is None else self._computed(found, body)
        lineage, names = self._audit.lineage(found.log.activation), names_of(self._audit.lines.catalog)
        about = telling.about(found, lineage, computed)
        told = telling.chapters(found, lineage, names, about)
        explanation = Explanation(about["environment"], moment(found.line.at), told, rules.gaps(told), names)
        return Answered(explanation, about)

    def _found(self, request: str) -> Found:
        logs = [self._log(event) for event in self._audit.lines.activations()]
        # Every log is held against the record before it is said that none knows the request: one may have been cut.
        for log in sorted(logs, key=lambda log: not requests.mentions(log, request)):
            found = None if log.is_away else requests.held(log, request)
            if found is not None:
                return found
        away = sum(log.is_away for log in logs)
        if away:
            raise IncompleteError(Code.REQUEST_LOG_AWAY, request=request, logs=away)
        raise IncompleteError(Code.REQUEST_UNKNOWN, request=request, logs=len(logs))

    def _log(self, activation: Event) -> Log:
        state = self._places.activation(activation.subjects[0].id).state
        return Log(activation, state, requests.marks(self._audit.lines.resting_on(activation, until=None)))

    def _computed(self, found: Found, body: bytes) -> Mapping[str, Any]:
        """What moves the answer, computed anew in a worker from the release as it was signed; empty without an answer.

        Raises:
            InputRefusedError: these are not the bytes that were sent.
        """
        try:
            is_same = requestlog.is_body(found.log.state, found.line, body)
        except FileNotFoundError as error:
            raise IncompleteError(Code.FILE_MISSING, path=error.filename) from error
        if not is_same:
            raise InputRefusedError(Code.BODY_DIFFERS, request=found.line.id)
        if found.line.status != _ANSWERED:
            return {}
        with scratch_folder(self._scratch) as folder:
            self._releases.materialise(found.log.activation.subjects[0].sha256, folder / "capsule")
            files = capsule.answering(folder / "capsule") | {"body": folder / "body"}
            files["body"].write_bytes(body)
            request = {"route": found.line.route, "most": MOST_ROWS}
            return workers.run("surefoot.audit.inputs_task:moved", request, limits=_LIMITS, files=files)
