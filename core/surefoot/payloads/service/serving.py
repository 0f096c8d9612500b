"""From a folder to a running service, and to its end.

Everything is verified before a port is opened. Then the wrapper may be held until whoever started it has recorded
what is about to happen, and waits for a port that the service it replaces still holds. `status.json` says at every
moment what it is doing, so that nobody need guess: verifying, verified, ready, blocked, refused, ended.
"""

import asyncio
import contextlib
import errno
import os
import resource
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import uvicorn

from surefoot.payloads.service import capsule, environment, places, tls
from surefoot.payloads.service.access import Callers
from surefoot.payloads.service.app import Application, House
from surefoot.payloads.service.clock import Clock, wall_ms
from surefoot.payloads.service.connections import TimedProtocol, close_late
from surefoot.payloads.service.documents import Anchor, Settings, parsed
from surefoot.payloads.service.journal import Journal
from surefoot.payloads.service.lease import Permission
from surefoot.payloads.service.model import replayed
from surefoot.payloads.service.refusals import Reason, RefusedError

HOST = "127.0.0.1"
_DRAIN_SECONDS = 5
_BACKLOG = 1024
_LOOK_SECONDS = 0.25
_HELD_SECONDS = 0.02
_REHASH_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line.

    Attributes:
        folder: the capsule. anchor: its anchor. state: the state folder.
        host: an IP address of this machine. port: 0 lets the system choose.
        certificate, private_key: PEM files, for TLS; needed on any host but loopback.
        wait: seconds to wait for a port that is taken.
        hold: seconds to wait, everything verified, for the file `go` before a port is opened; 0 goes at once.
        linger: seconds to go on answering 503 after a stop.
    """

    folder: Path
    anchor: Path
    state: Path
    host: str = HOST
    port: int = 0
    certificate: Path | None = None
    private_key: Path | None = None
    wait: float = 10.0
    hold: float = 0.0
    linger: float = 60.0


class Status:
    """Writes `status.json` whenever it changes."""

    def __init__(self, state: Path) -> None:
        self._path = state / places.STATUS_FILE
        self._facts: dict[str, object] = {}

    def tell(self, state: str, **facts: object) -> None:
        """Says what the wrapper is doing now; known facts stay until they are said anew."""
        new = {**self._facts, "format": 1, "state": state, "pid": os.getpid(), **facts}
        if new == self._facts:
            return
        places.write_whole(self._path, msgspec.json.encode({**new, "at": wall_ms()}))
        self._facts = new


def prepared(order: Order) -> tuple[House, places.Memory]:
    """Verifies everything that has to be true before a port is opened.

    Raises:
        RefusedError: something is not.
    """
    try:
        anchor = parsed(places.read_limited(order.anchor), Anchor)
    except (OSError, ValueError) as error:
        raise RefusedError(Reason.ANCHOR, f"the anchor cannot be read ({error})") from error
    released = capsule.read(order.folder, anchor)
    environment.check(released.files["lock.txt"])
    try:
        settings = parsed(released.files["settings.json"], Settings)
    except ValueError as error:
        raise RefusedError(Reason.CAPSULE, str(error)) from error
    memory = places.remembered(order.state)
    clock = Clock(memory.latest)
    permission = Permission(order.state, anchor, longest_ms=settings.lease_ms, memory=memory, clock=clock)
    callers = Callers(order.state, settings.limits, memory=memory, clock=clock)
    model = replayed(released.files)
    house = House(
        manifest=released.manifest,
        release=anchor.release,
        settings=settings,
        model=model,
        permission=permission,
        callers=callers,
        journal=Journal(order.state, first=anchor.release),
        clock=clock,
    )
    return house, memory


def serve(order: Order) -> None:
    """Verifies, serves, and returns when the service has ended.

    Raises:
        RefusedError: it must not serve.
    """
    status = Status(order.state)
    status.tell("verifying")
    try:
        secured = tls.of(order.host, order.certificate, order.private_key)
        house, _ = prepared(order)
        status.tell("verified", lease_version=house.permission.version, lease_expires=house.permission.expires)
        if order.hold:
            _wait_for_go(order, house.permission)
        listener = _listener(order, house.permission)
    except RefusedError as error:
        status.tell("refused", reason=error.reason.value, detail=error.detail)
        raise
    _allow_many_connections()
    try:
        service = _Service(order, house, status, secured)
        with asyncio.Runner(loop_factory=service.loop_factory) as runner:
            reason = runner.run(service.run(listener))
    finally:
        house.journal.close()
        house.permission.remember()
    status.tell("ended", reason=reason, log_lines=house.journal.seq, log_head=house.journal.head)


def _wait_for_go(order: Order, permission: Permission) -> None:
    """Whoever started us records first what is about to happen, and then says go."""
    until = time.monotonic() + order.hold
    while not (order.state / places.GO_FILE).exists():
        if time.monotonic() > until:
            raise RefusedError(Reason.ABANDONED, f"nobody said go within {order.hold:.0f} s")
        time.sleep(_HELD_SECONDS)
    permission.look()
    block = permission.block()
    if block:
        raise RefusedError(block.reason, block.detail)


def _listener(order: Order, permission: Permission) -> socket.socket:
    """A listening socket, once the port is free."""
    until = time.monotonic() + order.wait
    while True:
        listener = socket.socket(socket.AF_INET6 if ":" in order.host else socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted sockets inherit it; without it an answer's head and body wait 40 ms for each other.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            listener.bind((order.host, order.port))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                detail = f"{order.host}:{order.port} cannot be used ({error.strerror})"
                raise RefusedError(Reason.PORT, detail) from error
            permission.look()
            time.sleep(0.05)
            continue
        listener.settimeout(0)
        return listener


def _allow_many_connections() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536) if most > 0 else 65_536, most))


class _Server(uvicorn.Server):
    """uvicorn, told when to end by us alone, so that the end is ours to write down."""

    def __init__(self, config: uvicorn.Config, secured: tls.Tls | None) -> None:
        super().__init__(config)
        self._secured = secured

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens; uvicorn itself would wait a minute for a handshake that does not come."""
        loop = asyncio.get_running_loop()
        context = None if self._secured is None else self._secured.context
        patience = None if context is None else tls.HANDSHAKE_SECONDS
        self.servers = [
            await loop.create_server(
                self._protocol, sock=listener, backlog=_BACKLOG, ssl=context, ssl_handshake_timeout=patience
            )
            for listener in sockets or ()
        ]
        self.started = True

    def _protocol(self) -> asyncio.Protocol:
        return TimedProtocol(config=self.config, server_state=self.server_state, app_state={})


