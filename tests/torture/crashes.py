"""P5: a file system that loses power.

What the append path asks of the disk is recorded call by call; then any moment is taken, and of all that was not
flushed by then each piece is kept, dropped, torn at 512 or 4096 bytes, or zero-filled.

Data is durable after fsync or fdatasync of its file, a name after fsync of its folder. Names that are not flushed come
in order up to some point, or in any order that makes sense. The state that results is opened as after a restart.
"""

import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from surefoot import files
from surefoot.trail import books, feed, pins, writing
from tests.fakes.trails import found
from tests.torture.points import fault_of, work


@dataclass(frozen=True, slots=True)
class Op:
    """One thing asked of the disk: `kind` on a file (`inode`) or on names (`path`, `target`)."""

    kind: str
    inode: int = -1
    offset: int = 0
    data: bytes = b""
    path: str = ""
    target: str = ""


@dataclass(slots=True)
class Recording:
    """What was asked of the disk, in order; `told` has, for each acknowledged leaf, how many operations came before."""

    base: Path
    ops: list[Op] = field(default_factory=list)
    told: list[tuple[int, str]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    handles: dict[int, tuple[str, int]] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    def name(self, path: Any) -> str | None:
        full = os.fspath(path)
        return os.path.relpath(full, self.base) if isinstance(full, str) and full.startswith(f"{self.base}/") else None

    def inode_of(self, name: str) -> int:
        if name not in self.names:
            self.names[name] = len(self.first) + 1000
            self.first[name] = self.names[name]
        return self.names[name]

    def on_open(self, path: Any, flags: int, handle: int, *, existed: bool) -> None:
        name = self.name(path)
        if name is None:
            return
        if flags & os.O_DIRECTORY:
            self.handles[handle] = (name, -1)
            return
        if not existed:
            self.names[name] = len(self.ops) + 1_000_000
            self.ops.append(Op("create", self.names[name], path=name))
        self.handles[handle] = (name, self.inode_of(name))


def whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """`files.write_whole` in calls that can be recorded; a folder is there as soon as something in it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    os.write(handle, data)
    os.fsync(handle)
    os.close(handle)
    os.replace(draft, path)  # noqa: PTH105 - the call that is recorded
    files.sync_folder(path.parent)


@contextmanager
def recorded(base: Path) -> Iterator[Recording]:
    """Records what this process asks of the disk below a folder."""
    tape = Recording(base)
    true: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in HOOKS}
    wholes = [(module, module.write_whole) for module in (books, feed, pins, writing)]
    for name, hook in HOOKS.items():
        setattr(os, name, hook(tape, true[name]))
    for module, _ in wholes:
        setattr(module, "write_whole", whole)  # noqa: B010 - a module's name, which mypy rightly guards
    try:
        yield tape
    finally:
        for name, call in true.items():
            setattr(os, name, call)
        for module, call in wholes:
            setattr(module, "write_whole", call)  # noqa: B010


def _open(tape: Recording, true: Callable[..., int]) -> Callable[..., int]:
    def call(path: Any, flags: int, *rest: Any, **kwargs: Any) -> int:
        existed = Path(path).exists()
        handle = true(path, flags, *rest, **kwargs)
        tape.on_open(path, flags, handle, existed=existed or not flags & os.O_CREAT)
        return handle

    return call


def _write(tape: Recording, true: Callable[..., int]) -> Callable[..., int]:
    def call(handle: int, data: bytes) -> int:
        if handle in tape.handles:
            end = os.fstat(handle).st_size  # our writes append
            tape.ops.append(Op("write", tape.handles[handle][1], end, bytes(data)))
        return true(handle, data)

    return call


def _pwrite(tape: Recording, true: Callable[..., int]) -> Callable[..., int]:
    def call(handle: int, data: bytes, offset: int) -> int:
        if handle in tape.handles:
            tape.ops.append(Op("write", tape.handles[handle][1], offset, bytes(data)))
        return true(handle, data, offset)

    return call


def _ftruncate(tape: Recording, true: Callable[..., None]) -> Callable[..., None]:
    def call(handle: int, length: int) -> None:
        if handle in tape.handles:
            tape.ops.append(Op("truncate", tape.handles[handle][1], length))
        true(handle, length)

    return call


def _sync(tape: Recording, true: Callable[..., None]) -> Callable[..., None]:
    def call(handle: int) -> None:
        true(handle)
        name, inode = tape.handles.get(handle, ("", -2))
        if inode != -2:
            tape.ops.append(Op("syncdir", path=name) if inode == -1 else Op("sync", inode))

    return call


def _close(tape: Recording, true: Callable[..., None]) -> Callable[..., None]:
    def call(handle: int) -> None:
        tape.handles.pop(handle, None)
        true(handle)

    return call


def _rename(tape: Recording, true: Callable[..., None]) -> Callable[..., None]:
    def call(source: Any, target: Any, **kwargs: Any) -> None:
        true(source, target, **kwargs)
        old, new = tape.name(source), tape.name(target)
        if old is not None and new is not None:
            tape.names[new] = tape.inode_of(old)
            del tape.names[old]
            tape.ops.append(Op("rename", path=old, target=new))

    return call


def _unlink(tape: Recording, true: Callable[..., None]) -> Callable[..., None]:
    def call(path: Any, **kwargs: Any) -> None:
        true(path, **kwargs)
        name = tape.name(path)
        if name is not None:
            tape.names.pop(name, None)
            tape.ops.append(Op("unlink", path=name))

    return call


HOOKS: dict[str, Callable[[Recording, Callable[..., Any]], Callable[..., Any]]] = {
    "open": _open,
    "write": _write,
    "pwrite": _pwrite,
    "ftruncate": _ftruncate,
    "fsync": _sync,
    "fdatasync": _sync,
    "close": _close,
    "rename": _rename,
    "replace": _rename,
    "unlink": _unlink,
}


class Disk:
    """The state of a disk after a crash, from the files before and the operations up to a moment."""

    def __init__(self, before: dict[str, bytes], tape: Recording, moment: int, chance: random.Random) -> None:
        self.names = {name: tape.first.get(name, -at - 1) for at, name in enumerate(before)}
        self.data = {self.names[name]: bytearray(content) for name, content in before.items()}
        self.chance = chance
        ops = tape.ops[:moment]
        synced: set[int] = set()
        folders: set[str] = set()
        durable = [False] * moment
        for at in reversed(range(moment)):
            op = ops[at]
            if op.kind == "sync":
                synced.add(op.inode)
            elif op.kind == "syncdir":
                folders.add(op.path)
            elif op.kind in ("write", "truncate"):
                durable[at] = op.inode in synced
            else:
                durable[at] = os.path.dirname(op.target or op.path) in folders  # noqa: PTH120 - names, not paths
        self._names(ops, durable)
        self._contents(ops, durable)

    def _names(self, ops: Sequence[Op], durable: Sequence[bool]) -> None:
        named = [at for at, op in enumerate(ops) if op.kind in ("create", "rename", "unlink")]
        pending = [at for at in named if not durable[at]]
        last = self.chance.choice([-1, *pending])
        in_order = self.chance.random() < 0.5
        for at in named:
            op = ops[at]
            kept = durable[at] or (at <= last if in_order else self.chance.random() < 0.5)
            if op.kind == "create":
                self.data.setdefault(op.inode, bytearray())
                # A file that was renamed durably was there, whatever became of its first name.
                self.names[op.path] = op.inode
                if not kept and not any(later.kind == "rename" and later.path == op.path for later in ops[at:]):
                    del self.names[op.path]
            elif kept and op.path in self.names:
                inode = self.names.pop(op.path)
                if op.kind == "rename":
                    self.names[op.target] = inode

    def _contents(self, ops: Sequence[Op], durable: Sequence[bool]) -> None:
        for at, op in enumerate(ops):
            if op.kind not in ("write", "truncate"):
                continue
            content = self.data.setdefault(op.inode, bytearray())
            fate = "keep" if durable[at] else self.chance.choice(["keep", "drop", "tear", "zero"])
            if op.kind == "truncate":
                if fate == "keep":
                    del content[op.offset :]
                continue
            if fate == "drop":
                continue
            data = op.data
            if fate == "tear":
                block = self.chance.choice([512, 4096])
                edges = [edge - op.offset for edge in range(0, op.offset + len(data), block) if edge > op.offset]
                data = data[: self.chance.choice([0, *edges])]
            elif fate == "zero":
                data = bytes(len(data))
            if len(content) < op.offset:
                content.extend(bytes(op.offset - len(content)))
            content[op.offset : op.offset + len(data)] = data

    def write(self, base: Path) -> None:
        """Puts the state into a folder."""
        for name, inode in self.names.items():
            path = base / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.data[inode])
            path.chmod(0o600)


def contents(base: Path) -> dict[str, bytes]:
    return {os.path.relpath(path, base): path.read_bytes() for path in sorted(base.rglob("*")) if path.is_file()}


def crashes(base: Path, *, states: int, seed: int) -> tuple[int, list[str]]:
    """Tries so many states after a crash. Returns how many, and what was wrong with any."""
    chance = random.Random(seed)
    live = found(base / "live", labels=246)
    before = contents(base / "live")
    with recorded(base / "live") as tape:
        work(live, lambda leaf: tape.told.append((len(tape.ops), leaf)))
    after = base / "after"
    project = replace(live, folder=after / "project" / ".surefoot", state=after / "state")
    faults = []
    for number in range(states):
        moment = number % (len(tape.ops) + 1)
        shutil.rmtree(after, ignore_errors=True)
        Disk(before, tape, moment, chance).write(after)
        fault = fault_of(project, [leaf for at, leaf in tape.told if at <= moment])
        if fault:
            faults.append(f"state {number} after {moment} operations: {fault}")
    return states, faults
