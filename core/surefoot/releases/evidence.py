"""Reads from the record what a release rests on and what became of it, by following causes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surefoot.catalog import Catalog
from surefoot.errors import Code, IncompleteError
from surefoot.models.facts import INSIDE
from surefoot.objects import Objects
from surefoot.releases import capsule, policies, sbom, tables
from surefoot.releases.facts import AdoptedPolicy, Candidate, Loosening, RecordedEvent, Release


class Evidence:
    """Questions about models, policies and releases, answered from catalog and objects; changes nothing."""

    def __init__(self, *, catalog: Catalog, objects: Objects) -> None:
        self._catalog = catalog
        self._objects = objects

    def refresh(self) -> None:
        """Takes in what was recorded since, by whichever process."""
        self._catalog.catch_up()

    def candidate(self, ref: str) -> Candidate:
        """The accepted model that a model id, its SHA-256 or a run id names, with all that it rests on.

        Raises:
            IncompleteError: there is none.
        """
        model = tables.accepted_model(self._catalog, ref)
        ended = None if model is None else self._cause(model, "run.")
        if model is None or ended is None:
            raise IncompleteError(Code.NO_ACCEPTED_MODEL, ref=ref)
        before = self._cause(ended, "run.")
        started = before if before is not None and before.type == "run.started" else None
        requested = before if started is None else self._cause(started, "run.")
        data = {} if requested is None else self._data(requested)
        checks: dict[str, RecordedEvent] = {}
        for one in tables.resting_on(self._catalog, model.leaf, "check.%"):
            if one.body.get("model") in (model.subject, model.sha256):
                checks.setdefault(str(one.body.get("kind")), one)
        waivers: dict[str, RecordedEvent] = {}
        for one in tables.resting_on(self._catalog, model.leaf, "waiver.given"):
            if not tables.resting_on(self._catalog, one.leaf, "waiver.ended"):
                waivers.setdefault(str(one.body.get("check")), one)
        return Candidate(
            model=model,
            ended=ended,
            started=started,
            requested=requested,
            data=data,
            checks=checks,
            strangers=tuple(sorted(tables.checked_kinds(self._catalog) - set(checks))),
            refusal=tables.refusal(self._catalog, model),
            missing_objects=self._missing(model, requested, data),
            waivers=waivers,
        )

    def meant(self, ref: str) -> Candidate:
        """What a release, run or model rests on.

        Raises:
            IncompleteError: there is none.
        """
        try:
            ref = str(self.release(ref).proposed.body.get("model"))
        except IncompleteError:
            return self.candidate(ref)
        return self.candidate(ref)

    def _cause(self, event: RecordedEvent, prefix: str) -> RecordedEvent | None:
        causes = tables.by_leaves(self._catalog, event.cause)
        return next((one for one in causes if one.type.startswith(prefix)), None)

    def _data(self, requested: RecordedEvent) -> dict[str, RecordedEvent]:
        """The registered versions, by the names that the recipe gives them."""
        events = [one for one in tables.by_leaves(self._catalog, requested.cause) if one.type.startswith("asset.")]
        said: Mapping[str, Any] = requested.body.get("data") or {}
        found: dict[str, RecordedEvent] = {}
        for name, entry in said.items():
            match = [one for one in events if (one.subject, one.sha256) == (entry.get("id"), entry.get("version"))]
            if match:
                found[name] = match[0]
        return found

    def _missing(
        self, model: RecordedEvent, requested: RecordedEvent | None, data: Mapping[str, RecordedEvent]
    ) -> tuple[str, ...]:
        """The objects without which the run could not be rebuilt or the capsule not be made."""
        asked: Mapping[str, Any] = {} if requested is None else requested.body
        code = asked.get("code") or {}
        beside = model.body.get("preprocessing")
        wanted = [model.sha256, model.body.get("vectors"), asked.get("recipe"), asked.get("plan")]
        wanted += [None if beside == INSIDE else beside]
        wanted += [code.get("files"), code.get("patch")]
        wanted += [event.body.get("manifest") for event in data.values()]
        return tuple(sorted({one for one in wanted if isinstance(one, str) and not self._objects.has(one)}))

    def policy(self) -> AdoptedPolicy | None:
        """The policy in force: the last one adopted."""
        event = tables.newest(self._catalog, "policy.adopted")
        if event is None:
            return None
        data = self._objects.read(event.sha256)
        return AdoptedPolicy(
            id=event.subject,
            leaf=event.leaf,
            sha256=event.sha256,
            number=tables.count(self._catalog, "policy.adopted"),
            policy=policies.parse(data, path=str(event.body.get("name"))),
            at=event.at,
            actor=event.actor,
            loosened=tuple(
                Loosening(str(one["key"]), str(one["old"]), str(one["new"])) for one in event.body.get("loosened") or ()
            ),
        )

    def policy_id(self, name: str) -> str | None:
        """The id under which a policy of this name was adopted before."""
        known = tables.of_type(self._catalog, "policy.adopted")
        return next((one.subject for one in known if one.body.get("name") == name), None)

    def release(self, ref: str) -> Release:
        """The newest release that an id, a digest, `name` or `name@version` means.

        Raises:
            IncompleteError: there is none.
        """
        found = tables.proposals(self._catalog, ref)
        if not found:
            raise IncompleteError(Code.RELEASE_UNKNOWN, ref=ref)
        return self._release(found[0])

    def releases(self) -> tuple[Release, ...]:
        """All releases, newest first."""
        return tuple(self._release(one) for one in tables.of_type(self._catalog, "release.proposed"))

    def signed(self, name: str) -> tuple[Release, ...]:
        """The signed releases of a name, newest first."""
        found = (self._release(one) for one in tables.proposals(self._catalog, f"{name}@"))
        return tuple(one for one in found if one.approved is not None)

    def _release(self, proposed: RecordedEvent) -> Release:
        decisions = tables.resting_on(self._catalog, proposed.leaf, "approval.%")
        approvals = tuple(
            one
            for one in reversed(decisions)
            if one.type == "approval.given"
            and one.subject == proposed.subject
            and not tables.resting_on(self._catalog, one.leaf, "approval.withdrawn")
        )
        signed = [
            one for given in approvals for one in tables.resting_on(self._catalog, given.leaf, "release.approved")
        ]
        return Release(
            id=proposed.subject,
            name=str(proposed.body.get("name")),
            version=str(proposed.body.get("version")),
            digest=proposed.sha256,
            proposed=proposed,
            approvals=approvals,
            refusals=tuple(one for one in decisions if one.type == "approval.refused"),
            approved=next((one for one in signed if one.sha256 == proposed.sha256), None),
        )

    def changed(self, release: Release, candidate: Candidate) -> tuple[str, ...]:
        """What is no longer as the proposal says: newer checks, another model, files that are lost or disagree."""
        body = release.proposed.body
        found = [kind for kind, leaf in (body.get("checks") or {}).items() if _leaf(candidate, kind) != leaf]
        files: Mapping[str, str] = body.get("files") or {}
        judged = {capsule.MODEL: candidate.model.sha256, capsule.PREPROCESSING: candidate.preprocessing}
        found += [path for path, sha256 in judged.items() if files.get(path) != sha256]
        found += [path for path, sha256 in sorted(files.items()) if not self._objects.has(sha256)]
        if not found and self._listed(release) != files:
            found.append(capsule.MANIFEST)
        if not found:
            bill = sbom.file_digests(self._objects.read(files[capsule.SBOM]))
            found += [path for path, sha256 in files.items() if path != capsule.SBOM and bill.get(path) != sha256]
        return tuple(sorted(found))

    def _listed(self, release: Release) -> dict[str, str]:
        """The files of the manifest that the proposal's digest names."""
        if not self._objects.has(release.digest):
            return {}
        manifest = capsule.decode(self._objects.read(release.digest))
        return {one.path: one.sha256 for one in manifest.files}

    def profile(self, event: RecordedEvent) -> bytes | None:
        """The profile of a dataset version, where it is kept."""
        digest = event.body.get("profile")
        return self._objects.read(digest) if isinstance(digest, str) and self._objects.has(digest) else None


def live_model(catalog: Catalog) -> tuple[str, str | None] | None:
    """The SHA-256 of the model that was activated last, wherever, and of the graph before it; None where none was."""
    activated = tables.newest(catalog, "release.activated")
    proposed = () if activated is None else tables.proposals(catalog, str(activated.body.get("release")))
    files = proposed[0].body["files"] if proposed else {}
    return (str(files[capsule.MODEL]), files.get(capsule.PREPROCESSING)) if files else None


def _leaf(candidate: Candidate, kind: str) -> str | None:
    event = candidate.checks.get(kind)
    return None if event is None else event.leaf


def same_file(path: Path, data: bytes) -> bool:
    """Whether a file holds exactly these bytes."""
    try:
        return path.read_bytes() == data
    except OSError:
        return False
