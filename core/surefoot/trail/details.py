"""Bodies read back beside their lines, each checked once on this machine.

A closed body segment whose fields were all checked, or composed here, is remembered, so reading it again costs one hash
instead of one HMAC a field. Only one with canonical values is: no two readers of it can understand them in two ways.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from surefoot.errors import Code, RecordBrokenError
from surefoot.trail import bodies, lines
from surefoot.trail.bodies import Body, BodyFault
from surefoot.trail.facts import SEGMENT
from surefoot.trail.known import Known, filled
from surefoot.trail.segments import Segments

_encode = msgspec.json.Encoder().encode


class Details:
    """The bodies of one feed."""

    def __init__(self, feed: str, segments: Segments, state: Path) -> None:
        self._feed = feed
        self._segments = segments
        self._known = Known(state / "details" / feed)

    def of(self, first: int, payloads: Sequence[bytes]) -> list[bytes | None]:
        """The bodies of verified lines of one segment, as JSON objects of values by path; None where one is missing.

        Args:
            first: number of the first line.
            payloads: the lines without their signatures.

        Raises:
            RecordBrokenError: a body is not what its line committed to.
        """
        index = first // SEGMENT
        data = self._segments.read(index)
        if data is None:
            return [None] * len(payloads)
        is_known = self._known.has(index, data)
        found = bodies.parse_all(data) if is_known else self._parsed(data, index)
        there = [found.get(seq) for seq in range(first, first + len(payloads))]
        plain = [None if body is None else _plain(body) for body in there]
        if is_known:
            return plain
        pairs = zip(there, payloads, strict=True)
        checked = [None if body is None else self._checked(body, raw) for body, raw in pairs]
        if len(checked) == SEGMENT and checked == plain:
            self._known.add({index: hashlib.sha256(data).digest()})
        return checked

    def remember(self, first: int, written: Sequence[bytes]) -> None:
        """Remembers the segments that body lines from number `first` on, just composed and written here, fill."""
        self._known.add(filled(first, written))

    def _parsed(self, data: bytes, index: int) -> dict[int, Body]:
        found: dict[int, Body] = {}
        for at, raw in enumerate(data.split(b"\n")[:-1]):
            try:
                body = bodies.parse(raw)
            except BodyFault as fault:
                self._broken(index * SEGMENT + at, fault)
            if body.seq in found:
                self._broken(body.seq, BodyFault("they are there twice"))
            found[body.seq] = body
        return found

    def _checked(self, body: Body, payload: bytes) -> bytes:
        try:
            return _encode(bodies.check(body.fields, lines.parse(payload).body).values)
        except BodyFault as fault:
            self._broken(body.seq, fault)

    def _broken(self, seq: int, fault: BodyFault) -> NoReturn:
        raise RecordBrokenError(Code.BODY_BROKEN, feed=self._feed[:12], seq=seq, detail=str(fault)) from fault


def _plain(body: Body) -> bytes:
    return _encode({path: one.value for path, one in body.fields.items() if one.value is not msgspec.UNSET})
