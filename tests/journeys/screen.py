"""A screen of its own (Xvfb, openbox, D-Bus, AT-SPI) with the real desktop on it, used by clicks and keys alone.

Things are found by the name that a screen reader says; what is found is clicked at its centre with xdotool. So a
control without a name, or one that cannot be reached, cannot be used here either.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

READER = Path(__file__).with_name("reader.py")
LAUNCHER = ("/usr/libexec/at-spi-bus-launcher", "--launch-immediately")
SIZE = "1440x900x24"
PATIENCE = 20.0


class NotSeenError(AssertionError):
    """Something was not shown in time."""


@dataclass(frozen=True)
class Seen:
    """Something on the screen, as a screen reader tells it."""

    name: str
    role: str
    states: tuple[str, ...]
    text: str
    box: tuple[int, int, int, int]
    within: tuple[int, int, int, int]

    @property
    def centre(self) -> tuple[int, int]:
        return _middle(self.box)

    @property
    def is_in_sight(self) -> bool:
        """Whether its middle is, and not scrolled away."""
        (x, y), (left, top, width, height) = self.centre, self.within
        return left <= x < left + width and top <= y < top + height


def _middle(box: tuple[int, int, int, int]) -> tuple[int, int]:
    x, y, width, height = box
    return x + width // 2, y + height // 2


def _seen(told: dict[str, Any]) -> Seen:
    box, within = tuple(told["box"]), tuple(told["within"])
    return Seen(told["name"], told["role"], tuple(told["states"]), told["text"], box, within)


@contextmanager
def started(
    *command: str, environment: Mapping[str, str], out: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out or subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
    if process.stdout is not None:
        process.stdout.close()


class Screen:
    """A display with a window manager and a bus. Make one with `screen`."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment


