"""Files of 256 lines each: how they are named, read, and written so that a crash leaves only what can be told.

A line goes to the disk in one write on an append handle, then fdatasync. A new segment appears under its name only with
its lines in it and flushed. A failed flush is never repeated: what the disk holds is unknown from then on, so the feed
is frozen until it is read anew. A failed write is taken back. Whoever writes holds the workspace's lock.
"""

import os
import re
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surefoot.errors import Code, InputRefusedError, RecordBrokenError, SurefootError
from surefoot.files import explained, sync_folder
from surefoot.trail.facts import SEGMENT

_NAME = re.compile(r"\d{6}")
LAST = 999_999
LARGEST = 2**30


class FlushError(Exception):
    """A flush failed or was cut short; what reached the disk is not known."""


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of one feed in one folder.

    Attributes:
        folder: where. suffix: `.evt` for lines, `.jsonl` for bodies.
    """

    folder: Path
    suffix: str

    def path(self, index: int) -> Path:
        """The file of a segment."""
        return self.folder / f"{index:06}{self.suffix}"

    def count(self) -> int:
        """One more than the number of the last segment there is."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return 0
        ours = [
            name for name in names if name.endswith(self.suffix) and _NAME.fullmatch(name.removesuffix(self.suffix))
        ]
        return max((int(name[:6]) + 1 for name in ours), default=0)

    def length(self, index: int) -> int | None:
        """Bytes of a segment, or None where there is none.

        Raises:
            RecordBrokenError: it is a link, no plain file, or of absurd size.
        """
        try:
            found = os.lstat(f"{self.folder}/{index:06}{self.suffix}")
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not stat.S_ISREG(found.st_mode):
            raise RecordBrokenError(Code.OUTSIDE_LINK, path=self.path(index))
        if found.st_size > LARGEST:
            raise RecordBrokenError(Code.FILE_OVERSIZED, path=self.path(index), limit=LARGEST)
        return found.st_size

    def read(self, index: int) -> bytes | None:
        """All bytes of a segment, or None where there is none.

        Raises:
            RecordBrokenError: it is a link or no plain file.
        """
        if self.length(index) is None:
            return None
        handle = os.open(self.path(index), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            return file.read()

    def append(self, seq: int, length: int, lines: Sequence[bytes]) -> int:
        """Writes lines (without LF) from number `seq` on, durably, cutting them into segments.

        Args:
            seq: number of the first line.
            length: good bytes of its segment so far; what lies beyond is cut off.
            lines: what to write.

        Returns:
            Bytes of the last segment afterwards.

        Raises:
            InputRefusedError, SurefootError: no room or no right; the files are as before.
            FlushError: it is not known what reached the disk.
        """
        if (seq + len(lines) - 1) // SEGMENT > LAST:
            raise InputRefusedError(Code.DRAFT_REFUSED, field="seq", detail="the feed is full")
        at, end = 0, length
        try:
            while at < len(lines):
                index, offset = divmod(seq + at, SEGMENT)
                share = lines[at : at + SEGMENT - offset]
                data = b"\n".join(share) + b"\n"
                fresh = offset == 0 or end == 0
                end = self._create(index, data) if fresh else self._extend(index, end, data)
                at += len(share)
        except SurefootError:
            self._take_back(seq, length, seq + at)
            raise
        return end

    def cut(self, index: int, length: int) -> None:
        """Takes off what lies beyond the good bytes of a segment, durably; an empty one goes."""
        if length == 0:
            self.path(index).unlink()
            sync_folder(self.folder)
            return
        handle = os.open(self.path(index), os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.ftruncate(handle, length)
            os.fdatasync(handle)
        finally:
            os.close(handle)

    def _take_back(self, seq: int, length: int, reached: int) -> None:
        """Undoes the segments that a long append had already finished when it found no room for the next."""
        if reached == seq:
            return
        try:
            for index in reversed(range(-(-seq // SEGMENT), -(-reached // SEGMENT))):
                self.cut(index, 0)
            if seq % SEGMENT:
                self.cut(seq // SEGMENT, length)
        except OSError as error:
            raise FlushError(str(self.folder)) from error

    def _extend(self, index: int, length: int, data: bytes) -> int:
        with explained(self.folder):
            name = f"{self.folder}/{index:06}{self.suffix}"
            handle = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            if os.fstat(handle).st_size != length:
                os.ftruncate(handle, length)
            with explained(self.folder):
                _write_or_take_back(handle, length, data)
            _flush(handle, self.folder)
        finally:
            os.close(handle)
        return length + len(data)

    def _create(self, index: int, data: bytes) -> int:
        path = self.path(index)
        with explained(path):
            draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            with explained(path):
                _write_or_take_back(handle, 0, data)
            _flush(handle, path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        draft.replace(path)
        try:
            sync_folder(self.folder)
        except OSError as error:
            raise FlushError(str(path)) from error
        return len(data)


def _write_or_take_back(handle: int, length: int, data: bytes) -> None:
    try:
        written = os.write(handle, data)
        while written < len(data):  # a full disk takes a part first and says why at the next call
            written += os.write(handle, data[written:])
    except OSError:
        try:
            os.ftruncate(handle, length)
        except OSError as error:
            raise FlushError(str(error)) from error
        raise


def _flush(handle: int, path: Path) -> None:
    try:
        os.fdatasync(handle)
    except OSError as error:
        raise FlushError(str(path)) from error
