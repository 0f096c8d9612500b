"""Connections that cannot be held open for nothing.

uvicorn times idle connections out only between requests. Here a request's headers have to be complete `_HEADER_SECONDS`
after the connection opened or the request began, and within `_HEADER_BYTES`; a connection that is late, or one too
many, is closed. The application itself limits how long body and answer may take.
"""

import asyncio
import time
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEADER_SECONDS = 5.0
_HEADER_BYTES = 65_536
_MOST_CONNECTIONS = 4_096


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol with a limit on slow and long headers."""

    late: ClassVar[dict["TimedProtocol", float]] = {}
    """Connections whose headers are on their way, and until when they are waited for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn narrows it
        """Starts the wait for the first headers."""
        super().connection_made(transport)
        self._header_bytes = 0
        self.late[self] = time.monotonic() + _HEADER_SECONDS
        if len(self.connections) > _MOST_CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection."""
        self.late.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts bytes while headers are incomplete."""
        if self in self.late:
            if self._header_bytes > _HEADER_BYTES:
                self.transport.abort()
                return
            self._header_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        self.late.setdefault(self, time.monotonic() + _HEADER_SECONDS)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its headers are there."""
        self.late.pop(self, None)
        self._header_bytes = 0
        super().on_headers_complete()


def close_late() -> None:
    """Closes connections whose headers did not arrive in time; called once a second."""
    now = time.monotonic()
    for connection, until in list(TimedProtocol.late.items()):
        if now > until:
            TimedProtocol.late.pop(connection, None)
            connection.transport.abort()
