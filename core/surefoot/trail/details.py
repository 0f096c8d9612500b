"""Bodies read back beside their lines, each checked once on this machine.

A closed body segment whose fields were all checked is remembered by its SHA-256 (32 bytes a segment, in the state
folder), so reading a long trail again costs one hash a segment instead of one HMAC a field.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from surefoot.errors import Code, RecordBrokenError
from surefoot.files import private_folder
from surefoot.trail import bodies
from surefoot.trail.bodies import BodyFault
from surefoot.trail.canonical import Json
from surefoot.trail.facts import SEGMENT
from surefoot.trail.lines import Line
from surefoot.trail.segments import Segments

_DIGEST = 32


class Details:
    """The bodies of one feed."""

    def __init__(self, feed: str, segments: Segments, state: Path) -> None:
        self._feed = feed
        self._segments = segments
        self._known = state / "details" / feed

    def of(self, numbered: list[Line]) -> Iterator[Mapping[str, Json] | None]:
        """The bodies of lines of one segment, in their order; None where one is missing.

        Raises:
            RecordBrokenError: a body is not what its line committed to.
        """
        if not numbered:
            return
        index = numbered[0].seq // SEGMENT
        data = self._segments.read(index)
        if data is None:
            yield from (None for _ in numbered)
            return
        digest = hashlib.sha256(data).digest()
        is_known = self._remembered(index) == digest
        found = self._parsed(data, index)
        for line in numbered:
            fields = found.get(line.seq)
            if fields is None:
                yield None
            elif is_known:
                yield {path: one["value"] for path, one in fields.items() if "value" in one}
            else:
                yield self._checked(fields, line)
        if not is_known and len(numbered) == SEGMENT:
            self._remember(index, digest)

    def _parsed(self, data: bytes, index: int) -> dict[int, dict[str, dict[str, Json]]]:
        found = {}
        for at, raw in enumerate(data.split(b"\n")[:-1]):
            try:
                seq, fields = bodies.parse(raw)
            except BodyFault as fault:
                self._broken(index * SEGMENT + at, fault)
            if seq in found:
                self._broken(seq, BodyFault("they are there twice"))
            found[seq] = fields
        return found

    def _checked(self, fields: Mapping[str, Mapping[str, Json]], line: Line) -> Mapping[str, Json]:
        try:
            return bodies.check(fields, line.body).values
        except BodyFault as fault:
            self._broken(line.seq, fault)

    def _broken(self, seq: int, fault: BodyFault) -> NoReturn:
        raise RecordBrokenError(Code.BODY_BROKEN, feed=self._feed[:12], seq=seq, detail=str(fault)) from fault

    def _remembered(self, index: int) -> bytes:
        try:
            with self._known.open("rb") as file:
                file.seek(index * _DIGEST)
                return file.read(_DIGEST)
        except FileNotFoundError:
            return b""

    def _remember(self, index: int, digest: bytes) -> None:
        private_folder(self._known.parent)
        handle = os.open(self._known, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(handle, digest, index * _DIGEST)
        finally:
            os.close(handle)
