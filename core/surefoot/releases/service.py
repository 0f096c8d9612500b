"""The verbs of policies and releases: adopt, draft, check, approve, sign, show, list, materialise.

Every verb first takes in what others recorded, then decides by pure rules, then records, then acts. A refusal leaves
nothing recorded. What is signed is exactly what was drafted: each later verb judges all gates again.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from surefoot.catalog import Catalog
from surefoot.checks import plugins
from surefoot.errors import (
    ApprovalMissingError,
    Code,
    GateFailedError,
    IncompleteError,
    InputRefusedError,
    UsageError,
)
from surefoot.files import KEPT
from surefoot.objects import Objects
from surefoot.releases import capsule, policies, rules, statements
from surefoot.releases.drafting import Ground, Wish, draft
from surefoot.releases.evidence import Evidence, same_file
from surefoot.releases.facts import (
    AdoptedPolicy,
    Candidate,
    Gate,
    Loosening,
    Policy,
    Release,
    State,
)
from surefoot.releases.publishing import approval, approved, refusal, sign_all, write
from surefoot.releases.questions import Questions
from surefoot.releases.shelf import Shelf
from surefoot.releases.verification import VerifiedCapsule
from surefoot.releases.waivers import Waivers
from surefoot.texts import Words
from surefoot.trail import Recorder, Signer, Subject, ids, roots
from surefoot.workers import open_input


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy file beside what is in force.

    Attributes:
        adopted: in force, or None.
        path: the file, or None where there is none.
        is_edited: whether the file says something else than what is in force; it is a proposal then.
        proposed: what the file says, where a file was named.
        loosened: where that asks less than what is in force.
    """

    adopted: AdoptedPolicy | None
    path: Path | None
    is_edited: bool
    proposed: Policy | None = None
    loosened: tuple[Loosening, ...] = ()


def _refuse_settings(policy: Policy) -> None:
    """Refuses a policy that chooses what a check does not have; a misspelt choice must never count as none.

    Raises:
        UsageError: a check for which something is chosen is not installed here.
        InputRefusedError: it has no such parameter, or not this value.
    """
    chosen = {one.check: one.settings for one in policy.requirements if one.settings}
    if not chosen:
        return
    known = plugins.discover()
    for kind, settings in chosen.items():
        if kind not in known:
            raise UsageError(Code.CHECK_UNKNOWN, kind=kind, known=", ".join(known))
        plugins.settings(known[kind], settings)