@contextmanager
def screen(home: Path) -> Iterator[Screen]:
    """A screen for one person, whose home this is."""
    kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ}
    environment = {**kept, "HOME": str(home), "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": str(home / ".runtime")}
    environment |= {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_QPA_PLATFORM": "xcb", "NO_AT_BRIDGE": "0"}
    Path(environment["XDG_RUNTIME_DIR"]).mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        environment["DISPLAY"] = _display(stack, environment)
        bus = ("dbus-daemon", "--session", "--nofork", "--print-address=1")
        daemon = stack.enter_context(started(*bus, environment=environment, out=subprocess.PIPE))
        assert daemon.stdout is not None
        environment["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().decode().strip()
        stack.enter_context(started(*LAUNCHER, environment=environment))
        stack.enter_context(started("openbox", environment=environment))
        yield Screen(environment)


def _display(stack: ExitStack, environment: dict[str, str]) -> str:
    """A new X server; it says itself which number it took."""
    read, write = os.pipe()
    command = ("Xvfb", "-displayfd", str(write), "-screen", "0", SIZE, "-nolisten", "tcp")
    process = subprocess.Popen(
        command, env=environment, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    stack.callback(end, process)
    os.close(write)
    with os.fdopen(read) as file:
        return f":{file.readline().strip()}"


class Desktop:
    """The running program, and hands on its screen. Make one with `desktop`."""

    def __init__(self, process: "subprocess.Popen[bytes]", on: Screen, reader: "subprocess.Popen[str]") -> None:
        self.process = process
        self._environment = on.environment
        self._reader = reader
        self._moves = 0

    # looking

    def all(self, name: str | None = None, *, role: str | Sequence[str] = (), part: str = "") -> list[Seen]:
        """What is shown now of this name, in one of these roles where any are given."""
        roles = ([role] if role else []) if isinstance(role, str) else list(role)
        return [_seen(one) for one in self._asked(app="surefoot", name=name, roles=roles, part=part)]

    def focus(self) -> Seen | None:
        """What has the keyboard, as a screen reader heard it last."""
        answer = self._asked(moves=-1)
        self._moves = int(answer["moves"])
        return _seen(answer["at"]) if answer["at"] is not None else None

    def moved(self) -> Seen | None:
        """The same, once it moved on since it was asked last; or after a while, where it did not."""
        answer = self._asked(moves=self._moves)
        self._moves = int(answer["moves"])
        return _seen(answer["at"]) if answer["at"] is not None else None

    def _asked(self, **request: object) -> Any:
        assert self._reader.stdin is not None
        assert self._reader.stdout is not None
        self._reader.stdin.write(json.dumps(request) + "\n")
        self._reader.stdin.flush()
        return json.loads(self._reader.stdout.readline())

    def see(self, name: str | None = None, *, role: str = "", part: str = "", within: float = PATIENCE) -> Seen:
        """Waits for something to be shown; of several, it is the one on top."""
        until = time.monotonic() + within
        while True:
            found = self.all(name, role=role, part=part)
            if found:
                return found[-1]
            if time.monotonic() > until or self.process.poll() is not None:
                shown = sorted({one.name for one in self.all() if one.name})
                raise NotSeenError(f"{name or part!r} ({role or 'any role'}); shown: {shown[:200]}")
            time.sleep(0.05)

    def gone(self, name: str, *, role: str = "", within: float = PATIENCE) -> None:
        """Waits until something is not shown any more."""
        self.until(lambda: not self.all(name, role=role), f"{name!r} is still shown", within=within)

    def until(self, holds: Callable[[], bool], what: str, *, within: float = PATIENCE) -> None:
        """Waits for anything else."""
        until = time.monotonic() + within
        while not holds():
            if time.monotonic() > until:
                raise NotSeenError(what)
            time.sleep(0.05)

    # acting

    def click(self, name: str | None = None, *, role: str = "", part: str = "", within: float = PATIENCE) -> Seen:
        """Clicks something at its centre, once it can be used; what is scrolled away is brought into sight before.

        Of several, that is the one on top: a sheet comes after what it lies over.
        """
        until = time.monotonic() + within
        seen = self.see(name, role=role, part=part, within=within)
        while "enabled" not in seen.states or not seen.is_in_sight:
            if time.monotonic() > until:
                raise NotSeenError(f"{name or part!r} cannot be used: {seen}")
            if "enabled" in seen.states:
                self._scroll_to(seen)
            time.sleep(0.05)
            seen = self.see(name, role=role, part=part, within=within)
        x, y = seen.centre
        self._tool("mousemove", str(x), str(y), "click", "1")
        return seen

    def double_click(self, name: str, *, role: str) -> None:
        """Clicks something that is in sight twice, as fast as a double click is."""
        x, y = self.see(name, role=role).centre
        self._tool("mousemove", str(x), str(y), "click", "--repeat", "2", "--delay", "40", "1")

    def _scroll_to(self, seen: Seen) -> None:
        """Turns the wheel once over the part that it lies in."""
        x, y = _middle(seen.within)
        is_below = seen.centre[1] > y
        self._tool("mousemove", str(x), str(y), "click", "5" if is_below else "4")

    def write(self, text: str) -> None:
        """Types into what has the focus."""
        self._tool("type", "--delay", "2", "--", text)

    def press(self, *keys: str) -> None:
        """Presses keys, as `ctrl+k` or `Return`."""
        for key in keys:
            self._tool("key", key)

    def fill(self, name: str, text: str) -> None:
        """Writes into a field of this name, in place of what stood there."""
        self.click(name, role="text")
        self.press("ctrl+a")
        self.write(text)

    def turn(self, over: Seen, clicks: int = 1) -> None:
        """Turns the wheel down over something; upwards where the clicks are below zero."""
        x, y = over.centre
        self._tool("mousemove", str(x), str(y))
        self._tool("click", "--repeat", str(abs(clicks)), "5" if clicks > 0 else "4")

    def _tool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self._environment, check=True, timeout=30)


@contextmanager
def desktop(on: Screen, *words: str, cwd: Path) -> Iterator[Desktop]:
    """The desktop, started as a user starts it; whatever it wrote to standard error is shown when a test fails."""
    with ExitStack() as stack:
        command = (sys.executable, "-X", "faulthandler", "-m", "surefoot_app", *words)
        log = stack.enter_context((cwd / "desktop.log").open("wb"))
        process = subprocess.Popen(
            command, env=on.environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        stack.callback(end, process)
        reader = stack.enter_context(
            subprocess.Popen(
                ["/usr/bin/python3", str(READER)], env=on.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True,
            )
        )  # fmt: skip
        stack.callback(reader.kill)
        yield Desktop(process, on, reader)
        said = (cwd / "desktop.log").read_text(encoding="utf-8", errors="replace")
        assert not re.search(r"Traceback|Fatal Python error", said), said[-3000:]


def is_possible() -> bool:
    """Whether the programs that a screen is made of are here."""
    return all(shutil.which(name) for name in ("Xvfb", "openbox", "xdotool", "dbus-daemon"))
