"""What a checkout is set up from: whole, by hash alone, and enough for every check of ours."""

import re
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from surefoot.checks import plugins
from surefoot.releases import lock

LOCKS = Path(__file__).resolve().parents[2] / "packaging" / "locks"
SERVICE = "../../resources/locks/service.txt"


def pinned(file: str) -> dict[str, str]:
    """The packages of a lock with their versions, a package that is pinned twice with both."""
    found: dict[str, str] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", (LOCKS / file).read_text(encoding="utf-8"), re.MULTILINE):
        found[name] = f"{found.get(name, '')} {version}".strip()
    return found


@pytest.mark.parametrize("file", ["run.txt", "test.txt", SERVICE])
def test_a_lock_names_packages_by_version_and_hash_and_no_place(file: str) -> None:
    for line in (LOCKS / file).read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), line


def test_a_service_can_be_made_anew_from_what_was_tested() -> None:
    assert pinned(SERVICE).items() <= pinned("test.txt").items()
    packages = lock.freeze(lock.wrapper_roots())
    assert [one.name for one in packages if not one.hashes] == []


def test_what_runs_is_what_was_tested() -> None:
    assert pinned("run.txt").items() <= pinned("test.txt").items()


def test_a_checkout_that_runs_can_run_every_check() -> None:
    needed = {name for check in plugins.discover().values() for name in getattr(check, "needs", ())}
    assert needed
    packages = packages_distributions()
    lacking = {name for name in needed if not {p.lower() for p in packages[name]} & pinned("run.txt").keys()}
    assert lacking == set()
