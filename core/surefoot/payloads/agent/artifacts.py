"""Artefacts that come through the tracking endpoint: an artefact is an output, so it lies in `output/` by its own path.

No path leaves that folder: each part is opened below the one before, never through a link. A file appears under its
name when it is whole. What would go over the disk guardrail is refused before it is written.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from surefoot.payloads.agent.collect import METRICS
from surefoot.payloads.agent.wire import Answer, RefusalError, Sink

_MOST_PARTS = 64
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Artifacts:
    """The files below a run's output folder.

    Args:
        folder: the output folder.
        limit: bytes that one upload may have.
    """

    def __init__(self, folder: Path, *, limit: int) -> None:
        self._folder = str(folder)
        self._limit = limit
        self.names: set[str] = set()

    def receive(self, path: str, length: int | None) -> Upload:
        """Begins an upload.

        Raises:
            RefusalError: the path leaves the folder or is taken by a folder, or the file is too large.
        """
        parts = _parts(path)
        if not parts or parts == [METRICS]:
            raise RefusalError(400, "no artefact can have this path: " + path)
        if (length or 0) > self._limit:
            raise RefusalError(507, "the file is larger than the run's disk guardrail")
        with _Opened(self._folder, parts[:-1], is_made=True) as folder:
            try:
                return Upload(os.dup(folder), parts[-1], limit=self._limit)
            except OSError as error:
                raise RefusalError(507, str(error)) from error

    def finish(self, upload: Upload, path: str) -> None:
        """Gives a complete upload its name."""
        upload.finish()
        self.names.add("/".join(_parts(path)))

    def send(self, path: str) -> Answer:
        """A file as an answer.

        Raises:
            RefusalError: there is no such file.
        """
        parts = _parts(path)
        if not parts:
            raise RefusalError(404, "no path")
        with _Opened(self._folder, parts[:-1]) as folder:
            try:
                handle = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
            except OSError as error:
                raise RefusalError(404, "there is no file " + path) from error
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            os.close(handle)
            raise RefusalError(404, "there is no file " + path)
        return Answer(200, file=os.fdopen(handle, "rb"), size=facts.st_size)

    def list(self, path: str) -> list[dict[str, Any]]:
        """What lies in a folder: names, whether each is a folder, sizes. A folder that is not there is empty."""
        found = []
        with suppress(RefusalError), _Opened(self._folder, _parts(path)) as folder:
            for name in sorted(os.listdir(folder)):  # noqa: PTH208 - by descriptor
                facts = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if stat.S_ISDIR(facts.st_mode):
                    found.append({"path": name, "is_dir": True})
                elif stat.S_ISREG(facts.st_mode):
                    found.append({"path": name, "is_dir": False, "file_size": facts.st_size})
        return found


class Upload(Sink):
    """A file that is being received, under a name nobody looks for until it is whole."""

    def __init__(self, folder: int, name: str, *, limit: int) -> None:
        super().__init__()
        self._folder = folder
        self._name = name
        self._left = limit
        self._draft = ".upload-" + os.urandom(8).hex()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self._file = os.open(self._draft, flags, 0o600, dir_fd=folder)

    def write(self, piece: bytes) -> None:
        """Takes a piece of the file."""
        self._left -= len(piece)
        if self._left < 0:
            raise RefusalError(507, "the file is larger than the run's disk guardrail")
        try:
            while piece:
                piece = piece[os.write(self._file, piece) :]
        except OSError as error:
            raise RefusalError(507, str(error)) from error

    def finish(self) -> None:
        """Gives the file its name, in one step."""
        try:
            os.replace(self._draft, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        except OSError as error:
            self.drop()
            raise RefusalError(400, str(error)) from error
        self._close()

    def drop(self) -> None:
        """Removes what was received."""
        if self._folder >= 0:
            with suppress(OSError):
                os.unlink(self._draft, dir_fd=self._folder)
            self._close()

    def _close(self) -> None:
        os.close(self._file)
        os.close(self._folder)
        self._folder = -1


class _Opened:
    """A folder below another, opened part by part without following a link, and made where asked for."""

    def __init__(self, root: str, parts: list[str], *, is_made: bool = False) -> None:
        self._root, self._parts, self._is_made = root, parts, is_made
        self._handle = -1

    def __enter__(self) -> int:
        try:
            self._handle = os.open(self._root, _FOLDER)
            for part in self._parts:
                if self._is_made:
                    with suppress(FileExistsError):
                        os.mkdir(part, 0o700, dir_fd=self._handle)
                below = os.open(part, _FOLDER, dir_fd=self._handle)
                os.close(self._handle)
                self._handle = below
        except OSError as error:
            self.__exit__()
            raise RefusalError(400 if self._is_made else 404, str(error)) from error
        return self._handle

    def __exit__(self, *_: object) -> None:
        if self._handle >= 0:
            os.close(self._handle)


def _parts(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part]
    if len(parts) > _MOST_PARTS or any(part in (".", "..") or "\0" in part or len(part) > 255 for part in parts):  # noqa: PLR2004 - NAME_MAX
        raise RefusalError(400, "the path leaves the run's output folder: " + path)
    return parts
