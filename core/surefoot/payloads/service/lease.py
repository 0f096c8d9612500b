"""Whether the wrapper may serve, from moment to moment: lease, stop order, memory of both.

* Without a lease that can be believed it does not start. While it runs, a lease file that is missing, edited or older
  changes nothing: the good one in force simply runs out, and cannot be followed by a worse one.
* A lease is believed when the keeper signed it, within a grant that a person signed, for this workspace, environment,
  activation and release, not longer and not wider than the grant; its version never goes back, also over restarts.
* A stop counts at once and stays, even when its file is deleted, until a person's grant lifts it by its id. An order
  whose signature is bad stops too: whoever can write there may stop, nobody may start.
* The clock cannot be set back (`clock`).
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from surefoot.payloads.service import places
from surefoot.payloads.service.clock import Clock
from surefoot.payloads.service.documents import GRANT, LEASE, STOP, Anchor, Grant, Lease, Moment, StopOrder, parsed
from surefoot.payloads.service.envelopes import opened
from surefoot.payloads.service.places import Memory, Stopped
from surefoot.payloads.service.refusals import Reason, RefusedError

_REMEMBER_MS = 60_000


@dataclass(frozen=True, slots=True)
class Block:
    """Why nothing is answered, and since when (milliseconds since 1970)."""

    reason: Reason
    since: int
    detail: str
    stop: str = ""


class Permission:
    """The lease in force and the stops seen.

    Attributes:
        refused: why the lease file that lies there now is not believed; empty where it is.
    """

    def __init__(self, state: Path, anchor: Anchor, *, longest_ms: int, memory: Memory, clock: Clock) -> None:
        """Reads grant and lease for the first time.

        Raises:
            RefusedError: there is no permission to serve.
        """
        self._state = state
        self._anchor = anchor
        self._longest = longest_ms
        self._memory = memory
        self._clock = clock
        self._seen: tuple[int, ...] = ()
        self._saved = 0
        self._block: Block | None = None
        self.refused = ""
        self._grant, self._grant_sha256 = self._read_grant()
        self._memory.stops = [each for each in memory.stops if each.stop not in self._grant.lifts]
        self._look_for_stop()
        self._mark = self._lease_mark()
        self._expires = self._adopt()
        self._ends = 0.0
        self._set_end()
        block = self.block()
        if block:
            raise RefusedError(block.reason, block.detail)

    @property
    def expires(self) -> int:
        """When the lease in force ends (milliseconds since 1970)."""
        return self._expires

    @property
    def version(self) -> int:
        """The version of the lease in force."""
        return self._memory.lease_version

    def block(self) -> Block | None:
        """Why nothing may be answered right now, or None."""
        if self._block is not None:
            return self._block
        if self._clock.steady() >= self._ends:
            return Block(Reason.LEASE_ENDED, self._expires, "the lease has run out and was not renewed")
        return None

    def halt(self, detail: str) -> None:
        """Stops for a reason found by the wrapper itself."""
        self._stop(f"self-{self._clock.now()}", detail)

    def look(self) -> None:
        """Looks at the state folder again; called a few times a second."""
        self._look_for_stop()
        mark = self._lease_mark()
        if mark != self._mark:
            self._mark = mark
            try:
                self._expires = self._adopt()
                self.refused = ""
            except (RefusedError, OSError) as error:
                self.refused = str(error)
        self._set_end()
        if self._clock.now() - self._saved > _REMEMBER_MS:
            self.remember()

    def remember(self) -> None:
        """Writes down what must survive a restart, as far as the disk takes it."""
        with suppress(OSError):
            self._save()

    def _lease_mark(self) -> tuple[int, ...]:
        try:
            facts = (self._state / places.LEASE_FILE).lstat()
        except OSError:
            return ()
        return facts.st_ino, facts.st_mtime_ns, facts.st_size

    def _set_end(self) -> None:
        """The end by the steady clock; seen again each second, since the wall clock may be set forward."""
        self._ends = self._clock.steady() + (self._expires - self._clock.now()) / 1000

    def _save(self) -> None:
        self._saved = self._memory.latest = self._clock.now()
        places.remember(self._state, self._memory)

    def _read(self, name: str) -> bytes:
        try:
            return places.read_limited(self._state / name)
        except OSError as error:
            raise RefusedError(Reason.LEASE, f"{name} cannot be read ({error.strerror or error})") from error

    def _read_grant(self) -> tuple[Grant, str]:
        try:
            payload = opened(self._read(places.GRANT_FILE), kind=GRANT, keys=self._anchor.persons)
            grant = parsed(payload, Grant)
        except ValueError as error:
            raise RefusedError(Reason.LEASE, f"{places.GRANT_FILE}: {error}") from error
        self._check_place(grant, places.GRANT_FILE)
        if self._anchor.release not in grant.releases:
            raise RefusedError(Reason.LEASE, "the grant is for another release")
        self._clock.is_at_least(_ms(grant.issued))
        return grant, hashlib.sha256(payload).hexdigest()

    def _check_place(self, document: Grant | Lease, name: str) -> None:
        anchor = self._anchor
        if document.environment != anchor.environment:
            raise RefusedError(Reason.LEASE, f"{name} is for the environment {document.environment!r}")
        if (document.ws, document.activation) != (anchor.ws, anchor.activation):
            raise RefusedError(Reason.LEASE, f"{name} is for another workspace or activation")

    def _adopt(self) -> int:
        """Believes the lease file, remembers its version, and returns when it ends.

        Raises:
            RefusedError: it cannot be believed.
            OSError: its version could not be remembered, so it is not used.
        """
        lease, digest = self._believed()
        memory = self._memory
        before = memory.lease_version, memory.lease_sha256
        memory.lease_version, memory.lease_sha256 = lease.version, digest
        try:
            self._save()
        except OSError:
            memory.lease_version, memory.lease_sha256 = before
            raise
        self._obey(lease)
        return _ms(lease.expires)

    def _believed(self) -> tuple[Lease, str]:
        try:
            payload = opened(self._read(places.LEASE_FILE), kind=LEASE, keys=(self._grant.keeper,))
            lease = parsed(payload, Lease)
        except ValueError as error:
            raise RefusedError(Reason.LEASE, f"{places.LEASE_FILE}: {error}") from error
        self._check_place(lease, places.LEASE_FILE)
        digest = hashlib.sha256(payload).hexdigest()
        known = self._memory.lease_version
        if lease.version < known or (lease.version == known and digest != self._memory.lease_sha256):
            raise RefusedError(Reason.LEASE, f"version {lease.version} comes after {known} was in force")
        self._check_width(lease)
        self._clock.is_at_least(_ms(lease.issued))
        return lease, digest

    def _check_width(self, lease: Lease) -> None:
        grant = self._grant
        issued, expires = _ms(lease.issued), _ms(lease.expires)
        if lease.grant != self._grant_sha256 or not set(lease.releases) <= set(grant.releases):
            raise RefusedError(Reason.LEASE, "it allows what no grant allows")
        if not 0 < expires - issued <= min(grant.lease_ms, self._longest) or issued < _ms(grant.issued):
            raise RefusedError(Reason.LEASE, "it lasts longer than the grant allows")
        if grant.until is not None and expires > _ms(grant.until):
            raise RefusedError(Reason.LEASE, "it ends after the grant does")

    def _obey(self, lease: Lease) -> None:
        """A believed lease may withdraw or stop this release."""
        release = self._anchor.release
        for halted in lease.stopped:
            if halted.release == release:
                self._stop(f"lease-{lease.version}", halted.reason)
        if release not in lease.releases and self._block is None:
            since = self._clock.now()
            self._block = Block(Reason.LEASE_WITHDRAWN, since, "the newest lease does not allow this release")

    def _look_for_stop(self) -> None:
        if self._block is not None and self._block.reason is Reason.STOPPED:
            return
        if os.path.lexists(self._state / places.PLAIN_STOP):
            self._stop(f"plain-{self._clock.now()}", "a file named STOP")
        elif os.path.lexists(self._state / places.STOP_FILE):
            order, reason = self._read_order()
            if order not in self._grant.lifts:
                self._stop(order, reason)
        elif self._memory.stops:
            last = self._memory.stops[-1]
            self._block = Block(Reason.STOPPED, last.at, last.reason, last.stop)

    def _read_order(self) -> tuple[str, str]:
        """Id and reason of the order; an order that nobody signed stops all the same, under a name that says so."""
        try:
            data = places.read_limited(self._state / places.STOP_FILE)
            order = parsed(opened(data, kind=STOP, keys=self._anchor.persons), StopOrder)
        except (OSError, ValueError):
            return f"unsigned-{self._clock.now()}", "a stop order that cannot be verified"
        if (order.ws, order.environment) != (self._anchor.ws, self._anchor.environment):
            return f"stray-{self._clock.now()}", "a stop order for another place"
        return order.stop, order.reason

    def _stop(self, stop: str, reason: str) -> None:
        """Blocks first, then remembers: a full disk must not keep a service alive."""
        at = self._clock.now()
        self._block = Block(Reason.STOPPED, at, reason, stop)
        if stop not in {each.stop for each in self._memory.stops}:
            self._memory.stops.append(Stopped(stop=stop, at=at, reason=reason))
        try:
            self._save()
        except OSError as error:
            self.refused = f"the stop could not be written down ({error.strerror})"


def _ms(moment: Moment) -> int:
    return int(moment.timestamp() * 1000)
