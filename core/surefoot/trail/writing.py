"""Recording: how drafts become durable lines (formats.md §2, "Append").

Lock; body lines, flushed; all trail lines in one write, flushed; pin; a checkpoint where one is due. Whatever is wrong
with a draft, the disk or the trail below is found before anything is written, or what was written is taken back.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from surefoot.errors import Code, IncompleteError, InputRefusedError, RecordBrokenError, SurefootError
from surefoot.files import write_whole
from surefoot.trail import bodies, clock, keys, lines, merkle, notes, rules
from surefoot.trail.books import Books
from surefoot.trail.canonical import Json
from surefoot.trail.details import Details
from surefoot.trail.facts import FORMAT, SEGMENT, Draft, Event, Signer, Subject
from surefoot.trail.feed import Feed
from surefoot.trail.lines import Chained, Line
from surefoot.trail.segments import FlushError

log = logging.getLogger(__name__)

EVERY = 64  # lines between checkpoints
_PROBE = b"surefoot key check"
_BODY_SEQ = re.compile(rb'"seq":([0-9]+),"v":[0-9]+\}')


class Prepared(NamedTuple):
    """A checked draft with the salted fields of its body, and what the line will hold of them."""

    draft: Draft
    fields: bytes
    committed: tuple[int, str]


class Composed(NamedTuple):
    """A signed line: its fields, its bytes without LF, its leaf."""

    line: Line
    raw: bytes
    leaf: str


class FeedRecorder:
    """Records with one key into its feed (implements Recorder). Safe across processes, not across threads."""

    def __init__(self, books: Books, signer: Signer, app: str) -> None:
        self._books = books
        self._signer = signer
        self._app = app
        self._boot = clock.Boot(books.ws)
        self._is_proved = False
        self._feed: Feed | None = None
        keys.checked(signer.public)

    def ready(self) -> None:
        """Opens the key and looks whether it may record here now; writes nothing.

        Raises:
            InputRefusedError, IncompleteError, RecordBrokenError: as `record` would.
        """
        self._prove_key()
        with self._books.locked():
            self._books.refresh(holds_lock=True)
            feed = self._books.opened(self._signer)
            self._check_feed(feed)
        clock.next_hlc(clock.now(), feed.pin.hlc)
        clock.text_of(clock.now())

    def record(self, *drafts: Draft) -> tuple[Event, ...]:
        """Records all drafts in one durable append, in order.

        Raises:
            InputRefusedError: a draft is off, or there is no right to write; nothing is written.
            IncompleteError: a newer version of Surefoot wrote here; nothing is written.
            RecordBrokenError: the trail is damaged or rolled back, nothing is written; or a flush failed, and the
                feed is frozen.
            SurefootError: the disk is full; nothing is written.
        """
        return self._record(drafts, lambda: None)

    def record_and(self, act: Callable[[], None], *drafts: Draft) -> tuple[Event, ...]:
        """As `record`, and does what the drafts say before anybody can read them.

        Args:
            act: done once the lines are on the disk, and before the pin is moved over them: whoever looks in between
                finds more than is pinned, and waits for the lock.
            drafts: what is recorded.

        Raises:
            As `record`, and as `act` does; what is on the disk then stays there, and counts.
        """
        return self._record(drafts, act)

    def _record(self, drafts: Sequence[Draft], act: Callable[[], None]) -> tuple[Event, ...]:
        if not drafts:
            return ()
        prepared = [self._prepare(draft) for draft in drafts]
        self._prove_key()
        with self._books.locked():
            self._books.refresh(holds_lock=True)
            feed = self._books.opened(self._signer)
            self._check_feed(feed)
            for draft in drafts:
                rules.check_causes(draft.type, self._books.cause_types(draft.type, draft.cause))
            told = self._recovered(feed)
            composed = self._compose(feed, told + prepared)
            self._write(feed, composed, told + prepared, act)
            self._feed = feed
            if told:
                self._settle(feed)
            is_due = any(rules.is_decision(one.line.type) for one in composed)
            self._note(feed, is_due=is_due or feed.pin.size // EVERY > self._noted(feed) // EVERY)
        done = zip(composed[len(told) :], drafts, strict=True)
        return tuple(event_of(one.line, one.leaf, draft.body) for one, draft in done)

    def close(self) -> None:
        """Writes a last checkpoint where lines of this key are not covered by one."""
        feed = self._feed
        if feed is None:
            return
        with self._books.locked():
            self._books.refresh(holds_lock=True)
            self._note(feed, is_due=feed.pin.size > self._noted(feed))

    def _prepare(self, draft: Draft) -> Prepared:
        rules.check_draft(draft, self._signer.role)
        return Prepared(draft, *bodies.commit(draft.body))

    def _prove_key(self) -> None:
        """Opens the key before the lock is taken (a passphrase may have to be typed), and sees that it is the one."""
        if not self._is_proved:
            if not keys.verify(self._signer.public, _PROBE, self._signer.sign(_PROBE)):
                raise InputRefusedError(Code.KEY_WEAK, key=self._signer.public.hex()[:16])
            self._is_proved = True

    def _check_feed(self, feed: Feed) -> None:
        if feed.newer:
            raise IncompleteError(Code.PROJECT_NEWER, path=feed.folder, found=FORMAT + 1, known=FORMAT)
        if self._books.is_frozen(feed):
            raise RecordBrokenError(Code.FEED_FROZEN, path=feed.folder)

    def _recovered(self, feed: Feed) -> list[Prepared]:
        """What recovery moved aside and no line has told of yet, as the line that tells it."""
        pieces: list[Json] = []
        subjects = []
        for path in sorted(feed.quarantine.glob("*.new")) if feed.quarantine.is_dir() else ():
            size, segment, sha256 = path.stem.split("-")
            pieces.append({"after": int(size), "bytes": path.stat().st_size, "segment": int(segment), "sha256": sha256})
            subjects.append(Subject("quarantine", sha256))
        if not pieces:
            return []
        return [self._prepare(Draft("trail.recovered", tuple(subjects[:64]), {"pieces": pieces}))]

    def _settle(self, feed: Feed) -> None:
        for path in feed.quarantine.glob("*.new"):
            path.rename(path.with_suffix(".told"))

    def _compose(self, feed: Feed, prepared: Sequence[Prepared]) -> list[Composed]:
        """Signs the lines, each continuing the one before it."""
        now, boot = clock.now(), self._boot.read()
        at = clock.text_of(now)
        prev, largest = feed.pin.leaf, max(one.pin.hlc for one in [feed, *self._books.feeds])
        seen = self._seen(feed) if any(rules.is_decision(one.draft.type) for one in prepared) else {}
        composed = []
        for seq, (draft, _, committed) in enumerate(prepared, feed.pin.size):
            largest = clock.next_hlc(now, largest)
            decides = rules.is_decision(draft.type)
            line = Line(
                actor=self._signer.actor,
                app=self._app,
                at=at,
                body=committed,
                boot=boot,
                cause=draft.cause,
                feed=feed.id,
                hlc=largest,
                mean=draft.mean,
                prev=prev,
                role=self._signer.role,
                seen=seen if decides else {},
                is_self=decides and self._books.founding.is_solo,
                seq=seq,
                subjects=draft.subjects,
                type=draft.type,
                ws=feed.ws,
            )
            composed.append(self._signed(line))
            prev = composed[-1].leaf
        return composed

    def _signed(self, line: Line) -> Composed:
        payload = lines.payload_of(line)
        raw = lines.joined(payload, self._signer.sign(lines.to_sign(payload)))
        if len(raw) > lines.LONGEST:
            raise InputRefusedError(Code.DRAFT_REFUSED, field="subjects", detail=f"{len(raw)} bytes in one line")
        return Composed(line, raw, merkle.leaf_hash(raw).hex())

    def _seen(self, feed: Feed) -> dict[str, tuple[int, str]]:
        """The heads of the other feeds, which a decision ties itself to."""
        heads = {other.id: other.head() for other in self._books.feeds if other is not feed and other.pin.size}
        return {name: (head.size, head.root) for name, head in heads.items()}

    def _write(
        self, feed: Feed, composed: Sequence[Composed], prepared: Sequence[Prepared], act: Callable[[], None]
    ) -> None:
        pin = feed.pin
        try:
            details = [bodies.joined(one.fields, seq) for seq, one in enumerate(prepared, pin.size)]
            written = feed.details.append(pin.size, self._body_length(feed), details)
            length = feed.lines.append(pin.size, pin.length, [one.raw for one in composed])
            act()
            last = composed[-1]
            after = Chained(feed.ws, feed.id, last.line.seq + 1, last.leaf, last.line.hlc)
            feed.pin_to(after, length, durable=False)
        except (FlushError, OSError) as error:
            self._books.freeze(feed)
            raise RecordBrokenError(Code.FEED_FROZEN, path=feed.folder) from error
        feed.written = (feed.pin.size, written)
        feed.grow([one.leaf for one in composed])
        for one in composed:
            self._books.remember(one.leaf, one.line.type)
        if len(composed) >= SEGMENT:
            # Those that were written whole; any other is checked when it is first read.
            feed.remember(pin.size, [one.raw for one in composed])
            Details(feed.id, feed.details, self._books.places.state).remember(pin.size, details)

    def _body_length(self, feed: Feed) -> int:
        """Bytes of the last body segment that belong to recorded lines; a crash may have left more behind them."""
        if feed.pin.size % SEGMENT == 0:
            return 0
        size, length = feed.written
        if size == feed.pin.size and feed.details.length(size // SEGMENT) == length:
            return length
        data = feed.details.read(feed.pin.size // SEGMENT) or b""
        length = 0
        for raw in data.split(b"\n")[:-1]:
            match = _BODY_SEQ.fullmatch(raw, raw.rfind(b'"seq":'))
            if match is None or int(match[1]) >= feed.pin.size:
                break
            length += len(raw) + 1
        return length

    def _noted(self, feed: Feed) -> int:
        if feed.noted is None:
            names = [path.name for path in feed.notes.iterdir()] if feed.notes.is_dir() else []
            feed.noted = max((int(name) for name in names if name.isdecimal()), default=0)
        return feed.noted

    def _note(self, feed: Feed, *, is_due: bool) -> None:
        """Writes a checkpoint. The lines it covers are safe without it, so after a failure the next one does."""
        if not is_due:
            return
        try:
            feed.pin_to(feed.place, feed.pin.length, durable=True)
            head = feed.head()
            note = notes.write(notes.Checkpoint(head.size, head.root), feed.ws, self._signer)
            write_whole(feed.notes / f"{head.size:012}", note)
            feed.keep_tree()
            feed.noted = head.size
        except (OSError, SurefootError) as error:
            log.warning("checkpoint of %s at %d put off: %s", feed.id[:12], feed.pin.size, error)


def event_of(line: Line, leaf: str, body: Mapping[str, Json] | None) -> Event:
    """A line with its details, as the rest of the program sees it."""
    return Event(
        leaf=leaf,
        ws=line.ws,
        feed=line.feed,
        seq=line.seq,
        at=line.at,
        hlc=line.hlc,
        actor=line.actor,
        role=line.role,
        mean=line.mean,
        type=line.type,
        subjects=line.subjects,
        cause=line.cause,
        body=body,
        is_self=line.is_self,
    )
