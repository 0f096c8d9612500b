"""A recorder in memory: the same checks of drafts and causes as the trail, leaves that are the same in every run."""

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence

from surefoot.errors import Code, InputRefusedError
from surefoot.trail import rules
from surefoot.trail.canonical import encode
from surefoot.trail.facts import Draft, Event, Page
from tests.fakes.catalog import page_of

WS = hashlib.sha256(b"fake workspace").hexdigest()
START = 1_750_000_000_000_000  # microseconds


class FakeRecorder:
    """Implements Recorder, and what followers ask of a trail (`ws`, `events`, `pages`, `sizes`).

    `log` is the list of all events; `as_role` makes a second recorder (another role and feed) over the same events.
    """

    def __init__(self, *, role: str = "owner", log: list[Event] | None = None) -> None:
        self.ws = WS
        self.role = role
        self.feed = hashlib.sha256(f"fake {role}".encode()).hexdigest()
        self.log: list[Event] = [] if log is None else log

    def as_role(self, role: str) -> "FakeRecorder":
        return FakeRecorder(role=role, log=self.log)

    def ready(self) -> None:
        """It always is."""

    def record(self, *drafts: Draft) -> tuple[Event, ...]:
        for draft in drafts:
            rules.check_draft(draft, self.role)
            encode(dict(draft.body))
            rules.check_causes(draft.type, [self._type_of(draft.type, leaf) for leaf in draft.cause])
        new = []
        for draft in drafts:
            event = self._event(draft)
            self.log.append(event)
            new.append(event)
        return tuple(new)

    def events(self, *, after: Mapping[str, int] | None = None, types: Container[str] | None = None) -> Iterator[Event]:
        seen = after or {}
        for event in list(self.log):
            if event.seq >= seen.get(event.feed, 0) and (types is None or event.type in types):
                yield event

    def pages(self, *, after: Mapping[str, int] | None = None) -> Iterator[Page]:
        return (page_of(event) for event in self.events(after=after))

    def sizes(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for event in self.log:
            counts[event.feed] = counts.get(event.feed, 0) + 1
        return counts

    def of_type(self, *types: str) -> Sequence[Event]:
        return [event for event in self.log if event.type in types]

    def _type_of(self, kind: str, leaf: str) -> str:
        for event in self.log:
            if event.leaf == leaf:
                return event.type
        raise InputRefusedError(Code.CAUSE_REFUSED, type=kind, detail="it names an event that is not recorded")

    def _event(self, draft: Draft) -> Event:
        number = len(self.log)
        seq = sum(event.feed == self.feed for event in self.log)
        seconds, milliseconds = divmod(number, 1000)
        return Event(
            leaf=hashlib.sha256(f"{self.feed} {seq} {draft.type}".encode()).hexdigest(),
            ws=self.ws,
            feed=self.feed,
            seq=seq,
            at=f"2026-01-01T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}Z",
            hlc=START + number,
            actor="per_" + "a" * 26 if self.role != "machine" else "dev_" + "a" * 26,
            role=self.role,
            mean=draft.mean,
            type=draft.type,
            subjects=draft.subjects,
            cause=draft.cause,
            body=dict(draft.body),
            is_self=rules.is_decision(draft.type),
        )
