"""Handing a release over: a folder with everything that runs it where no supervisor of ours starts it.

DIR/capsule/               the release; with `dockerfile` and `systemd.service` in it
DIR/anchor.json            what the wrapper compares it with
DIR/surefoot-service.pyz   the wrapper
DIR/state/                 permission (grant, lease), who may ask; written to by the service
DIR/README.md              how to run it

As long as the folder stays where it was written, the keeper renews its lease and tells the record what the service
says of itself. Carried away, it runs until its lease ends, which nobody renews there.
"""

import shutil
from pathlib import Path
from string import Template

from surefoot import resources
from surefoot.deployments import launcher
from surefoot.deployments.facts import Active
from surefoot.errors import Code, IncompleteError
from surefoot.files import explained, private_folder, write_whole
from surefoot.releases import capsule, lock
from surefoot.texts import Words

CAPSULE = "capsule"
README = "README.md"
PORT = 8000
"""Where the service of such a folder listens if nobody says otherwise."""


def refuse_unhashed(folder: Path, active: Active) -> None:
    """Looks whether the environment of a capsule can be made anew elsewhere.

    Raises:
        IncompleteError: its lock does not say by which hashes to recognise a package.
    """
    try:
        launcher.installable((folder / capsule.LOCK).read_bytes())
    except ValueError as error:
        release = f"{active.name}@{active.version}"
        raise IncompleteError(Code.LOCK_WITHOUT_HASHES, release=release, package=error) from error


def lay(target: Path, folder: Path, active: Active, words: Words) -> None:
    """Writes everything but the papers, which are the keeper's and the person's.

    Args:
        target: an empty folder, or none yet.
        folder: the release's capsule, verified.
        active: what is handed over.
        words: the language of its README.
    """
    with explained(target):
        private_folder(target)
        shutil.copytree(folder, target / CAPSULE)
        launcher.write(target / launcher.FILE)
    text = resources.path("templates", "handover", f"README.{words.language}.md").read_text(encoding="utf-8")
    python = lock.python_of((folder / capsule.LOCK).read_bytes())
    facts = {"name": active.name, "version": active.version, "environment": active.environment, "python": python}
    days = round(active.lease_ms / 86_400_000, 1)
    write_whole(target / README, Template(text).substitute(facts, days=f"{days:g}", port=active.port or PORT).encode())
