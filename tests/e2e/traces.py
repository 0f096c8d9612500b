"""What an act could leave behind, looked at from outside the program: files of the project and the state, processes."""

import hashlib
import time
from pathlib import Path

from tests.e2e.conftest import Home

PASSPHRASE = "correct horse battery staple"
_VIEWS = "catalog/"  # computed from the record, and thrown away at will


def make_home(folder: Path, *, project: Path | None = None) -> Home:
    """A home with a project whose key is wrapped by a passphrase; whatever is written aside is seen too."""
    made = Home(folder, project or folder / "my project")
    made.environment["TMPDIR"] = str(folder / "tmp")
    (folder / "tmp").mkdir()
    secret = folder / "passphrase"
    secret.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    secret.chmod(0o600)
    made.options = ("--passphrase-file", str(secret))
    made.call("init", str(made.project), "--person", "Ada Lovelace", cwd=folder)
    return made


def traces(home: Home) -> dict[str, str]:
    """All that a refused act could leave behind: what lies in the project, by content; in the state folder, by name.

    The user's own files stand in it, so that none is changed or added. Catalog slots do not, since they are views, nor
    do locks, which are held and not left.
    """
    found = {f"project/{name}": digest for name, digest in _files(home.project).items()}
    for name in _files(home.folder / ".local" / "state" / "surefoot"):
        if _VIEWS not in name and not name.endswith("lock"):
            found[f"state/{name}"] = ""
    return found | {f"scratch/{path.name}": "" for path in (home.folder / "tmp").iterdir()}


def record(home: Home) -> dict[str, str]:
    """The record alone: lines, details, checkpoints, role documents."""
    return {name: digest for name, digest in traces(home).items() if "/trail/" in name or "/bodies/" in name}


def lines(home: Home) -> int:
    """How many lines the record has, counted in its files."""
    return sum(path.read_bytes().count(b"\n") for path in home.project.glob(".surefoot/trail/feeds/*/*.evt"))


def processes(home: Home) -> list[str]:
    """What runs on behalf of this home: whatever names it in its words or its surroundings."""
    mark, found = str(home.folder).encode(), []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "cmdline").read_bytes()
            if mark in told or mark in (entry / "environ").read_bytes():
                found.append(told.replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it has ended, or is somebody else's
            continue
    return found


def settled(home: Home, seconds: float = 30) -> bool:
    """Whether nothing runs any more on behalf of this home, after a while at most."""
    end = time.monotonic() + seconds
    while processes(home) and time.monotonic() < end:
        time.sleep(0.1)
    return not processes(home)


def _files(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            found[name] = "no file"
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
