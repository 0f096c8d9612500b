"""The tracking endpoint's sockets: on loopback, behind a token of its own, served by the agent's one loop.

Nothing here waits: a client that neither reads nor writes holds up nobody. A request without the token is answered
401 before its body is read.
"""

from __future__ import annotations

import hmac
import os
import selectors
import socket
from typing import IO, Protocol

from surefoot.payloads.agent import wire
from surefoot.payloads.agent.wire import Answer, Discard, Head, RefusalError, Sink

_MOST_CONNECTIONS = 128
_READ = 1 << 18


class Site(Protocol):
    """What answers the requests."""

    def sink(self, head: Head) -> Sink:
        """Where the body of a request goes; RefusalError where it will not be read."""

    def answer(self, head: Head, sink: Sink) -> Answer:
        """The answer to a request whose body has come; RefusalError where it is an error."""


class Endpoint:
    """Listens, and serves when asked to.

    Args:
        site: what answers.
        selector: the loop's; connections register there with themselves as data.
    """

    def __init__(self, site: Site, selector: selectors.BaseSelector) -> None:
        self._site = site
        self._selector = selector
        self._open: set[Connection] = set()
        self.token = os.urandom(32).hex()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_MOST_CONNECTIONS)
        self._listener.settimeout(0)
        self.uri = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        selector.register(self._listener, selectors.EVENT_READ, self)

    def accept(self) -> None:
        """Takes a new connection; where there are too many, it is closed."""
        try:
            peer, _address = self._listener.accept()
        except OSError:
            return
        if len(self._open) >= _MOST_CONNECTIONS:
            peer.close()
            return
        peer.settimeout(0)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(peer, self._site, self.token)
        self._open.add(connection)
        self._selector.register(peer, selectors.EVENT_READ, connection)

    def serve(self, connection: Connection, events: int) -> None:
        """Goes on with a connection that the loop found ready."""
        try:
            wanted = connection.go_on(can_read=bool(events & selectors.EVENT_READ))
        except OSError:
            wanted = 0
        if wanted:
            self._selector.modify(connection.socket, wanted, connection)
        else:
            self._selector.unregister(connection.socket)
            self._open.discard(connection)
            connection.close()

    def close(self) -> None:
        """Stops listening and closes every connection."""
        for connection in self._open:
            self._selector.unregister(connection.socket)
            connection.close()
        self._open.clear()
        self._selector.unregister(self._listener)
        self._listener.close()


class Connection:
    """One client: reads requests, one after the other, and answers each before the next.

    A refused body is read to its end all the same, so that the client gets to hear why.
    """

    def __init__(self, peer: socket.socket, site: Site, token: str) -> None:
        self.socket = peer
        self._site = site
        self._token = token.encode()
        self._in = bytearray()
        self._out = bytearray()
        self._head: Head | None = None
        self._framing = wire.Framing(0)
        self._sink = Sink()
        self._refusal: RefusalError | None = None
        self._file: IO[bytes] | None = None
        self._file_left = 0
        self._is_last = False

    def go_on(self, *, can_read: bool) -> int:
        """Reads, answers and writes as far as it goes without waiting.

        Returns:
            The events to wait for, 0 where the connection is over.

        Raises:
            OSError: the client is gone.
        """
        if can_read:
            data = self.socket.recv(_READ)
            if not data:
                return 0
            self._in += data
        while self._send():
            if self._is_last:
                return 0
            if not self._advance():
                return selectors.EVENT_READ
        return selectors.EVENT_WRITE

    def close(self) -> None:
        """Drops what has not come to its end."""
        self._sink.drop()
        if self._file:
            self._file.close()
        self.socket.close()

    def _advance(self) -> bool:
        """One step with what was read; False where more has to come first."""
        if self._head is None:
            return self._begin()
        try:
            if not self._framing.take(self._in, self._sink):
                return False
            if self._refusal:
                raise self._refusal
            self._reply(self._site.answer(self._head, self._sink), is_kept=self._head.is_kept)
        except RefusalError as error:
            self._refuse(error, is_kept=self._head.is_kept and self._framing.is_done)
        return True

    def _begin(self) -> bool:
        end = self._in.find(b"\r\n\r\n")
        if end < 0 and len(self._in) <= wire.MOST_HEAD_BYTES:
            return False
        try:
            head = wire.parse_head(bytes(self._in[: max(end, 0)]))
        except RefusalError as error:
            self._reply(wire.refused(error), is_kept=False)
            return True
        del self._in[: end + 4]
        self._head, self._framing = head, wire.Framing(head.length)
        try:
            if not hmac.compare_digest(head.bearer.encode(), self._token):
                raise RefusalError(401, "this endpoint answers only with the run's own token")  # noqa: TRY301
            self._sink = self._site.sink(head)
        except RefusalError as error:
            self._refuse(error, is_kept=False)
        else:
            self._out += wire.CONTINUE if head.waits else b""
        return True

    def _refuse(self, error: RefusalError, *, is_kept: bool) -> None:
        """Answers at once where the body is read or was not sent yet; else throws the rest of it away first."""
        self._sink.drop()
        if self._framing.is_done or (self._head and self._head.waits):
            self._reply(wire.refused(error), is_kept=is_kept)
        else:
            self._refusal, self._sink = error, Discard()

    def _reply(self, answer: Answer, *, is_kept: bool) -> None:
        self._out += answer.head(is_kept=is_kept)
        self._file, self._file_left = answer.file, answer.size
        if not answer.file:
            self._out += answer.data
        self._is_last = not is_kept
        self._head, self._refusal, self._sink = None, None, Sink()

    def _send(self) -> bool:
        """Writes what there is to write; False where the client has to read first."""
        while self._out or self._file:
            if not self._out and self._file:
                self._next_piece(self._file)
                continue
            try:
                del self._out[: self.socket.send(self._out)]
            except BlockingIOError:
                return False
        return True

    def _next_piece(self, file: IO[bytes]) -> None:
        piece = file.read(min(_READ, self._file_left))
        self._out += piece
        self._file_left -= len(piece)
        if self._file_left and not piece:
            raise BrokenPipeError  # the file became shorter than the length we promised
        if not self._file_left:
            file.close()
            self._file = None
