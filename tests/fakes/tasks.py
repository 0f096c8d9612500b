"""Tasks for workers that do what tasks should, and all that they should not."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from surefoot.errors import Code, IncompleteError
from surefoot.workers.facts import Request


def echo(request: Request) -> dict[str, Any]:
    return {"got": dict(request)}


def look_around(request: Request) -> dict[str, Any]:
    return {
        "environment": sorted(os.environ),
        "home": str(Path.home()),
        "here": str(Path.cwd()),
        "scratch": str(request.scratch),
        "leads_session": os.getsid(0) == os.getpid(),
        "open": sorted(int(path.name) for path in Path("/dev/fd").iterdir()),
        "path": sys.path,
    }


def read(request: Request) -> dict[str, Any]:
    return {name: path.read_text() for name, path in request.files.items()}


def write_to_input(request: Request) -> dict[str, Any]:
    handle = int(request.files["a"].name)
    try:
        os.write(handle, b"changed")
    except OSError as error:
        return {"errno": error.errno}
    return {"errno": 0}


def refuse(request: Request) -> dict[str, Any]:
    raise IncompleteError(Code.FILE_MISSING, path=request["path"])


def stumble(_request: Request) -> dict[str, Any]:
    raise KeyError("no such thing\nsecond line")


def leave(_request: Request) -> dict[str, Any]:
    sys.exit(3)


def vanish(_request: Request) -> dict[str, Any]:
    os._exit(7)


def crash(_request: Request) -> dict[str, Any]:
    ctypes.string_at(0)
    return {}


def loop(_request: Request) -> dict[str, Any]:
    while True:
        pass


def sleep(_request: Request) -> dict[str, Any]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
    return {}


def hoard(_request: Request) -> dict[str, Any]:
    return {"size": len(bytearray(64 * 2**30))}


def fill_disk(request: Request) -> dict[str, Any]:
    with (request.scratch / "big").open("wb") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))
            file.flush()
    return {}


def babble(request: Request) -> dict[str, Any]:
    return {"words": "x" * request["length"]}


def garble(_request: Request) -> dict[str, Any]:
    os.write(int(sys.argv[1]), b"\xff\xfe not json\n")
    time.sleep(600)
    return {}


def count(request: Request) -> dict[str, Any]:
    for done in range(3):
        request.progress("counting", done, 3)
        time.sleep(0.1)
    return {}


def leave_children(request: Request) -> dict[str, Any]:
    children = [subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) for _ in range(2)]
    if request.get("then_die"):
        os._exit(1)
    return {"children": [child.pid for child in children]}
