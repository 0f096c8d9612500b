"""Connections that cannot be held open for nothing.

uvicorn times idle connections out only between requests. Here a request has to be complete, headers and body,
`_READ_SECONDS` after the connection opened or the request began, and its headers within `_HEADER_BYTES`; and whoever
lets answers pile up has to go on reading within `_TAKE_SECONDS`. A connection that is late, or one too many, is closed.
A look over a table now and then costs a request next to nothing, where a timer of its own would cost it more than
reading its rows.
"""

import asyncio
import time
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_READ_SECONDS = 5.0
_TAKE_SECONDS = 10.0
_HEADER_BYTES = 65_536
_MOST_CONNECTIONS = 4_096


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol with a limit on slow requests and long headers."""

    reading: ClassVar[dict["TimedProtocol", float]] = {}
    """Connections on which a request is on its way, and until when it is waited for."""
    piling: ClassVar[dict["TimedProtocol", float]] = {}
    """Connections whose answers are not taken, and until when that is put up with."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        """Starts the wait for the first request."""
        super().connection_made(transport)
        self._header_bytes: int | None = 0
        self.reading[self] = time.monotonic() + _READ_SECONDS
        if len(self.connections) > _MOST_CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection."""
        self.reading.pop(self, None)
        self.piling.pop(self, None)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Answers pile up."""
        self.piling[self] = time.monotonic() + _TAKE_SECONDS
        super().pause_writing()

    def resume_writing(self) -> None:
        """They were taken."""
        self.piling.pop(self, None)
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Counts bytes while headers are incomplete."""
        if self._header_bytes is not None:
            if self._header_bytes > _HEADER_BYTES:
                self.transport.abort()
                return
            self._header_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        self.reading.setdefault(self, time.monotonic() + _READ_SECONDS)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its headers are there."""
        self._header_bytes = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Its body is there."""
        self._header_bytes = 0
        self.reading.pop(self, None)
        super().on_message_complete()


def close_late() -> None:
    """Closes connections whose request did not arrive, or whose answers were not taken, in time."""
    now = time.monotonic()
    for table in (TimedProtocol.reading, TimedProtocol.piling):
        for connection, until in list(table.items()):
            if now > until:
                table.pop(connection, None)
                connection.transport.abort()
