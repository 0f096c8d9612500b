"""Which closed segments were verified here before, by the SHA-256 of their bytes, in the user's state folder.

So reading a long trail again costs one hash a segment. One that was composed, signed and written here in one piece is
as good as verified: where it reads as other bytes later, they are others. Whatever changes a segment, an erasure too,
changes its hash, and it is verified anew; so is one whose 32 bytes were lost or spoiled.
"""

import hashlib
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from surefoot.errors import SurefootError
from surefoot.files import private_folder
from surefoot.trail.facts import SEGMENT

_DIGEST = 32
_log = logging.getLogger(__name__)


class Known:
    """The segments of one feed in one folder that were verified or written here."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._digests = path.read_bytes()
        except OSError:
            self._digests = b""

    def has(self, index: int, data: bytes) -> bool:
        """Whether these are the bytes that were verified."""
        return self._digests[_DIGEST * index : _DIGEST * (index + 1)] == hashlib.sha256(data).digest()

    def add(self, verified: Mapping[int, bytes]) -> None:
        """Remembers segments that will not grow any more: number to SHA-256.

        It is a memory and no more: where the disk does not take it, it lasts as long as this object.
        """
        if not verified:
            return
        try:
            self._keep(verified)
        except (OSError, SurefootError) as error:
            _log.warning("segments are not remembered in %s: %s", self._path, error)
            digests = bytearray(self._digests)
            for index, digest in verified.items():
                digests.extend(bytes(max(0, _DIGEST * index - len(digests))))
                digests[_DIGEST * index : _DIGEST * (index + 1)] = digest
            self._digests = bytes(digests)

    def _keep(self, verified: Mapping[int, bytes]) -> None:
        private_folder(self._path.parent)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            for index, digest in verified.items():
                os.pwrite(handle, digest, _DIGEST * index)
            self._digests = os.pread(handle, os.fstat(handle).st_size, 0)
        finally:
            os.close(handle)


def filled(first: int, written: Sequence[bytes]) -> dict[int, bytes]:
    """The segments that lines (without LF) from number `first` on fill from end to end: number to SHA-256."""
    starts = range(-first % SEGMENT, len(written) - SEGMENT + 1, SEGMENT)
    wholes = (b"\n".join(written[at : at + SEGMENT]) + b"\n" for at in starts)
    return {(first + at) // SEGMENT: hashlib.sha256(whole).digest() for at, whole in zip(starts, wholes, strict=True)}
