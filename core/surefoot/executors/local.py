"""Runs on this machine: the agent as a detached process, the run's folder where it lies.

The agent goes on when whoever started it ends. It is recognised by process id, start time and boot, never by id alone.
Where it was killed together with its keeper, the next `poll` ends whatever of the run is still there: all of it carries
the run's id in its environment.
"""

import json
import os
import platform
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from surefoot.errors import Code, InputRefusedError, SurefootError
from surefoot.executors import ends
from surefoot.executors.facts import Capacity, Handle, Place, Status
from surefoot.executors.port import MOST_TAIL_BYTES, Executor
from surefoot.files import explained, open_plain, write_whole
from surefoot.payloads.agent import build, command, keeper, processes

_PATIENCE = 20.0
_MOST_STATE_BYTES = 1 << 16
_LAST_WORDS = 300


class LocalExecutor(Executor):
    """This machine.

    Args:
        tools: a folder of the user's own, outside any project, where the agent is kept as one file.
    """

    name = "local"

    def __init__(self, tools: Path) -> None:
        self._agent = build.digest()
        self._file = tools / f"agent-{self._agent[:16]}-{sys.implementation.cache_tag}.pyz"

    def _describe(self) -> Capacity:
        return Capacity(
            cores=len(os.sched_getaffinity(0)),
            memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            system=platform.platform(),
            python=platform.python_version(),
            agent=self._agent,
            network="open",
            sandbox=1,
            accelerators=_accelerators(),
        )

    def _put(self, folder: Path, run: str) -> Place:
        folder.chmod(0o700)
        _set_writable(folder / "inputs", is_writable=False)
        return Place(run, str(folder))

    def _start(self, place: Place) -> Handle:
        folder = Path(place.where)
        if (folder / "state.json").exists():
            raise InputRefusedError(Code.RUN_STARTED_BEFORE, run=place.run)
        if not self._file.exists():
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            build.build(draft := self._file.with_name(f".{self._file.name}.{os.getpid()}"))
            draft.replace(self._file)
        pid = self._spawn(folder)
        deadline = time.monotonic() + _PATIENCE
        while (handle := self._attach(place)) is None:
            code = _exit_code(pid)
            if code == keeper.FULL:
                raise SurefootError(Code.DISK_FULL, path=folder)
            if code is not None and self._attach(place) is None:
                raise SurefootError(Code.AGENT_SILENT, run=place.run, detail=_last_words(folder))
            if time.monotonic() > deadline:
                processes.tell([pid], 9)
                raise SurefootError(Code.AGENT_SILENT, run=place.run, detail=f"{_PATIENCE:.0f} s")
            time.sleep(0.002)
        return handle

    def _spawn(self, folder: Path) -> int:
        """Starts the agent in a session of its own; it is our child only so long as we live."""
        environ = {name: os.environ[name] for name in command.HANDED_ON if name in os.environ}
        words = [sys.executable, "-I", "-S", str(self._file), "run", str(folder)]
        log = str(folder / "agent.log")
        with explained(folder):
            return os.posix_spawn(
                sys.executable,
                words,
                environ,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
            )

    def _attach(self, place: Place) -> Handle | None:
        state = _state(Path(place.where))
        if not state or state.get("run") != place.run:
            return None
        return Handle(place.run, place.where, f"{state['pid']}:{state['started']}:{state['boot']}")

    def _poll(self, handle: Handle) -> Status:
        folder = Path(handle.where)
        state = _state(folder)
        if _living(handle):
            return Status("going", _word(state, "state"), _word(state, "since"), _word(state, "last"))
        end = ends.read(folder, handle.run)
        if end is None:
            _stop_stragglers(handle.run)
            _set_writable(folder / "inputs", is_writable=True)
        last = end.ended_at if end else _word(state, "last")
        return Status("ended" if end else "lost", since=last, last=last, end=end)

    def _tail(self, handle: Handle, offset: int) -> tuple[bytes, int]:
        log = open_plain(Path(handle.where, "log.txt"))
        if log is None:
            return b"", offset
        with log:
            data = os.pread(log.fileno(), MOST_TAIL_BYTES, offset)
        return data, offset + len(data)

    def _cancel(self, handle: Handle) -> None:
        write_whole(Path(handle.where, "cancel"), b"")
        processes.tell(_living(handle)[:1], 15)

    def _fetch(self, handle: Handle, folder: Path) -> None:
        """The run's folder lies where it belongs already; elsewhere it is copied, and only what was collected."""
        source = Path(handle.where)
        _set_writable(source / "inputs", is_writable=True)
        if source == folder:
            return
        end = ends.read(source, handle.run)
        names = ["end.json", "state.json", "log.txt", "telemetry.jsonl"]
        names += [f"output/{name}" for name in end.outputs] if end else []
        for name in names:
            is_plain = stat.S_ISREG((source / name).lstat().st_mode)
            if is_plain and (file := open_plain(source / name)) is not None:
                _copy(file, folder / name)


def _copy(source: BinaryIO, target: Path) -> None:
    with explained(target), source as file:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.draft")
        with draft.open("wb") as copy:
            while os.copy_file_range(file.fileno(), copy.fileno(), 1 << 30):
                pass
        draft.replace(target)


def _state(folder: Path) -> dict[str, Any]:
    file = open_plain(folder / "state.json")
    if file is None:
        return {}
    try:
        with file:
            state = json.loads(file.read(_MOST_STATE_BYTES))
    except (ValueError, RecursionError):
        return {}
    known = isinstance(state, dict) and all(type(state.get(key)) is int for key in ("pid", "started"))
    return state if known else {}


def _word(state: dict[str, Any], key: str) -> str:
    value = state.get(key, "")
    return value if isinstance(value, str) else ""


def _living(handle: Handle) -> list[int]:
    """The keeper and the agent of a run, as far as they live."""
    pid, started, boot = handle.job.split(":")
    _exit_code(int(pid))
    if processes.boot() != boot:
        return []
    known = [(int(pid), int(started))]
    agent = _state(Path(handle.where)).get("agent")
    if isinstance(agent, list) and [type(entry) for entry in agent] == [int, int]:
        known.append((agent[0], agent[1]))
    return [process for process, began in known if processes.started(process) == began]


def _exit_code(pid: int) -> int | None:
    """How a child of ours ended, None while it runs. Taking note of it keeps it from staying as a zombie."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if ended else None


def _last_words(folder: Path) -> str:
    file = open_plain(folder / "agent.log")
    if file is None:
        return ""
    with file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _LAST_WORDS))
        return file.read(_LAST_WORDS).decode("utf-8", "replace").strip()


def _stop_stragglers(run: str) -> None:
    """Kills what is left of a run whose agent and keeper are gone, by the mark that all of it carries."""
    mark = f"SUREFOOT_RUN={run}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if folder.stat().st_uid == os.getuid() and mark in (folder / "environ").read_bytes().split(b"\0"):
                processes.tell([int(folder.name)], 9)


def _set_writable(folder: Path, *, is_writable: bool) -> None:
    """Takes or gives the right to write below a folder; folders get it back so that a run can be removed."""
    for path, _folders, names in os.walk(folder):
        Path(path).chmod(0o700 if is_writable else 0o500)
        if not is_writable:
            for name in names:
                if stat.S_ISREG(Path(path, name).lstat().st_mode):
                    Path(path, name).chmod(0o400)


def _accelerators() -> tuple[str, ...]:
    """Graphics processors by the name their driver gives them."""
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    models = (card.read_text(encoding="utf-8", errors="replace") for card in cards)
    return tuple(line.split(":", 1)[1].strip() for text in models for line in text.splitlines() if "Model:" in line)