class Releases:
    """Policies and releases of one project.

    Args:
        catalog: with `tables.REDUCERS` among its reducers.
        objects: the project's store.
        recorder: records with the key of `signer`.
        signer: the person's key; signs the statements.
        project: the project's folder.
        today: the day on which permissions have to hold.
        shelf: where dataset versions are laid out from; without it only their profiles are asked.
    """

    def __init__(  # noqa: PLR0913 - all that it stands on, each by name; the last two have a default
        self,
        *,
        catalog: Catalog,
        objects: Objects,
        recorder: Recorder,
        signer: Signer,
        project: Path,
        today: Callable[[], date] = _today,
        shelf: Shelf | None = None,
    ) -> None:
        self._today = today
        self._shelf = shelf
        self._objects = objects
        self._recorder = recorder
        self._signer = signer
        self._project = project
        self._evidence = Evidence(catalog=catalog, objects=objects)

    # policies

    def policy(self, path: Path | None = None) -> PolicyView:
        """The policy in force, and whether a file (by default the only one in policies/) says something else.

        Raises:
            IncompleteError: there is no such file. InputRefusedError: the named file cannot be judged by.
        """
        self._evidence.refresh()
        adopted = self._evidence.policy()
        files = sorted((self._project / "policies").glob("*.toml"))
        place = path or (files[0] if len(files) == 1 else None)
        in_force = None if adopted is None else self._objects.read(adopted.sha256)
        is_edited = place is not None and (in_force is None or not same_file(place, in_force))
        return PolicyView(adopted, place, is_edited, *_proposed(path, adopted))

    def adopt(self, path: Path) -> AdoptedPolicy:
        """Puts a policy file in force; says openly where it asks less than the one before.

        Raises:
            IncompleteError: there is no such file.
            InputRefusedError, UsageError: the file cannot be read or judged by, or is in force already.
        """
        self._evidence.refresh()
        data = _bytes_of(path)
        policy = policies.parse(data, path=path.name)
        _refuse_settings(policy)
        before = self._evidence.policy()
        if before is not None and before.sha256 == hashlib.sha256(data).hexdigest():
            raise InputRefusedError(Code.POLICY_ADOPTED_ALREADY, name=policy.name, path=path)
        self._recorder.ready()
        subject = Subject(self._evidence.policy_id(policy.name) or ids.new("pol"), self._objects.put_bytes(data))
        self._recorder.record(*policies.adoption(policy, subject, before))
        self._evidence.refresh()
        return self._in_force()

    def _in_force(self) -> AdoptedPolicy:
        policy = self._evidence.policy()
        if policy is None:
            raise IncompleteError(Code.POLICY_NONE)
        return policy

    # releases

    def draft(
        self,
        ref: str,
        *,
        name: str | None = None,
        version: str | None = None,
        environments: Sequence[str] = ("local",),
        words: Words | None = None,
        trade_off: str = "",
    ) -> Release:
        """Fixes every file of a release by its hash and proposes it.

        Args:
            ref: a run or an accepted model.
            name: of the release; by default the recipe's product, else the experiment's name.
            version: `major.minor.patch`; by default the next one by what changed.
            environments: where it may run.
            words: the language of the model card; English by default.
            trade_off: what was given up for what, in a sentence of whoever proposes it; recorded with the proposal.

        Raises:
            IncompleteError: no accepted model, no policy in force, or an object is missing.
            GateFailedError: a required check was never run on this model, or the model was refused since.
            InputRefusedError: a name or version that cannot be, or one that is signed already.
        """
        self._evidence.refresh()
        candidate, policy = self._evidence.candidate(ref), self._in_force()
        self._refuse_early(ref, candidate, policy)
        waivers = rules.waivers(self._case(ref, candidate, policy, None))
        self._recorder.ready()
        ground = Ground(self._evidence, self._objects, self._founding().ws, candidate, policy, waivers, self._shelf)
        made = draft(ground, Wish(name, version, tuple(environments), words or Words(), trade_off))
        self._recorder.record(made)
        self._evidence.refresh()
        return self._evidence.release(made.subjects[0].id)

    def _refuse_early(self, ref: str, candidate: Candidate, policy: AdoptedPolicy) -> None:
        """What a draft cannot be made without: the rest may be judged (and refused) later, on the record."""
        judged = rules.gates(self._case(ref, candidate, policy, None))
        early = [
            gate
            for gate in rules.closed(judged)
            if gate.name == "model" or (gate.name.startswith("check.") and gate.state is State.MISSING)
        ]
        if early:
            raise _closed(ref, early)
        if candidate.missing_objects:
            raise IncompleteError(Code.OBJECT_MISSING, sha256=candidate.missing_objects[0])

    def check(self, ref: str) -> tuple[Gate, ...]:
        """Judges every gate of a release, or of a run or model that is no release yet.

        Raises:
            IncompleteError: nothing of that name.
        """
        self._evidence.refresh()
        try:
            release = self._evidence.release(ref)
        except IncompleteError:
            candidate = self._evidence.candidate(ref)
            return rules.gates(self._case(ref, candidate, self._evidence.policy(), None))
        return rules.gates(self._case_of(release))

    @property
    def questions(self) -> Questions:
        """What can be asked of a release before and after it is drafted; nothing is recorded."""
        return Questions(self._evidence, self._objects, self._shelf)

    @property
    def waivers(self) -> Waivers:
        """Required checks that are left out for some days, openly."""
        return Waivers(self._evidence, self._recorder, self._today)

    def approve(self, ref: str, *, reason: str = "") -> Release:
        """Agrees to a release as it was drafted, in the role of this key; a second time by one person is nothing new.

        Raises:
            InputRefusedError: it, or another of its name and version, is signed already.
            GateFailedError: a gate is closed, something changed since the draft, or somebody refused it.
        """
        self._evidence.refresh()
        release = self._evidence.release(ref)
        self._refuse_closed(release)
        if any(one.actor == self._signer.actor for one in release.approvals):
            return release
        self._recorder.record(approval(release, reason))
        self._evidence.refresh()
        return self._evidence.release(release.id)

    def refuse(self, ref: str, *, reason: str) -> Release:
        """Says no to a release as it was drafted; it cannot be signed any more, and a new draft is another one.

        Raises:
            InputRefusedError: it is signed already.
        """
        release = self.show(ref)
        _refuse_signed(release, ())
        self._recorder.record(refusal(release, reason))
        return self.show(release.id)

    def sign(self, ref: str) -> Release:
        """Makes and signs the statements, proves the whole capsule once, and records the release as approved.

        Raises:
            InputRefusedError: it, or another of its name and version, is signed already; the capsule does not verify.
            GateFailedError: a gate is closed. ApprovalMissingError: somebody who has to agree has not.
        """
        self._evidence.refresh()
        release = self._evidence.release(ref)
        judged = self._refuse_closed(release)
        lacking = next((gate for gate in rules.closed(judged) if gate.name == "approvals"), None)
        if lacking is not None:
            raise ApprovalMissingError(Code.APPROVALS_MISSING, release=release.id, **_approval_values(lacking))
        self._recorder.ready()
        case = self._case_of(release)
        basis = statements.gather(case, capsule.decode(self._objects.read(release.digest)))
        root = (self._project / KEPT / "trail" / roots.FIRST).read_bytes()
        proofs = sign_all(basis, self._objects, self._signer, root=root)
        with tempfile.TemporaryDirectory(prefix="surefoot-") as folder:
            write(self._objects, basis.manifest, basis.digest, proofs=proofs, folder=Path(folder) / "capsule")
        self._recorder.record(approved(release, basis, proofs, is_solo=self._founding().is_solo))
        self._evidence.refresh()
        return self._evidence.release(release.id)

    def show(self, ref: str) -> Release:
        """A release by id, digest, `name` or `name@version` (the newest that is meant).

        Raises:
            IncompleteError: there is none.
        """
        self._evidence.refresh()
        return self._evidence.release(ref)

    def list(self) -> tuple[Release, ...]:
        """All releases, newest first."""
        self._evidence.refresh()
        return self._evidence.releases()

    def materialise(self, ref: str, folder: Path) -> VerifiedCapsule:
        """Writes a signed release's capsule into a new folder, files read-only, and verifies every byte of it.

        Raises:
            IncompleteError: it is not signed, or an object is missing.
            InputRefusedError: the folder is in use, or the capsule does not verify.
        """
        release = self.show(ref)
        if release.approved is None:
            raise IncompleteError(Code.RELEASE_NOT_SIGNED, release=release.id)
        manifest = capsule.decode(self._objects.read(release.digest))
        proofs = release.approved.body["proofs"]
        return write(self._objects, manifest, release.digest, proofs=proofs, folder=folder)

    # judging

    def _refuse_closed(self, release: Release) -> tuple[Gate, ...]:
        """Judges everything but the approvals, and refuses what is closed."""
        _refuse_signed(release, self._evidence.signed(release.name))
        if release.refusals:
            reason = str((release.refusals[-1].body or {}).get("reason") or "–")
            raise GateFailedError(Code.RELEASE_REFUSED, release=release.id, reason=reason)
        judged = rules.gates(self._case_of(release))
        shut = rules.closed(judged, but=frozenset({"approvals"}))
        if shut:
            raise _closed(release.id, shut)
        return judged

    def _case_of(self, release: Release) -> rules.Case:
        candidate = self._evidence.candidate(str(release.proposed.body.get("model")))
        return self._case(release.id, candidate, self._evidence.policy(), release)

    def _case(
        self, ref: str, candidate: Candidate, policy: AdoptedPolicy | None, release: Release | None
    ) -> rules.Case:
        changed = () if release is None else self._evidence.changed(release, candidate)
        return rules.Case(ref, candidate, policy, release, self._today(), changed)

    def _founding(self) -> roots.Founding:
        return roots.read(self._project / KEPT / "trail")


