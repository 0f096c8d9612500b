"""A real small project with a service that runs: two signed releases, the second one deployed, a third one proposed.

Nothing supervises it: whoever makes one ends it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

import pytest

from surefoot.deployments import Deployments, Hand
from surefoot.deployments.processes import process_of
from surefoot.errors import SurefootError
from surefoot.workbench import Workbench
from tests.fakes.releases import POLICY, Story

COLUMNS = [
    {"name": "age", "type": "number", "missing": 0, "distinct": 81, "min": "0", "max": "100"},
    {"name": "job", "type": "text", "missing": 0, "distinct": 2, "values": {"clerk": 500, "cook": 500}, "rare": 0},
]


class Unwatched(Workbench):
    """A workbench that starts no supervisor."""

    @cached_property
    def deployments(self) -> Deployments:
        return Deployments(
            catalog=self.catalog,
            releases=self.releases,
            person=Hand(self.recorder, self.signer),
            keeper=self.keeper(),
            project=self.project,
            spawn=lambda: None,
        )


def founded(folder: Path) -> Unwatched:
    """A project with a policy in force and nothing else; its key needs no passphrase."""
    bench = Unwatched.create(folder, name="credit", person="Ada Lovelace", sample=True)
    bench.enrol_machine()
    policy = folder / "policies" / "baseline.toml"
    policy.write_bytes(POLICY)
    bench.releases.adopt(policy)
    return bench


def told(bench: Workbench, *weights: float) -> list[str]:
    """Proposes a release for each weight of the small model; returns their ids."""
    profile = bench.objects.put_bytes(json.dumps({"format": 1, "rows": 1000, "columns": COLUMNS}).encode())
    data = {
        "kind": "table", "storage": "stored", "sandbox": 1, "profile": profile,
        "quality": {"rows": 1000, "warnings": []},
        "sources": [{"name": "credit.csv", "size": 48_000, "sha256": "4" * 64}],
        "split": {"by": "key", "columns": ["id"], "salt": "credit", "sides": {"train": "0.7", "test": "0.3"},
                  "counts": {"train": 700, "test": 300}},
    }  # fmt: skip
    story = Story(bench.recorder, bench.machine().recorder, bench.objects, {"asset.registered": data})
    made = []
    for weight in weights:
        story.weight = weight
        bench.catalog.catch_up()
        made.append(bench.releases.draft(story.tell().run).id)
        if weight < 3:
            bench.releases.approve(made[-1], reason="Better than today's list")
            bench.releases.sign(made[-1])
    return made


def served(folder: Path) -> Unwatched:
    """Two signed releases of which the second answers in place of the first, and a third one that waits."""
    bench = founded(folder)
    for ref in told(bench, 1.0, 2.0, 3.0)[:2]:
        bench.deployments.deploy(ref)
    return bench


def ended(bench: Workbench) -> None:
    """Ends what runs, and closes the project."""
    places = bench.keeper().places
    for place in places.environments():
        with suppress(SurefootError):
            active = place.active()
            if active is not None:
                process_of(active, places.of(active)).kill()
    bench.close()


@contextmanager
def serving(home: Path) -> Iterator[Unwatched]:
    """The project in a home of its own, until the block is left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_STATE_HOME", str(home / "state"))
        made = served(home / "credit")
        yield made
        ended(made)
