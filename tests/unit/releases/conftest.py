"""A project of one person with a real key, store and catalog; the record is kept in memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from surefoot.catalog import Catalog
from surefoot.objects import Objects
from surefoot.releases import REDUCERS, Releases
from surefoot.releases.facts import Anchor, Release
from surefoot.trail import keys, roots
from tests.fakes.recorder import FakeRecorder
from tests.fakes.releases import POLICY, Story


class PersonKey:
    """A signer with a key of its own."""

    def __init__(self, actor: str = "per_" + "a" * 26, *, role: str = "owner") -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public = self._key.public_key().public_bytes_raw()
        self.feed = keys.feed_of(self.public)
        self.actor = actor
        self.role = role

    def sign(self, data: bytes, /) -> bytes:
        return self._key.sign(data)


@dataclass
class Bench:
    """What a test works with."""

    folder: Path
    releases: Releases
    recorder: FakeRecorder
    objects: Objects
    catalog: Catalog
    signer: PersonKey

    def story(self, **changes: Mapping[str, Any]) -> Story:
        return Story(
            self.recorder,
            self.recorder.as_role("machine"),
            self.objects,
            {kind: dict(change) for kind, change in changes.items()},
        )

    def parted(self) -> Story:
        """A story whose rows go through a graph of preprocessing first."""
        return Story(self.recorder, self.recorder.as_role("machine"), self.objects, is_parted=True)

    def anchor(self, release: Release) -> Anchor:
        """What a place that runs it has to know beforehand."""
        return Anchor(roots.read(self.folder / ".surefoot" / "trail").ws, release.digest, "local")

    def adopt(self, text: bytes = POLICY) -> None:
        path = self.folder / "policies" / "baseline.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
        self.releases.adopt(path)


@contextmanager
def laid(tmp_path: Path) -> Iterator[Bench]:
    """A bench in a folder."""
    project, recorder, signer = tmp_path / "project", FakeRecorder(), PersonKey()
    root = project / ".surefoot" / "trail" / roots.FIRST
    root.parent.mkdir(parents=True)
    root.write_bytes(roots.found(signer))
    objects = Objects(project / ".surefoot" / "objects")
    with Catalog.open(tmp_path / "state", recorder, REDUCERS) as catalog:
        releases = Releases(
            catalog=catalog,
            objects=objects,
            recorder=recorder,
            signer=signer,
            project=project,
            today=lambda: date(2026, 6, 1),
        )
        yield Bench(project, releases, recorder, objects, catalog, signer)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with laid(tmp_path) as ready:
        yield ready
