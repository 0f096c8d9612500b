"""Where deployments keep things in the user's state folder, never inside the project.

services/environments/<name>/active.json   what was last activated there
services/environments/<name>/pending.json  what is being activated, until active.json says so
services/environments/<name>/token         the bearer token (0600), the same over all activations there
services/environments/<name>/lock          held by whoever changes anything there
services/activations/<act>/anchor.json     what the wrapper compares its capsule with
services/activations/<act>/wrapper.log     what it wrote to its output
services/activations/<act>/state/          its state folder (surefoot.payloads.service.places)
services/capsules/<digest>/                capsules, kept for a quick roll-back

What is handed over (`handing`) has anchor.json and state/ in the folder that was named instead:

services/activations/<act>/folder          where that is
"""

import dataclasses
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot import files
from surefoot.deployments.facts import ACTIVE_FORMAT, Active
from surefoot.errors import Code, IncompleteError
from surefoot.payloads.service import places as wrapper
from surefoot.trail.canonical import encode

_PRIVATE = 0o600
_ACTIVE = "active.json"
_PENDING = "pending.json"
_FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class ActivationPlace:
    """The folder of one activation."""

    folder: Path

    @property
    def workspace(self) -> Path:
        """The workspace's state folder, which this lies in."""
        return self.folder.parents[2]

    @property
    def anchor(self) -> Path:
        """What the wrapper compares its capsule with."""
        return self.folder / "anchor.json"

    @property
    def log(self) -> Path:
        """What it wrote to its output."""
        return self.folder / "wrapper.log"

    @property
    def state(self) -> Path:
        """Its state folder."""
        return self.folder / "state"

    def write(self, name: str, data: bytes) -> None:
        """Writes a file of the wrapper's state folder, whole."""
        files.write_whole(self.state / name, data, mode=_PRIVATE)

    def said(self) -> dict[str, object]:
        """What the wrapper last said it was doing; empty before it said anything."""
        try:
            said = json.loads((self.state / wrapper.STATUS_FILE).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}

    def remembered(self) -> dict[str, Any]:
        """What the wrapper remembers over restarts: its last lease, the stops it saw; empty before its first start."""
        try:
            found = json.loads((self.state / wrapper.MEMORY_FILE).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def stop_seen(self) -> tuple[str, str]:
        """Id and reason of a stop that lies here or that the wrapper saw, whoever ordered it; empty where none does."""
        said = self.said()
        if said.get("stop"):
            return str(said["stop"]), str(said.get("detail", ""))
        stops = self.remembered().get("stops")
        if stops:
            return str(stops[-1]["stop"]), str(stops[-1]["reason"])
        is_there = os.path.lexists(self.state / wrapper.PLAIN_STOP)
        return ("plain-unseen", "a file named STOP") if is_there else ("", "")


@dataclass(frozen=True, slots=True)
class EnvironmentPlace:
    """The folder of one environment."""

    folder: Path

    @property
    def lock(self) -> Path:
        """Held by whoever changes anything here."""
        return self.folder / "lock"

    @property
    def token_file(self) -> Path:
        """The bearer token (0600)."""
        return self.folder / "token"

    def active(self, *, any_version: bool = False) -> Active | None:
        """What was last activated here.

        Args:
            any_version: as far as it can be read, whoever wrote it: enough to stop it.

        Raises:
            IncompleteError: a newer version of Surefoot wrote it, or it is damaged.
        """
        return self._read(_ACTIVE, any_version=any_version)

    def keep(self, active: Active) -> Active:
        """Remembers it, and returns it.

        Raises:
            IncompleteError: a newer version of Surefoot wrote what it was read from, which is left as it is.
        """
        return self._write(_ACTIVE, active)

    def pending(self, *, any_version: bool = False) -> Active | None:
        """What somebody began to activate here and has not brought to `active`; its leaf may be unknown."""
        return self._read(_PENDING, any_version=any_version)

    def begin(self, active: Active) -> Active:
        """Remembers what is about to be activated, and returns it."""
        return self._write(_PENDING, active)

    def finish(self) -> None:
        """Nothing is about to be activated any more."""
        (self.folder / _PENDING).unlink(missing_ok=True)

    def _read(self, name: str, *, any_version: bool) -> Active | None:
        path = self.folder / name
        try:
            active = _active({"environment": self.folder.name, **json.loads(path.read_bytes())})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, RecursionError) as error:
            values = {"environment": self.folder.name, "path": path}
            raise IncompleteError(Code.DEPLOYMENT_UNREADABLE, **values) from error
        if not any_version:
            self._refuse_newer(name, active)
        return active

    def _refuse_newer(self, name: str, active: Active) -> None:
        if active.format > ACTIVE_FORMAT:
            path = self.folder / name
            raise IncompleteError(Code.PROJECT_NEWER, path=path, found=active.format, known=ACTIVE_FORMAT)

    def _write(self, name: str, active: Active) -> Active:
        self._refuse_newer(name, active)
        files.write_whole(self.folder / name, encode(dataclasses.asdict(active)), mode=_PRIVATE)
        return active

    def token(self) -> tuple[str, bool]:
        """The bearer token (256 bits), and whether it was made just now."""
        try:
            return self.token_file.read_text(encoding="ascii").strip(), False
        except FileNotFoundError:
            return self.new_token(), True

    def new_token(self) -> str:
        """Replaces the bearer token."""
        token = f"sf_{secrets.token_urlsafe(32)}"
        files.write_whole(self.token_file, f"{token}\n".encode(), mode=_PRIVATE)
        return token


def _active(facts: Mapping[str, Any]) -> Active:
    """What is known of it: what another version wrote besides is passed over, what it did not write is empty."""
    fields = [field for field in dataclasses.fields(Active) if field.name != "replaced"]
    known: dict[str, Any] = {field.name: "" for field in fields if field.default is dataclasses.MISSING}
    known |= {field.name: facts[field.name] for field in fields if type(facts.get(field.name)) is field.type}
    replaced = facts.get("replaced")
    return Active(**known, replaced=_active(replaced) if isinstance(replaced, dict) else None)


@dataclass(frozen=True, slots=True)
class Places:
    """All of it.

    Attributes:
        state: the workspace's state folder.
    """

    state: Path

    def environment(self, name: str) -> EnvironmentPlace:
        """The folder of an environment, made where it is not there yet."""
        files.private_folder(self.state / "services")
        return EnvironmentPlace(files.private_folder(self.state / "services" / "environments" / name))

    def environments(self) -> Iterator[EnvironmentPlace]:
        """Every environment where something was ever activated."""
        folder = self.state / "services" / "environments"
        if folder.is_dir():
            for each in sorted(folder.iterdir()):
                yield EnvironmentPlace(each)

    def of(self, active: Active) -> ActivationPlace:
        """The folder of what is active somewhere."""
        return ActivationPlace(Path(active.folder)) if active.folder else self.activation(active.activation)

    def activation(self, name: str) -> ActivationPlace:
        """The folder of an activation, by its id."""
        own = self.state / "services" / "activations" / name
        with suppress(OSError):
            return ActivationPlace(Path((own / _FOLDER).read_text(encoding="utf-8")))
        return ActivationPlace(own)

    def point(self, active: Active) -> None:
        """Remembers where something is handed over to, for whoever asks when something else is active."""
        files.private_folder(self.state / "services" / "activations")
        own = files.private_folder(self.state / "services" / "activations" / active.activation)
        files.write_whole(own / _FOLDER, active.folder.encode(), mode=_PRIVATE)

    def capsule(self, digest: str) -> Path:
        """Where the capsule of a release lies."""
        return self.state / "services" / "capsules" / digest
