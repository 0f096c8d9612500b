"""The verbs of audit: verify the record, explain a deployment, write the explanation as a page."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from surefoot import __version__, files
from surefoot.audit import report, rules
from surefoot.audit.facts import Explanation, Lineage
from surefoot.audit.tables import ACTIVATIONS, Lines, names_of
from surefoot.errors import Code, IncompleteError, UsageError
from surefoot.texts import Words
from surefoot.trail import Report, Verdict
from surefoot.trail.facts import Event

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)Z?)?")


def moment(text: str | None) -> str | None:
    """A moment as RFC 3339 in UTC, the end of the day where only a day is given; None where none is: no bound.

    Raises:
        UsageError: it is not one.
    """
    if text is None:
        return None
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise UsageError(Code.NOT_A_MOMENT, text=text)
    day, clock = match.groups()
    try:
        parsed = datetime.fromisoformat(f"{day}T{clock or '23:59:59.999'}+00:00")
    except ValueError as error:
        raise UsageError(Code.NOT_A_MOMENT, text=text) from error
    return parsed.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Audit:
    """Questions to the record.

    Attributes:
        lines: the record's lines. verify: verifies the whole trail against the pins and, if given, an anchor.
    """

    def __init__(self, *, lines: Lines, verify: Callable[[str | None], Report]) -> None:
        self.lines = lines
        self.verify = verify

    def explain(self, environment: str | None = None, *, at: str | None = None) -> Explanation:
        """What answered in an environment at a moment, and on what evidence.

        Args:
            environment: its name; the last place where anything was activated if None.
            at: a day or a moment in UTC; now if None.

        Raises:
            IncompleteError: nothing was deployed there by then.
            UsageError: that is no moment.
        """
        until = moment(at)
        start = self.lines.activation(environment=environment, until=until)
        if start is None:
            moment_asked = at or rules.when(_now())
            if environment is None:
                raise IncompleteError(Code.NOTHING_DEPLOYED_YET, at=moment_asked)
            raise IncompleteError(Code.NOT_DEPLOYED, environment=environment, at=moment_asked)
        names = names_of(self.lines.catalog)
        told = rules.chapters(self.lineage(start, until), names)
        place = str((start.body or {}).get("environment", environment or "?"))
        return Explanation(place, until or _now(), told, rules.gaps(told), names)

    def since(self, environment: str, *, at: str) -> Explanation:
        """What changed in an environment after a day or a moment in UTC.

        Raises:
            UsageError: that is no moment.
        """
        names, after = names_of(self.lines.catalog), moment(at) or _now()
        told = rules.since(self.lines.since(environment, after), names)
        return Explanation(environment, after, (told,), 0, names)

    def walked(self, environment: str, *, at: str | None = None) -> Lineage:
        """What the last activation in an environment up to a moment rests on.

        Raises:
            IncompleteError, UsageError: as `explain`.
        """
        until = moment(at)
        start = self.lines.activation(environment=environment, until=until)
        if start is None:
            raise IncompleteError(Code.NOT_DEPLOYED, environment=environment, at=at or rules.when(_now()))
        return self.lineage(start, until)

    def lineage(self, start: Event, until: str | None = None) -> Lineage:
        """What an activation rests on, and what happened to its service up to a moment (now if None)."""
        found: dict[str, Event] = {start.leaf: start}
        missing: set[str] = set()
        replaced: Event | None = None
        wanted = set(start.cause)
        while wanted:
            reached = self.lines.by_leaf(sorted(wanted))
            missing |= wanted - reached.keys()
            # An activation names the one whose place it takes. What that one rested on explains nothing here.
            earlier = {leaf: event for leaf, event in reached.items() if event.type in ACTIVATIONS}
            replaced = next(iter(earlier.values()), replaced)
            reached = {leaf: event for leaf, event in reached.items() if leaf not in earlier}
            found.update(reached)
            wanted = {leaf for event in reached.values() for leaf in event.cause} - found.keys() - missing
        after = self.lines.resting_on(start, until=until)
        return Lineage(start, found, tuple(sorted(missing)), after, replaced, self._beside(found, until))

    def _beside(self, found: Mapping[str, Event], until: str | None) -> tuple[Event, ...]:
        """The newest result of each check of the model that was run without being asked for: it may tell against it."""
        asked = {str((event.body or {}).get("kind")) for event in found.values() if event.type in rules.CHECKS}
        newest: dict[str, Event] = {}
        for model in (event for event in found.values() if event.type == "model.accepted"):
            for event in self.lines.resting_on(model, until=until):
                kind = str((event.body or {}).get("kind"))
                if event.type in rules.CHECKS and kind not in asked:
                    newest[kind] = event
        return tuple(newest[kind] for kind in sorted(newest))

    def write_page(self, explanation: Explanation, target: Path, words: Words, *, title: str | None = None) -> Verdict:
        """Writes an explanation as one HTML page that needs nothing else; returns how the whole record verifies.

        Raises:
            InputRefusedError: the place cannot be written to.
        """
        first = explanation.chapters[0].statements[0]
        title = title or words("say.audit.title", **{"name": "?", "version": "?", "environment": "?", **first.values})
        verdict = self.verify(None).verdict
        lead = words("say.audit.made_on", version=__version__, at=rules.when(_now()))
        page = report.as_page(explanation, words, title=title, lead=lead, verdict=verdict)
        files.write_whole(target, page.encode())
        return verdict


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
