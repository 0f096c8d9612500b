"""The composition root: opens a project and hands out the rooms' services. The only place that picks adapters.

Everything that costs (the catalog, a key, an executor, the code of a room) is made or loaded when it is first asked
for, so that a verb pays for what it uses.
"""

import shutil
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import platformdirs

from surefoot import (
    __version__,
    advisories,
    audit,
    checks,
    datasets,
    deployments,
    experiments,
    files,
    models,
    releases,
    resources,
    runs,
)
from surefoot.advisories import tables as advisories_tables
from surefoot.audit import tables as audit_tables
from surefoot.catalog import Catalog
from surefoot.checks import tables as checks_tables
from surefoot.datasets import tables as datasets_tables
from surefoot.deployments import tables as deployments_tables
from surefoot.deployments.facts import Hand, Stopped
from surefoot.executors.port import Executor
from surefoot.models import tables as models_tables
from surefoot.objects import Objects
from surefoot.people import Identities
from surefoot.people.signers import LateRecorder, LateSigner
from surefoot.releases import tables as releases_tables
from surefoot.runs import tables as runs_tables
from surefoot.runs.waking import Waker
from surefoot.trail import Recorder, Report, Signer, Trail, roots, verify
from surefoot.trail.founding import make_room
from surefoot.trail.roots import Founding

if TYPE_CHECKING:
    from surefoot.advisories import Advisories
    from surefoot.audit import Answers, Audit
    from surefoot.checks import Checks
    from surefoot.datasets import Datasets
    from surefoot.deployments import Deployments, Keeper
    from surefoot.experiments import Experiments
    from surefoot.models import Models
    from surefoot.releases import Releases
    from surefoot.runs import Runs, Trials

SETTINGS = "surefoot.toml"
_IGNORED = "# What Surefoot keeps. It belongs in a backup, not in git.\n*\n"
_SETTINGS_TEXT = """# This project's settings. It works as it is.

[project]
name = {name}

# Where releases may run. "local" is this computer; add others here, they are in force once `surefoot deploy` used them.
[environment.local]
"""
_REDUCERS = (
    *datasets_tables.REDUCERS,
    *runs_tables.REDUCERS,
    *advisories_tables.REDUCERS,
    *models_tables.REDUCERS,
    *checks_tables.REDUCERS,
    *releases_tables.REDUCERS,
    *deployments_tables.REDUCERS,
    *audit_tables.REDUCERS,
)


def state_folder() -> Path:
    """Where keys, pins, locks and catalog slots lie: the user's own, never the project's."""
    return Path(platformdirs.user_state_path("surefoot"))


def app_name() -> str:
    """What lines say they were written by."""
    return f"cli/{__version__}"


