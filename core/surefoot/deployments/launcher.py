"""What a wrapper is started with (docs/adr/0008).

This installation where every version equals the capsule's lock, else an environment that is made from the lock, once,
and kept. The wrapper's code never comes from the capsule: it is ours, and goes into such an environment as one file.
"""

import hashlib
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from surefoot.errors import Code, GateFailedError, SurefootError
from surefoot.experiments import environments
from surefoot.files import private_folder
from surefoot.payloads import packing, service
from surefoot.payloads.service import environment
from surefoot.payloads.service.refusals import RefusedError
from surefoot.releases import capsule, lock

FILE = "surefoot-service.pyz"
_START = "import sys\nfrom surefoot.payloads.service.__main__ import main\nsys.exit(main())\n"
_HERE = (sys.executable, "-I", "-m", "surefoot.payloads.service")
# What the wrapper never loads is a third of what the archives hold; the library is in the Python module once more.
UNUSED = ("pip*", "setuptools*", "pkg_resources", "_distutils_hack", "distutils-precedence.pth", "**/tests",
          "**/__pycache__", "onnxruntime/transformers", "onnxruntime/tools", "onnxruntime/quantization",
          "onnxruntime/capi/libonnxruntime.so.*")  # fmt: skip


def command(folder: Path, *, state: Path) -> tuple[str, ...]:
    """The beginning of the command that serves a capsule.

    Args:
        folder: the capsule; the wrapper verifies it.
        state: the workspace's state folder; environments lie in it.

    Raises:
        GateFailedError: packages differ, and an environment cannot be made from the lock.
    """
    path = folder / capsule.LOCK
    locked = path.read_bytes()
    difference = _difference(locked)
    # What is no difference of packages the wrapper says itself, and better.
    if not difference.startswith(environment.DIFFERS) or difference.startswith(f"{environment.DIFFERS} python "):
        return _HERE
    try:
        made = environments.from_lock(installable(locked), state=state)
    except (SurefootError, ValueError) as error:
        facts = {"detail": difference, "lock": path, "python": sys.executable}
        raise GateFailedError(Code.PACKAGES_DIFFER, **facts) from error
    python = Path(str(made.python))
    slim(python.parent.parent)
    return (str(python), "-I", str(_packed(private_folder(state / "tools"))))


def installable(locked: bytes) -> bytes:
    """A capsule's lock, if an environment can be made from it: every package has the hashes of its archives.

    Raises:
        ValueError: one has none, or a line is none.
    """
    for package in lock.decode(locked):
        if not package.hashes:
            raise ValueError(package.name)
    return locked


def write(target: Path) -> None:
    """Writes the wrapper as one file that `python -I FILE` runs."""
    packing.pack(target, _sources())


def slim(made: Path) -> None:
    """Removes from an environment what the wrapper never loads."""
    for packages in made.glob("lib/python*/site-packages"):
        for pattern in UNUSED:
            for found in list(packages.glob(pattern)):
                shutil.rmtree(found, ignore_errors=True)
                with suppress(OSError):
                    found.unlink(missing_ok=True)


def _difference(locked: bytes) -> str:
    try:
        environment.check(locked)
    except RefusedError as error:
        return error.detail
    return ""


def _sources() -> dict[str, str]:
    return packing.modules(Path(service.__file__).parent, _START)


def _packed(tools: Path) -> Path:
    """Our wrapper as one file, written where this version of it is not there yet."""
    sources = _sources()
    digest = hashlib.sha256("\0".join(part for pair in sources.items() for part in pair).encode()).hexdigest()
    target = tools / f"{digest[:16]}-{FILE}"
    if not target.exists():
        draft = target.with_suffix(".draft")
        packing.pack(draft, sources)
        draft.replace(target)
    return target
