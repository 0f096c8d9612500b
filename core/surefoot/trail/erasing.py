"""Erasing details: the value and its salt go, the commitment stays, and an event says what went.

The event is on the disk before the bytes are rewritten, and can be read only after: whoever follows the record and
takes note of the erasure finds the value gone. A crash in between leaves an erasure that is announced and not yet
carried out, and erasing again carries it out. What remains cannot be matched by guessing, since the salt is gone.
"""

from collections.abc import Sequence

import msgspec

from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.files import write_whole
from surefoot.trail import bodies
from surefoot.trail.bodies import Field
from surefoot.trail.books import Books
from surefoot.trail.canonical import Json
from surefoot.trail.facts import SEGMENT, Draft, Event, Subject
from surefoot.trail.writing import FeedRecorder


def erase(books: Books, recorder: FeedRecorder, *, event: Event, paths: Sequence[str]) -> Event:
    """Erases fields of an event's body.

    Args:
        books: the feeds.
        recorder: of a person, who decides it.
        event: whose details.
        paths: which fields; erased ones are passed over.

    Returns:
        The event that tells of it.

    Raises:
        InputRefusedError: there is no such field.
        IncompleteError: the details are not on this machine.
    """
    body: dict[str, Json] = {"feed": event.feed, "seq": event.seq, "paths": sorted(paths)}
    _rewritten(_segment(books, event), event, paths)

    def rewrite() -> None:
        # Read anew: the lines just recorded may lie in the same file.
        data = _rewritten(_segment(books, event), event, paths)
        write_whole(books.places.bodies / event.feed / f"{event.seq // SEGMENT:06}.jsonl", data)

    subject = Subject("event", event.leaf)
    (told,) = recorder.record_and(
        rewrite, Draft("erasure.done", (subject,), body, cause=(event.leaf,), mean="withdrawn")
    )
    return told


def _segment(books: Books, event: Event) -> bytes:
    for feed in books.feeds:
        data = feed.details.read(event.seq // SEGMENT) if feed.id == event.feed else None
        if data is not None:
            return data
    raise IncompleteError(Code.DETAIL_MISSING, feed=event.feed[:12], seq=event.seq)


def _rewritten(segment: bytes, event: Event, paths: Sequence[str]) -> bytes:
    """The segment without these fields' values and salts."""
    raws = segment.split(b"\n")
    for at, raw in enumerate(raws[:-1]):
        body = bodies.parse(raw)
        if body.seq != event.seq:
            continue
        unknown = sorted(set(paths) - body.fields.keys())
        if unknown:
            raise InputRefusedError(Code.DRAFT_REFUSED, field="path", detail=unknown[0])
        fields = {name: _bare(name, one, paths) for name, one in body.fields.items()}
        raws[at] = bodies.joined(msgspec.json.encode(fields), body.seq)
        return b"\n".join(raws)
    raise IncompleteError(Code.DETAIL_MISSING, feed=event.feed[:12], seq=event.seq)


def _bare(name: str, one: Field, paths: Sequence[str]) -> Field:
    if name not in paths or one.leaf is not msgspec.UNSET:
        return one
    return Field(leaf=bodies.entry_of(name, one)[0].hex())
