"""Opens what somebody else made, for reading only, without being held up or led elsewhere."""

import errno
import os
import stat
from pathlib import Path

from surefoot.errors import Code, IncompleteError, InputRefusedError

_NO_SUCH = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}
_NO_RIGHT = {errno.EACCES, errno.EPERM}


def open_input(path: Path) -> int:
    """Opens a regular file and returns its descriptor (read-only, not inherited); the caller closes it.

    The kind is looked at on the open descriptor, so that nothing can be put in the file's place in between. Opening
    does not wait: a named pipe without a writer is refused, not waited for.

    Raises:
        IncompleteError: there is no such file.
        InputRefusedError: it may not be read, or it is a folder, pipe, socket or device.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except ValueError as error:  # a NUL byte in the name
        raise IncompleteError(Code.FILE_MISSING, path=repr(str(path))) from error
    except OSError as error:
        if error.errno in _NO_SUCH:
            raise IncompleteError(Code.FILE_MISSING, path=path) from error
        if error.errno in _NO_RIGHT:
            raise InputRefusedError(Code.INPUT_UNREADABLE, path=path) from error
        if error.errno == errno.ENXIO:  # a socket, or a device without a driver
            raise InputRefusedError(Code.INPUT_KIND, path=path, kind="socket") from error
        raise
    kind = kind_of(os.fstat(handle).st_mode)
    if kind != "file":
        os.close(handle)
        raise InputRefusedError(Code.INPUT_KIND, path=path, kind=kind)
    return handle


def kind_of(mode: int) -> str:
    """What a file is, in a word, by its mode: file, folder, link, pipe, socket or device."""
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link", stat.S_IFIFO: "pipe"}
    return kinds.get(stat.S_IFMT(mode), "socket" if stat.S_ISSOCK(mode) else "device")