class Workbench:
    """An open project.

    Attributes:
        project: its folder. state: this account's state folder. ws: the workspace's id, the anchor of its record.
    """

    def __init__(self, project: Path, trail: Trail, *, state: Path, unlock: Callable[[], str]) -> None:
        self.project = project
        self.state = state
        self.trail = trail
        self.ws = trail.ws
        self.objects = Objects(project / files.KEPT / "objects")
        self._unlock = unlock
        self._identities = Identities(state, ws=trail.ws, founders=(trail.founding.owner.feed,))

    # finding, making, opening

    @staticmethod
    def find(start: Path) -> Path | None:
        """The nearest folder at or above `start` that holds a project."""
        for folder in (start, *start.parents):
            if (folder / files.KEPT / "trail").is_dir():
                return folder
        return None

    @classmethod
    def create(
        cls, folder: Path, *, name: str, person: str, passphrase: str | None = None, sample: bool = False
    ) -> Self:
        """Makes a project in a folder, and its owner.

        Args:
            folder: made where it is not there; what is in it stays.
            name: the project's.
            person: the owner's name, as approvers will read it.
            passphrase: wraps the owner's key; None for the OS key store.
            sample: the key is kept unwrapped and valid for this project alone.

        Raises:
            InputRefusedError: there is a project here or a part of one, a name is refused, or the place cannot be
                written to.
        """
        state = files.private_folder(state_folder())
        # One at a time: two that found in one place would each clear away what the other has just begun.
        with files.locked(state / "founding.lock"):
            make_room(folder / files.KEPT)
            return cls._found(folder, state, name=name, person=person, passphrase=passphrase, sample=sample)

    @classmethod
    def _found(cls, folder: Path, state: Path, *, name: str, person: str, passphrase: str | None, sample: bool) -> Self:
        identities = Identities(state)
        try:
            made = (
                identities.create_sample(person) if sample else identities.create_person(person, passphrase=passphrase)
            )
            unlock = _said(passphrase)
            about = {"name": name, "person": made.name}
            signer = identities.person_signer(unlock)
            trail = Trail.create(
                folder / files.KEPT, state=state, owner=signer, about=about, sample=sample, app=app_name()
            )
            identities.bind(trail.ws)
            files.write_whole(folder / files.KEPT / ".gitignore", _IGNORED.encode())
            if not (folder / SETTINGS).exists():
                files.write_whole(folder / SETTINGS, _SETTINGS_TEXT.format(name=_quoted(name)).encode())
            _write_policy(folder)
        except BaseException:
            shutil.rmtree(folder / files.KEPT)  # made by us, a moment ago
            identities.discard()
            raise
        return cls(folder, trail, state=state, unlock=unlock)

    @classmethod
    def open(cls, folder: Path, *, unlock: Callable[[], str], stands: bool = False) -> Self:
        """Opens the project in a folder.

        Args:
            folder: as `find` gives it.
            unlock: asks for the passphrase of the person's key, when something has to be signed with it.
            stands: opens one whose record is damaged too, to show what this machine had verified before; see `stand`.

        Raises:
            RecordBrokenError: the trail does not verify. IncompleteError: it was written by a newer version.
        """
        state = files.private_folder(state_folder())
        trail = Trail.open(folder / files.KEPT, state=state, app=app_name(), stands=stands)
        return cls(folder, trail, state=state, unlock=unlock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Writes last checkpoints and gives the catalog slot back."""
        if "catalog" in self.__dict__:
            self.catalog.close()
        self.trail.close()

    # keys

    @cached_property
    def _person(self) -> Signer:
        return self._identities.person_signer(self._unlock)

    @cached_property
    def signer(self) -> Signer:
        """The person's key; looked for when it is first asked for, opened at the first signature."""
        return LateSigner(lambda: self._person)

    @cached_property
    def recorder(self) -> Recorder:
        """Records what the person does. Whoever only reads needs no key."""
        return LateRecorder(lambda: self.trail.recorder(self._person))

    @cached_property
    def _machine(self) -> Signer:
        return self._identities.machine_signer()

    def machine(self) -> Hand:
        """The machine's key, with both its uses; made when it is first used, since whoever only looks needs none."""
        return Hand(LateRecorder(lambda: self.trail.recorder(self._machine)), LateSigner(lambda: self._machine))

    def enrol_machine(self) -> None:
        """Lets this machine's key in, signed by the person, where it is not in yet."""
        self.trail.enrol(self.signer, self._machine)

    # rooms

    @property
    def own_state(self) -> Path:
        """This project's part of the state folder."""
        return self.state / self.ws

    @cached_property
    def catalog(self) -> Catalog:
        """This process's view of the record, caught up."""
        return Catalog.open(self.own_state / "catalog", self.trail, _REDUCERS)

    def stand(self) -> None:
        """Shows what this machine had verified before the record was damaged: nothing more is applied."""
        if "catalog" not in self.__dict__:
            opened = Catalog.open(self.own_state / "catalog", self.trail, _REDUCERS, stands=True)
            self.__dict__["catalog"] = opened
        self.catalog.stands = True

    @cached_property
    def datasets(self) -> "Datasets":
        """Fixed, named sets of rows."""
        return datasets.Datasets(
            catalog=self.catalog,
            objects=self.objects,
            recorder=self.recorder,
            project=self.project,
            state=self.own_state,
        )

    @cached_property
    def experiments(self) -> "Experiments":
        """Recipes and training code from templates."""
        return experiments.Experiments(
            project=self.project, datasets=lambda: [version.name for version in self.datasets.list()]
        )

    @cached_property
    def executors(self) -> Mapping[str, Executor]:
        """Where runs may be carried out, by name."""
        # Loaded here, since the agent comes with it. The name stands in this module alone, as that of any adapter.
        local = import_module("surefoot.executors.local")
        return {"local": local.LocalExecutor(files.private_folder(self.state / "tools"))}

    @cached_property
    def runs(self) -> "Runs":
        """The runs."""
        return runs.Runs(
            runs.Ways(
                project=self.project,
                state=self.own_state,
                catalog=self.catalog,
                objects=self.objects,
                recorder=self.recorder,
                actor=lambda: self.signer.actor,
                executors=lambda: self.executors,
                dataset=lambda ref: self.datasets.show(ref),  # noqa: PLW0108 - its room is loaded only then
                enrol=self.enrol_machine,
                spawn=_supervise(self.project),
            )
        )

    @cached_property
    def trials(self) -> "Trials":
        """Recipes tried on a small part of their data, without a record."""
        stage = runs.Stage(
            project=self.project,
            state=self.own_state,
            executor=self.executors["local"],
            dataset=self.datasets.show,
            lay_out=self.datasets.materialise,
        )
        return runs.Trials(stage)

    @cached_property
    def models(self) -> "Models":
        """The model gate."""
        return models.Models(catalog=self.catalog, objects=self.objects, recorder=self.recorder)

    @cached_property
    def advisories(self) -> "Advisories":
        """Lists of known vulnerabilities."""
        return advisories.Advisories(
            catalog=self.catalog, objects=self.objects, recorder=self.recorder, scratch=self.own_state / "scratch"
        )

    @cached_property
    def checks(self) -> "Checks":
        """The checks."""
        return checks.Checks(
            catalog=self.catalog,
            objects=self.objects,
            recorder=self.recorder,
            models=self.models,
            datasets=self.datasets,
            policy=lambda: releases.asked(self.releases.policy().adopted),
            outside=checks.Outside(
                live=lambda: releases.live_model(self.catalog),
                wrapper=releases.wrapper_packages,
                advisories=self.advisories.current,
            ),
        )

    @cached_property
    def releases(self) -> "Releases":
        """Policies and releases."""
        return releases.Releases(
            catalog=self.catalog,
            objects=self.objects,
            recorder=self.recorder,
            signer=self.signer,
            project=self.project,
            shelf=self.datasets,
        )

    @cached_property
    def deployments(self) -> "Deployments":
        """What runs where."""
        return deployments.Deployments(
            catalog=self.catalog,
            releases=self.releases,
            person=Hand(self.recorder, self.signer),
            keeper=self.keeper(),
            project=self.project,
            spawn=Waker(self.own_state, _supervise(self.project)).wake,
        )

    @cached_property
    def audit(self) -> "Audit":
        """Questions to the record."""
        return audit.Audit(lines=audit_tables.Lines(self.catalog, self.ws), verify=self.verify)

    @cached_property
    def answers(self) -> "Answers":
        """Single answers of services."""
        return audit.Answers(audit=self.audit, releases=self.releases, state=self.own_state)

    def verify(self, anchor: str | None = None) -> Report:
        """Verifies the whole trail anew, against what this machine remembers and, if given, an anchor."""
        return verify(self.project / files.KEPT, pins=self.state, anchor=anchor)

    def keeper(self) -> "Keeper":
        """Looks after the services of this project on this machine."""
        return deployments.Keeper(ws=self.ws, places=deployments.Places(self.own_state), machine=self.machine())


def verify_folder(project: Path, *, anchor: str | None = None) -> Report:
    """Verifies the record in a project's folder as it lies there: nothing is opened, mended or written.

    Opening a project mends a torn tail first, which is the last thing that somebody who looks for damage wants.
    """
    return verify(project / files.KEPT, pins=state_folder(), anchor=anchor)


def stop_without_record(
    project: Path, environment: str, *, reason: str, unlock: Callable[[], str], founding: Founding | None = None
) -> Stopped:
    """Stops a service of a project whose record cannot be opened: whatever is broken, a model can be stopped.

    Args:
        project: its folder.
        environment: where it runs.
        reason: why it is stopped.
        unlock: as `Workbench.open`.
        founding: who founded it, where that is known; else it is read.

    Raises:
        IncompleteError: nothing is active there. NotConfirmedError: it still answers.
    """
    founding = founding or roots.read(project / files.KEPT / "trail")
    state = state_folder()
    signer = Identities(state, ws=founding.ws, founders=(founding.owner.feed,)).person_signer(unlock)
    return deployments.stop_unrecorded(
        deployments.Places(state / founding.ws), environment, ws=founding.ws, signer=signer, reason=reason
    )


def _write_policy(folder: Path) -> None:
    """Gives a new project the policy to begin with, where it has none; it is a proposal until it is adopted."""
    target = folder / "policies"
    if not target.exists():
        for source in sorted(resources.path("templates", "policies").glob("*.toml")):
            files.write_whole(target / source.name, source.read_bytes())


def _supervise(project: Path) -> tuple[str, ...]:
    """The command that keeps runs and services of a project going."""
    return (sys.executable, "-m", "surefoot.cli", "supervise", "--project", str(project))


def _said(passphrase: str | None) -> Callable[[], str]:
    return lambda: passphrase or ""


def _quoted(text: str) -> str:
    """A text as a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
