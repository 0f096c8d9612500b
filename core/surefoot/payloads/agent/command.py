"""Starts the command: its environment, its limits and its own session; and what may be wrong before it runs.

Sandbox level 1: an environment made from nothing, a scratch home, limits of the kernel, a group and session of its own.
The file limit equals the disk guardrail, so that one file cannot outrun the watching; the process limit is a backstop
against fork bombs for users other than root; the command is offered to the kernel first when memory runs out.
"""

from __future__ import annotations

import os
import re
import resource
import signal
from contextlib import suppress
from pathlib import Path
from typing import Mapping

from surefoot.payloads.agent import processes
from surefoot.payloads.agent.plan import Plan

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
# What names a device or finds a library, and holds no secret.
HANDED_ON = ("PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "LD_LIBRARY_PATH")
_QUIET = {
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "RAY_USAGE_STATS_ENABLED": "0",
    "SKYPILOT_DISABLE_USAGE_COLLECTION": "1",
}
_MOST_THREADS_A_PROCESS = 16
_NOT_STARTED = 127


class LaunchError(Exception):
    """The command could not be started; the text says why."""


def environment(plan: Plan, folder: Path, *, tracking: Mapping[str, str]) -> dict[str, str]:
    """All that the command finds in its environment, made from nothing."""
    own = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    path = own.pop("PATH", SYSTEM_PATH)
    if plan.python:
        path = os.path.dirname(plan.python) + os.pathsep + path  # noqa: PTH120 - a string in, a string out
    inputs = {"SUREFOOT_INPUT_" + variable(name): str(folder / where) for name, where in plan.inputs.items()}
    return {
        **own,
        **_QUIET,
        **tracking,
        **inputs,
        "HOME": str(folder / "scratch/home"),
        "TMPDIR": str(folder / "scratch/tmp"),
        "PATH": path,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": str(plan.seed % 2**32),
        "PYTHONUNBUFFERED": "1",
        "SUREFOOT_RUN": plan.run,
        "SUREFOOT_SEED": str(plan.seed),
        "SUREFOOT_PARAMETERS": str(folder / "parameters.json"),
        "SUREFOOT_OUTPUT": str(folder / "output"),
    }


def variable(name: str) -> str:
    """The part of an environment variable that stands for an input: upper case, `_` for whatever is odd."""
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def launch(plan: Plan, folder: Path, environ: Mapping[str, str]) -> int:
    """Starts the command in the folder `code` with its words going to `log.txt`; returns its process id.

    Raises:
        LaunchError: an input or the program is not there, or the system refuses to start it.
    """
    for name, where in plan.inputs.items():
        if not (folder / where).exists():
            raise LaunchError("input " + name + " is not there: " + where)
    words = list(plan.command)
    if plan.python and words[0] in ("python", "python3"):
        words[0] = plan.python
    heard, said = os.pipe()
    log = os.open(str(folder / "log.txt"), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _become(plan, folder, parent, log)
            os.execvpe(words[0], words, dict(environ))  # noqa: S606 - a list of words, and no shell is the point
        except BaseException as error:  # noqa: BLE001 - this is a copy of the agent: it must end here, whatever happens
            os.write(said, str(error).encode("utf-8", "replace")[:4096])
        finally:
            os._exit(_NOT_STARTED)
    os.close(said)
    os.close(log)
    with os.fdopen(heard, "rb") as pipe:
        trouble = pipe.read()
    if trouble:
        os.waitpid(pid, 0)
        raise LaunchError(trouble.decode("utf-8", "replace"))
    return pid


def _become(plan: Plan, folder: Path, parent: int, log: int) -> None:
    """Turns the forked copy of the agent into a limited process of its own."""
    os.setsid()
    processes.die_with_parent(parent, signal.SIGKILL)
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, plan.guardrails.disk_bytes)
    _limit(resource.RLIMIT_NPROC, _tasks() + plan.guardrails.processes * _MOST_THREADS_A_PROCESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    os.umask(0o077)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(str(folder / "code"))


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (most, most))


def _tasks() -> int:
    """How many threads of all users there are now: the limit counts what the user runs beside us too."""
    try:
        return int(Path("/proc/loadavg").read_text(encoding="ascii").split()[3].split("/")[1])
    except (OSError, IndexError, ValueError):
        return 1 << 15
