"""The state of the training code: every file as an object, and where git is, the commit and what differs from it.

A run starts from these objects and not from the working folder, so what ran is what was recorded, whatever is edited
meanwhile. Bounded; links, devices and pipes are refused, because their bytes can change unseen.
"""

import json
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments import leaks
from surefoot.experiments.facts import CodeState
from surefoot.experiments.recipe import is_inside
from surefoot.objects import Objects
from surefoot.trail.canonical import Json, encode

MOST_FILES = 5_000
MOST_BYTES = 64 * 2**20
MOST_PATCH = 16 * 2**20
# Made by tools from other files; none of them is what the user wrote.
LEFT_OUT = frozenset(
    {"__pycache__", ".git", ".venv", "venv", "node_modules", ".ipynb_checkpoints", ".mypy_cache", ".ruff_cache"}
)
_SCANNED = 2**20
_SECONDS = 60


def capture(project: Path, name: str, *, recipe: Path, objects: Objects) -> CodeState:
    """Records the training code of an experiment.

    Args:
        project: the project's folder; the code lies in `train/<name>`.
        name: the experiment.
        recipe: its recipe, which belongs to the state of the working tree.
        objects: where the files go.

    Raises:
        InputRefusedError: there is no code, it is too large, holds a link, or something that looks like a secret.
    """
    folder = project / "train" / name
    files = list(_files(folder, name))
    if not files:
        raise InputRefusedError(Code.CODE_MISSING, path=folder, experiment=name)
    hashes = objects.put_many(data for _, data, _ in files)
    listed: list[Json] = [
        {"path": path, "size": len(data), "sha256": sha, "executable": runs}
        for (path, data, runs), sha in zip(files, hashes, strict=True)
    ]
    manifest = objects.put_bytes(encode({"format": 1, "files": listed}))
    commit, dirty, patch = _git_state(project, folder, recipe, [path for path, _, _ in files])
    stored = objects.put_bytes(patch) if patch else None
    return CodeState(files=manifest, commit=commit, dirty=dirty, patch=stored, count=len(files))


def taken(folder: Path) -> dict[str, tuple[bytes, int]]:
    """The files of a folder of training code: each one's path in it, its bytes and its mode; as `capture` takes them.

    Raises:
        InputRefusedError: as `capture`.
    """
    found = {path: (data, 0o755 if runs else 0o644) for path, data, runs in _files(folder, folder.name)}
    if not found:
        raise InputRefusedError(Code.CODE_MISSING, path=folder, experiment=folder.name)
    return found


def restore(files: str, folder: Path, *, objects: Objects) -> None:
    """Writes the files of a manifest into a new folder.

    Args:
        files: SHA-256 of the manifest.
        folder: made here; must not exist.
        objects: where the files come from.

    Raises:
        IncompleteError: the manifest or one of its files is missing.
        InputRefusedError: the manifest names a path outside the folder.
    """
    folder.mkdir(parents=True)
    for entry in json.loads(objects.read(files))["files"]:
        if not is_inside(entry["path"]):
            raise InputRefusedError(Code.CODE_NAME, path=repr(entry["path"]))
        target = folder / entry["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        objects.copy_to(entry["sha256"], target, mode=0o755 if entry["executable"] else 0o644)


def _files(folder: Path, name: str) -> Iterator[tuple[str, bytes, bool]]:
    """Each file in order of its path: the path, its bytes, and whether it is executable."""
    if not folder.is_dir() or folder.is_symlink():
        raise InputRefusedError(Code.CODE_MISSING, path=folder, experiment=name)
    total, count = 0, 0
    for here, folders, names, handle in os.fwalk(folder, follow_symlinks=False):
        for below in [*folders]:
            if not stat.S_ISDIR(os.stat(below, dir_fd=handle, follow_symlinks=False).st_mode):
                raise InputRefusedError(Code.CODE_LINK, path=Path(here, below))
        folders[:] = sorted(below for below in folders if below not in LEFT_OUT)
        for file in sorted(names):
            place = Path(here, file)
            data, runs = _bytes(place, file, handle, MOST_BYTES - total)
            total, count = total + len(data), count + 1
            if total > MOST_BYTES:
                raise InputRefusedError(Code.CODE_TOO_BIG, path=folder, found=f"> {total} B", limit=f"{MOST_BYTES} B")
            if count > MOST_FILES:
                raise InputRefusedError(Code.CODE_TOO_BIG, path=folder, found=f"> {count}", limit=MOST_FILES)
            path = place.relative_to(folder).as_posix()
            if not is_inside(path) or not path.isprintable():
                raise InputRefusedError(Code.CODE_NAME, path=repr(path))
            _refuse_secrets(place, data)
            yield path, data, runs


def _bytes(place: Path, name: str, handle: int, limit: int) -> tuple[bytes, bool]:
    mode = os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode
    if not stat.S_ISREG(mode):
        raise InputRefusedError(Code.CODE_LINK, path=place)
    opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=handle)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise InputRefusedError(Code.CODE_LINK, path=place)
    with os.fdopen(opened, "rb") as file:
        return file.read(limit + 1), bool(mode & stat.S_IXUSR)


def _refuse_secrets(place: Path, data: bytes) -> None:
    if b"\0" in data[:8192]:
        return
    found = leaks.in_text(data[:_SCANNED].decode("utf-8", "replace"))
    if found:
        raise InputRefusedError(Code.SECRET_FOUND, place=f"{place}:{found[0]}", kind=found[1])


def _git_state(
    project: Path, folder: Path, recipe: Path, paths: Sequence[str]
) -> tuple[str | None, bool, bytes | None]:
    """The commit, whether the run's files differ from it, and the difference; the working tree may have no git."""
    head = _git(project, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if not head:
        return None, False, None
    mine = [str(folder)] + ([str(recipe)] if recipe.is_relative_to(project) else [])
    patch = _git(project, "diff", "--binary", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD", "--", *mine)
    known = set((_git(folder, "ls-files", "-z", "--", ".") or b"").decode("utf-8", "replace").split("\0"))
    dirty = patch is None or bool(patch) or not set(paths) <= known
    text = leaks.masked(patch.decode("utf-8", "replace")).encode() if patch else None
    return head.decode().strip(), dirty, text


def _git(folder: Path, *words: str) -> bytes | None:
    """What git prints; None where there is no git, no repository, no commit, or more than 16 MiB."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", str(folder), *words]
    # Nothing of git's own variables: a hook that calls us would point them at another repository.
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "XDG_CONFIG_HOME"}}
    out: IO[bytes]
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                env={**kept, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        if done.returncode != 0 or out.tell() > MOST_PATCH:
            return None
        out.seek(0)
        return out.read()
