"""Runs one task in a process with limits and brings back its answer, or the reason why there is none.

Whatever happens to the worker (a crash, an endless loop, no memory left, a flood of output), this process only sees
an error with a code. The whole process group is killed in every case, also after success, so nothing stays behind.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from surefoot import errors
from surefoot.errors import CancelledError, Code, InputRefusedError, SurefootError
from surefoot.workers.facts import DEFAULT, LEVEL, Cancel, Limits, Progress, quiet
from surefoot.workers.handles import open_input

_LOOK_SECONDS = 0.05
_CHUNK = 1 << 16
_STDERR_KEPT = 1 << 14
_LAST_WORDS = 300
_KINDS = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SurefootError)
}


@dataclass(slots=True)
class _Conversation:
    """What a worker has said so far."""

    limits: Limits
    progress: Progress
    open_line: bytearray = field(default_factory=bytearray)
    said: int = 0
    stderr: bytearray = field(default_factory=bytearray)
    answer: Mapping[str, Any] | None = None

    def hear(self, data: bytes) -> None:
        """Takes in a piece of the reply.

        Raises:
            InputRefusedError: it is too long, or not what a worker may say.
        """
        self.said += len(data)
        if self.said > self.limits.reply_bytes:
            raise InputRefusedError(Code.WORKER_REPLY, limit=self.limits.reply_bytes)
        self.open_line += data
        while self.answer is None and (end := self.open_line.find(b"\n")) >= 0:
            text = bytes(self.open_line[:end])
            del self.open_line[: end + 1]
            self._understand(text)

    def _understand(self, text: bytes) -> None:
        try:
            message = json.loads(text)
            if "progress" in message:
                stage, done, total = message["progress"]
                self.progress(str(stage), int(done), int(total))
            elif isinstance(message.get("done", message.get("error")), dict):
                self.answer = message
            else:
                raise InputRefusedError(Code.WORKER_REPLY, limit=self.limits.reply_bytes)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise InputRefusedError(Code.WORKER_REPLY, limit=self.limits.reply_bytes) from error

    def mutter(self, data: bytes) -> None:
        """Keeps the end of what it wrote to standard error."""
        self.stderr += data
        del self.stderr[:-_STDERR_KEPT]

    def last_words(self) -> str:
        """The last line of standard error, made safe to show."""
        lines = self.stderr.decode(errors="replace").strip().splitlines() or [""]
        return "".join(c if c.isprintable() else " " for c in lines[-1])[:_LAST_WORDS]


def run(  # noqa: PLR0913 - the contract that all rooms build on; the last two are the usual pair of long work
    task: str,
    request: Mapping[str, Any],
    *,
    limits: Limits = DEFAULT,
    scratch: Path | None = None,
    files: Mapping[str, Path | int] | None = None,
    progress: Progress = quiet,
    cancel: Cancel | None = None,
) -> dict[str, Any]:
    """Does a task in a worker.

    Args:
        task: `package.module:function`; the function takes a `Request` and returns a JSON-able dict.
        request: what it is asked to do; JSON-able.
        limits: what it may use.
        scratch: the one folder it may write to; without one, a folder that is gone afterwards.
        files: inputs, by name: a path, or a descriptor that is already open. The worker gets them for reading only.
        progress: told how far the task is.
        cancel: asked twenty times a second whether to stop.

    Returns:
        What the task returned, plus `sandbox`: the level that was reached.

    Raises:
        InputRefusedError: an input cannot be opened; or the worker died, ran out of memory, time or disk, or said
            too much: this input cannot be used.
        CancelledError: `cancel` said so.
        SurefootError: what the task raised, as the same error; or it failed in a way it did not foresee.
    """
    if limits.level > LEVEL:
        raise SurefootError(Code.WORKER_LEVEL, needed=limits.level, reached=LEVEL)
    with ExitStack() as stack:
        folder = scratch or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="surefoot-")))
        handles = {name: _opened(stack, place) for name, place in (files or {}).items()}
        order = {
            "task": task,
            "request": request,
            "files": {name: f"/dev/fd/{handle}" for name, handle in handles.items()},
            "scratch": str(folder.resolve()),
            "limits": asdict(limits),
            "parent": os.getpid(),
        }
        conversation = _Conversation(limits, progress)
        with _started(order, tuple(handles.values()), limits) as (process, reply):
            _listen(process, reply, conversation, cancel)
            code = _end(process)
        return _judged(conversation, code)


def _opened(stack: ExitStack, place: Path | int) -> int:
    if isinstance(place, int):
        return place
    handle = open_input(place)
    stack.callback(os.close, handle)
    return handle


@contextmanager
def _started(
    order: Mapping[str, Any], handles: tuple[int, ...], limits: Limits
) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A worker that has its order; when the block ends it and its whole group are dead."""
    data = json.dumps(order, ensure_ascii=False, allow_nan=False).encode()
    if len(data) > limits.request_bytes:
        raise SurefootError(Code.WORKER_REQUEST, size=len(data), limit=limits.request_bytes)
    reply, answer = os.pipe2(os.O_CLOEXEC)
    try:
        # A file, not a pipe: a worker that never reads cannot hold us up.
        with tempfile.TemporaryFile() as stdin:
            stdin.write(data)
            stdin.seek(0)
            process = subprocess.Popen(
                [sys.executable, "-I", "-m", "surefoot.workers.child", str(answer)],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(answer, *handles),
                cwd=order["scratch"],
                env={"HOME": order["scratch"], "TMPDIR": order["scratch"], "LANG": "C.UTF-8", "TZ": "UTC"},
                start_new_session=True,
            )
        os.close(answer)
        answer = -1
        try:
            yield process, reply
        finally:
            _end(process)
            if process.stderr is not None:
                process.stderr.close()
    finally:
        os.close(reply)
        if answer >= 0:
            os.close(answer)