def _proposed(path: Path | None, adopted: AdoptedPolicy | None) -> tuple[Policy | None, tuple[Loosening, ...]]:
    """What a named file says, and where it asks less than what is in force."""
    if path is None:
        return None, ()
    policy = policies.parse(_bytes_of(path), path=path.name)
    return policy, () if adopted is None else policies.loosened(adopted.policy, policy)


def _bytes_of(path: Path) -> bytes:
    """A policy file's bytes, one more than may be at the most.

    Raises:
        IncompleteError: there is no such file. InputRefusedError: it is no plain file, or cannot be read.
    """
    with os.fdopen(open_input(path), "rb") as file:
        return file.read(policies.MAX_BYTES + 1)


def _refuse_signed(release: Release, signed: Sequence[Release]) -> None:
    """A version names one thing for ever: what is signed never changes, and nothing else gets its name and version.

    Raises:
        InputRefusedError: it is signed, or another proposal of its name and version is.
    """
    if release.approved is not None:
        raise InputRefusedError(Code.RELEASE_SIGNED, release=release.id)
    if any(one.version == release.version for one in signed):
        raise InputRefusedError(Code.VERSION_TAKEN, name=release.name, version=release.version)


def _closed(ref: str, gates: Sequence[Gate]) -> GateFailedError:
    return GateFailedError(Code.GATES_CLOSED, release=ref, gates=", ".join(gate.name for gate in gates))


def _approval_values(gate: Gate) -> dict[str, str]:
    return {key: gate.values.get(key, "-") for key in ("given", "needed", "roles")}
