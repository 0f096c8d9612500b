"""Wrapper processes: detached, told from later ones of the same number, ended or killed with all they started."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from surefoot.deployments import launcher
from surefoot.deployments.facts import Active
from surefoot.deployments.places import ActivationPlace

_STEP = 0.02


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its number, and when it began."""

    pid: int
    born: str

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        if self.pid <= 0:
            return False
        with suppress(ChildProcessError):
            # Where we are the parent, a finished one has to be taken note of, or it stays as a zombie.
            os.waitpid(self.pid, os.WNOHANG)
        return _born(self.pid) == self.born != ""

    def end(self, seconds: float) -> bool:
        """Asks it to end, then kills it; returns whether asking was enough."""
        if not self.is_alive:
            return True
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        if self.has_ended_within(seconds):
            return True
        self.kill()
        return False

    def kill(self) -> None:
        """Kills it and everything in its group."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.has_ended_within(5.0)

    def has_ended_within(self, seconds: float) -> bool:
        """Waits for its end."""
        until = time.monotonic() + seconds
        while self.is_alive:
            if time.monotonic() > until:
                return False
            time.sleep(_STEP)
        return True


def launch(place: ActivationPlace, capsule: Path, active: Active, *, port: int, hold: float) -> Process:
    """Starts a wrapper in a session of its own, with an almost empty environment and no terminal.

    Args:
        place: the activation's folder.
        capsule: the capsule's folder.
        active: says where to listen.
        port: to serve on; 0 lets the system choose.
        hold: seconds to wait for the file `go` once everything is verified.

    Raises:
        GateFailedError: what it was released with is not here and cannot be made here.
    """
    beginning = launcher.command(capsule, state=place.workspace)
    arguments = ["--capsule", str(capsule), "--anchor", str(place.anchor), "--state", str(place.state)]
    arguments += ["--host", active.host, "--port", str(port), "--hold", str(hold)]
    if active.certificate:
        arguments += ["--certificate", active.certificate, "--private-key", active.private_key]
    command = [*beginning, *arguments]
    surroundings = {"HOME": str(place.state), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    try:
        redirected = [(os.POSIX_SPAWN_DUP2, nothing, 0), (os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
        pid = os.posix_spawn(command[0], command, surroundings, file_actions=redirected, setsid=True)
    finally:
        os.close(log)
        os.close(nothing)
    return Process(pid, _born(pid))


def process_of(active: Active, place: ActivationPlace) -> Process:
    """The wrapper of an activation; looked for where whoever started it did not live to write its number down."""
    return Process(active.pid, active.born) if active.pid and active.born else found(place)


def found(place: ActivationPlace) -> Process:
    """A process that was started as the wrapper of an activation, by its command line; number 0 where none runs."""
    asked = f"\0--state\0{place.state}\0".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if asked in (folder / "cmdline").read_bytes():
                return Process(int(folder.name), _born(int(folder.name)))
    return Process(0, "")


def _born(pid: int) -> str:
    """When a process began, in ticks since the machine did, and during which start of the machine (proc(5)).

    Empty where there is no such process, or where it has ended and only its parent has not looked.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] in {"Z", "X"} else f"{fields[19]}@{boot}"
