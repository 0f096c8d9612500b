"""Keys that sign (they implement Signer of surefoot.trail)."""

from collections.abc import Callable

from nacl.signing import SigningKey

from surefoot.errors import Code, InputRefusedError
from surefoot.people.facts import Person
from surefoot.trail import Draft, Event, Recorder, Signer


class KeySigner:
    """Signs with a key that is opened at the first signature and then held in memory until the process ends."""

    def __init__(self, person: Person, opened: Callable[[], SigningKey]) -> None:
        self._person = person
        self._opened = opened
        self._key: SigningKey | None = None

    @property
    def feed(self) -> str:
        """SHA-256 of the public bytes."""
        return self._person.feed

    @property
    def public(self) -> bytes:
        """The 32 public bytes."""
        return self._person.public

    @property
    def actor(self) -> str:
        """Id of the person or the device."""
        return self._person.id

    @property
    def role(self) -> str:
        """What its lines say it acts as."""
        return self._person.role

    def sign(self, data: bytes, /) -> bytes:
        """The 64 bytes of an Ed25519 signature (RFC 8032).

        Raises:
            InputRefusedError: the key cannot be opened, or is not the one that was promised.
        """
        if self._key is None:
            key = self._opened()
            if bytes(key.verify_key) != self._person.public:
                raise InputRefusedError(Code.KEY_UNREADABLE, path=self._person.feed[:12], detail="other-key")
            self._key = key
        return self._key.sign(data).signature


class LateSigner:
    """A key that is looked for when it is first asked for: whoever only reads needs none.

    Args:
        find: finds it, or says that there is none.
    """

    def __init__(self, find: Callable[[], Signer]) -> None:
        self._find = find

    @property
    def feed(self) -> str:
        """SHA-256 of the public bytes."""
        return self._find().feed

    @property
    def public(self) -> bytes:
        """The 32 public bytes."""
        return self._find().public

    @property
    def actor(self) -> str:
        """Id of the person or the device."""
        return self._find().actor

    @property
    def role(self) -> str:
        """What its lines say it acts as."""
        return self._find().role

    def sign(self, data: bytes, /) -> bytes:
        """The 64 bytes of an Ed25519 signature (RFC 8032).

        Raises:
            IncompleteError: there is no such key here. InputRefusedError: it cannot be opened.
        """
        return self._find().sign(data)


class LateRecorder:
    """Records with a key that is looked for at the first record.

    Args:
        find: makes the recorder, or says that there is no key.
    """

    def __init__(self, find: Callable[[], Recorder]) -> None:
        self._find = find

    def ready(self) -> None:
        """Looks whether there is a key here that may record now; writes nothing.

        Raises:
            IncompleteError: there is no key here. InputRefusedError, RecordBrokenError: as of any recorder.
        """
        self._find().ready()

    def record(self, *drafts: Draft) -> tuple[Event, ...]:
        """Records all drafts in one durable append, in order.

        Raises:
            IncompleteError: there is no key here. InputRefusedError, RecordBrokenError: as of any recorder.
        """
        return self._find().record(*drafts)