class _Service:
    """The server, and the look around four times a second."""

    def __init__(self, order: Order, house: House, status: Status, secured: tls.Tls | None) -> None:
        self._order = order
        self._house = house
        self._status = status
        self._secured = secured
        self._ended = "asked"
        config = uvicorn.Config(
            Application(house),
            http=TimedProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=_DRAIN_SECONDS,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
        self.loop_factory = config.get_loop_factory()
        self._server = _Server(config, secured)

    async def run(self, listener: socket.socket) -> str:
        """Serves until asked to end, or until some time after a stop; returns which."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        port = listener.getsockname()[1]
        looking = loop.create_task(self._look_around(port))
        try:
            await self._server.serve(sockets=[listener])
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking
        return self._ended

    def _end(self) -> None:
        self._server.should_exit = True

    async def _look_around(self, port: int) -> None:
        """Watches over lease, stop and log. A wrapper that can no longer watch must no longer answer."""
        try:
            await self._watch(port)
        except Exception as error:  # noqa: BLE001 - whatever it is, going on unwatched would be worse
            self._house.permission.halt(f"the watch over lease and stop failed: {type(error).__name__}: {error}")
            self._ended = "unwatched"
            self._end()

    async def _watch(self, port: int) -> None:
        rehash = time.monotonic() + _REHASH_SECONDS
        loop = asyncio.get_running_loop()
        while not self._server.should_exit:
            self._look(port)
            await loop.run_in_executor(None, self._house.journal.flush)
            if time.monotonic() > rehash:
                rehash = time.monotonic() + _REHASH_SECONDS
                await loop.run_in_executor(None, self._rehash)
            await asyncio.sleep(_LOOK_SECONDS)

    def _look(self, port: int) -> None:
        house = self._house
        house.permission.look()
        house.callers.look()
        if self._secured is not None:
            self._secured.look()
        close_late()
        block = house.permission.block()
        facts: dict[str, object] = {
            "port": port,
            "lease_version": house.permission.version,
            "lease_expires": house.permission.expires,
            "lease_refused": house.permission.refused,
            "reason": block.reason.value if block else "",
            "detail": block.detail if block else "",
            "since": block.since if block else 0,
            "stop": block.stop if block else "",
        }
        with contextlib.suppress(OSError):
            self._status.tell("blocked" if block else "ready", **facts)
        is_stopped = block is not None and block.reason is Reason.STOPPED
        if block and is_stopped and house.clock.now() - block.since > self._order.linger * 1000:
            self._ended = "stopped"
            self._end()

    def _rehash(self) -> None:
        """Once a day the capsule is verified again: what lies there must still be what is loaded."""
        try:
            capsule.read(self._order.folder, parsed(places.read_limited(self._order.anchor), Anchor))
        except (RefusedError, OSError, ValueError) as error:
            self._house.permission.halt(f"the capsule changed on the disk: {error}")