def _listen(process: "subprocess.Popen[bytes]", reply: int, talk: _Conversation, cancel: Cancel | None) -> None:
    """Hears the worker out: until it has answered, has gone, or has to be stopped."""
    deadline = time.monotonic() + talk.limits.wall_seconds
    with selectors.DefaultSelector() as selector:
        selector.register(reply, selectors.EVENT_READ, talk.hear)
        if process.stderr is not None:
            selector.register(process.stderr.fileno(), selectors.EVENT_READ, talk.mutter)
        while talk.answer is None and selector.get_map():
            if not _hear(selector, _LOOK_SECONDS) and _gone(process):
                # It may have answered and ended since we listened. A child of its own may hold the pipe open for ever,
                # so what is heard now is all there will be.
                while selector.get_map() and _hear(selector, 0):
                    pass
                return
            if cancel is not None and cancel():
                raise CancelledError(Code.CANCELLED)
            if time.monotonic() > deadline:
                raise InputRefusedError(Code.WORKER_TIMEOUT, seconds=f"{talk.limits.wall_seconds:g}")


def _hear(selector: selectors.BaseSelector, seconds: float) -> bool:
    """Takes in what is there, waiting so long for it; False when there was nothing."""
    events = selector.select(seconds)
    for key, _ in events:
        data = os.read(key.fd, _CHUNK)
        if data:
            key.data(data)
        else:
            selector.unregister(key.fd)
    return bool(events)


def _gone(process: "subprocess.Popen[bytes]") -> bool:
    """Whether the worker itself has ended, without collecting it: its group keeps its name until then."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: "subprocess.Popen[bytes]") -> int:
    """Kills what is left of the worker's group and collects the worker; returns how it ended."""
    if process.returncode is None:
        with suppress(ProcessLookupError):  # it is gone and left nobody
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def _judged(talk: _Conversation, code: int) -> dict[str, Any]:
    """The answer, or the error that stands for its absence."""
    if talk.answer is None:
        raise _death(talk, code)
    if "done" in talk.answer:
        return {**talk.answer["done"], "sandbox": LEVEL}
    said = talk.answer["error"]
    kind = _KINDS.get(said.get("kind"), SurefootError)
    try:
        known = Code(said.get("code"))
    except ValueError:
        known = Code.WORKER_FAILED
    values = {str(name): value for name, value in dict(said.get("values", {})).items()}
    raise kind(known, **values)


def _death(talk: _Conversation, code: int) -> SurefootError:
    if code == -signal.SIGXCPU:
        return InputRefusedError(Code.WORKER_TIMEOUT, seconds=talk.limits.cpu_seconds)
    if code == -signal.SIGXFSZ:
        return InputRefusedError(Code.WORKER_DISK)
    words = talk.last_words()
    if any(sign in words for sign in ("MemoryError", "bad_alloc", "memory allocation", "out of memory")):
        return InputRefusedError(Code.WORKER_MEMORY)
    how = signal.Signals(-code).name if code < 0 else f"exit {code}"
    return InputRefusedError(Code.WORKER_DIED, how=how, words=words or "-")
