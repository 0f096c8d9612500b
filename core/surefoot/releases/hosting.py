"""How a release is run where nothing of ours is installed: files for a container engine and for systemd."""

from string import Template

from surefoot import resources
from surefoot.releases import capsule
from surefoot.releases.lock import python_of


def files(name: str, version: str, lock: bytes) -> dict[str, bytes]:
    """Both files, by their path in the capsule.

    Args:
        name: of the release; it holds nothing that such a file would read as its own, nor does the version.
        version: of the release.
        lock: the bytes of its lock.txt.
    """
    facts = {"name": name, "version": version, "python": python_of(lock)}
    return {path: _filled(path, facts) for path in (capsule.DOCKERFILE, capsule.UNIT)}


def _filled(path: str, facts: dict[str, str]) -> bytes:
    return Template(resources.path("templates", "capsule", path).read_text(encoding="utf-8")).substitute(facts).encode()
