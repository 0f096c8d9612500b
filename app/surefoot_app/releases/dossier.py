"""All that the steps of a release show of one candidate, asked of the workbench in one go. No Qt here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from surefoot.audit.tables import names_of
from surefoot.checks.facts import Subject
from surefoot.deployments.facts import State as Doing
from surefoot.errors import IncompleteError, SurefootError
from surefoot.releases import Gate, PolicyView, Release, State, capsule
from surefoot.releases.facts import Candidate, Outline, Outlook
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.releases.drafts import Draft
from surefoot_app.showing.judgements import Judgement, judgements, ordered

_LIVE = frozenset({Doing.SERVING, Doing.BLOCKED, Doing.HANDED})


@dataclass(frozen=True, slots=True)
class Part:
    """A package of the bill of materials: name, version, licence (empty where it does not say)."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True)
class Package:
    """What a proposal consists of.

    Attributes:
        files: path and SHA-256 of each content file, in the manifest's order. parts: the packages of a service.
    """

    files: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]

    @property
    def licences(self) -> dict[str, int]:
        """How many packages are under each licence, most first; those that do not say under the empty name."""
        found = [part.licence for part in self.parts]
        return {name: found.count(name) for name in sorted(set(found), key=lambda one: (-found.count(one), one))}


@dataclass(frozen=True, slots=True)
class Live:
    """What runs somewhere: the environment, the release's id, its name and version, its model."""

    environment: str
    release: str
    name: str
    version: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A candidate and all around it.

    Attributes:
        draft: what was chosen. subjects: what could be released. environments: where releases may run.
        policy: in force, and what the file says. names: of persons by their ids. live: what runs where.
        problem: why nothing more is known of the candidate, such as a name that cannot be.
        candidate, outline, gates, judgements, outlook, release, package: of the candidate, as far as there is one.
    """

    draft: Draft
    subjects: tuple[Subject, ...]
    environments: tuple[str, ...]
    policy: PolicyView
    names: Mapping[str, str]
    live: tuple[Live, ...] = ()
    problem: SurefootError | None = None
    candidate: Candidate | None = None
    outline: Outline | None = None
    gates: tuple[Gate, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    outlook: Outlook | None = None
    release: Release | None = None
    package: Package | None = None

    @property
    def subject(self) -> Subject | None:
        """The run that was chosen."""
        return next((one for one in self.subjects if one.run == self.draft.run), None)

    @property
    def title(self) -> str:
        """Name and version of what is going to be released; empty while nothing is known of it."""
        if self.release is not None:
            return f"{self.release.name} {self.release.version}"
        if self.outline is None:
            return ""
        return f"{self.draft.name or self.outline.name} {self.draft.version or self.outline.version}"

    @property
    def places(self) -> tuple[str, ...]:
        """Where it may run: as the proposal says, once there is one, since that is what is signed."""
        if self.release is None:
            return self.draft.environments
        return tuple(str(one) for one in self.release.proposed.body.get("environments") or ())

    @property
    def is_proposed_otherwise(self) -> bool:
        """Whether name, version or places are no longer those of the proposal."""
        draft, release = self.draft, self.release
        return release is not None and (
            (draft.name or release.name, draft.version or release.version) != (release.name, release.version)
            or set(draft.environments) != set(self.places)
        )

    @property
    def waiver_days(self) -> int:
        """For how many days a check may be waived at most."""
        return 1 if self.policy.adopted is None else self.policy.adopted.policy.waiver_days

    def gate(self, name: str) -> Gate | None:
        """One gate by its name."""
        return next((one for one in self.gates if one.name == name), None)

    @property
    def checks(self) -> tuple[Gate, ...]:
        """The gates of required checks."""
        return tuple(one for one in self.gates if one.name.startswith("check."))

    def person(self, actor: str) -> str:
        """A person's name; the id where the record no longer holds it."""
        return self.names.get(actor, actor)


def dossier(bench: Workbench, draft: Draft, words: Words) -> Dossier:
    """Everything about a draft's candidate; not on the GUI thread."""
    found = Dossier(
        draft=draft,
        subjects=bench.checks.subjects(),
        environments=tuple(one.name for one in bench.deployments.environments()),
        policy=bench.releases.policy(),
        names=names_of(bench.catalog),
        live=live(bench),
    )
    if not draft.run:
        return found
    try:
        return _candidate(bench, found, words)
    except SurefootError as problem:
        return replace(found, problem=problem)


def live(bench: Workbench) -> tuple[Live, ...]:
    """What was activated where and neither stopped nor ended; not on the GUI thread."""
    running = [one.active for one in bench.deployments.status() if one.state in _LIVE]
    models = {one.id: str(one.proposed.body.get("model")) for one in bench.releases.list()} if running else {}
    return tuple(
        Live(one.environment, one.release, one.name, one.version, models.get(one.release, "")) for one in running
    )


def _candidate(bench: Workbench, found: Dossier, words: Words) -> Dossier:
    ask, draft = bench.releases.questions, found.draft
    release = _release(bench, draft)
    ref = draft.run if release is None else release.id
    candidate = ask.candidate(ref)
    outline = ask.outline(draft.run, name=draft.name or None)
    gates = bench.releases.check(ref)
    made = judgements(bench, candidate.model.subject, found.subjects)
    return replace(
        found,
        candidate=candidate,
        outline=outline,
        gates=gates,
        judgements=ordered([_with_waiver(one, gates, found.names, words) for one in made]),
        outlook=ask.outlook(ref),
        release=release,
        package=None if release is None else package(bench, release),
    )


def _release(bench: Workbench, draft: Draft) -> Release | None:
    if not draft.release:
        return None
    try:
        return bench.releases.show(draft.release)
    except IncompleteError:  # of a project that was put back
        return None


def _with_waiver(one: Judgement, gates: Sequence[Gate], names: Mapping[str, str], words: Words) -> Judgement:
    gate = next((gate for gate in gates if gate.name == f"check.{one.kind}"), None)
    if gate is None or gate.state is not State.WAIVED:
        return one
    values = {**gate.values, "actor": names.get(gate.values.get("actor", ""), gate.values.get("actor", ""))}
    return replace(one, waived=words.told(f"why.releases.{gate.why}", **values))


def package(bench: Workbench, release: Release) -> Package:
    """The files and packages of a proposal."""
    files: Mapping[str, str] = release.proposed.body.get("files") or {}
    bill: Mapping[str, Any] = json.loads(bench.releases.questions.file(release.id, capsule.SBOM))
    parts = tuple(
        Part(str(one.get("name")), str(one.get("version")), _licence(one))
        for one in bill.get("components", ())
        if one.get("type") == "library"
    )
    return Package(tuple(sorted(files.items())), parts)


def _licence(component: Mapping[str, Any]) -> str:
    said = component.get("licenses") or ()
    return ", ".join(str(one.get("license", {}).get("name") or one.get("expression") or "") for one in said)
