"""What a run leaves: its outputs by hash, and whether its inputs are still what they were.

Only regular files with one name inside `output/` are collected. Links, hard links, devices, sockets and pipes are
refused and named: what they lead to is not the run's own.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Iterator, Mapping, NamedTuple, Sequence

METRICS = "metrics.jsonl"
MOST_FILES = 100_000
_CHUNK = 1 << 20
_KINDS = (
    (stat.S_ISLNK, "link"),
    (stat.S_ISBLK, "device"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
)


class Collection(NamedTuple):
    """The outputs of a run.

    Attributes:
        files: path below `output/` to its SHA-256 and size.
        refused: path to the reason, of what was found and not taken.
        missing: declared outputs that are not among the files.
    """

    files: Mapping[str, Mapping[str, object]]
    refused: Mapping[str, str]
    missing: Sequence[str]


def outputs(folder: Path, declared: Sequence[str]) -> Collection:
    """Hashes what lies in the folder `output`. Nothing may be writing there any more."""
    files: dict[str, Mapping[str, object]] = {}
    refused: dict[str, str] = {}
    if folder.is_symlink() or not folder.is_dir():
        return Collection({}, {".": "the output folder is gone"}, list(declared))
    for path, name in _entries(str(folder), ""):
        if name == METRICS:
            continue
        why = "too many files" if len(files) >= MOST_FILES else _taken(path, name, files)
        if why and len(refused) < MOST_FILES:
            refused[name.encode("utf-8", "replace").decode()] = why
    missing = [name for name in declared if name not in files and not any(f.startswith(name + "/") for f in files)]
    return Collection(files, refused, missing)


def _entries(folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Everything but folders, below a folder, in the order of names."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        yield folder, prefix.rstrip("/")
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, prefix + entry.name + "/")
        else:
            yield entry.path, prefix + entry.name


def _taken(path: str, name: str, files: dict[str, Mapping[str, object]]) -> str:
    """Hashes one file into `files`; returns why not, empty where it was taken."""
    try:
        name.encode()
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY)
    except UnicodeEncodeError:
        return "name is not UTF-8"
    except OSError as error:
        return _kind(path) or "unreadable: " + str(error.strerror)
    try:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            return _kind(path) or "not a file"
        if facts.st_nlink != 1:
            return "hard link"
        digest, size = hashlib.sha256(), 0
        at_once = min(_CHUNK, facts.st_size + 1)
        chunk = os.read(handle, at_once)
        while chunk:
            digest.update(chunk)
            size += len(chunk)
            chunk = os.read(handle, at_once)
    except OSError as error:
        return "unreadable: " + str(error.strerror)
    finally:
        os.close(handle)
    files[name] = {"sha256": digest.hexdigest(), "size": size}
    return ""


def _kind(path: str) -> str:
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return "vanished"
    return next((word for matches, word in _KINDS if matches(mode)), "")


def fingerprints(folder: Path, inputs: Mapping[str, str]) -> dict[str, str]:
    """For each input a digest over names, sizes, inodes and change times: equal before and after, it was not touched.

    The change time is the kernel's and cannot be set back by an ordinary process.
    """
    return {name: _fingerprint(str(folder / where)) for name, where in inputs.items()}


def _fingerprint(root: str) -> str:
    digest = hashlib.sha256()
    todo = [root]
    while todo:
        path = todo.pop()
        try:
            facts = os.lstat(path)
            if stat.S_ISDIR(facts.st_mode):
                todo += sorted(os.path.join(path, name) for name in os.listdir(path))  # noqa: PTH118, PTH208 - millions
            facts_text = f"{facts.st_mode} {facts.st_size} {facts.st_ino} {facts.st_ctime_ns}"
        except OSError as error:
            facts_text = str(error.errno)
        digest.update(os.fsencode(path) + b"\0" + facts_text.encode() + b"\n")
    return digest.hexdigest()
