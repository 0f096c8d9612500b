"""What is said before anything is signed: what a service of a release will take, what of the data travels with it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from surefoot.errors import IncompleteError
from surefoot.objects import Objects
from surefoot.releases import capsule, drafting
from surefoot.releases import shelf as shelves
from surefoot.releases.evidence import Evidence
from surefoot.releases.facts import Candidate, Caution, Outlook, RecordedEvent
from surefoot.releases.shelf import Shelf

_TENTH = 10
_NOBODY = "not-personal"


def of(ref: str, *, evidence: Evidence, objects: Objects, shelf: Shelf | None) -> Outlook:
    """The outlook of a release, or of a run or model that is no release yet.

    Raises:
        IncompleteError: nothing of that name.
    """
    try:
        release = evidence.release(ref)
    except IncompleteError:
        candidate = evidence.candidate(ref)
        signature = drafting.signature(evidence, candidate, shelf, name="")
    else:
        candidate = evidence.candidate(str(release.proposed.body.get("model")))
        signature = json.loads(objects.read(release.proposed.body["files"][capsule.SIGNATURE]))
    return Outlook(tuple(signature["inputs"]), tuple(_cautions(candidate, objects, shelf)))


def _cautions(candidate: Candidate, objects: Objects, shelf: Shelf | None) -> Iterator[Caution]:
    """Example rows that are somebody's, where the data are about people."""
    vectors = candidate.model.body.get("vectors")
    for _, event in sorted(candidate.data.items()):
        name = str(event.body.get("name"))
        if not _is_about_people(event) or not isinstance(vectors, str) or not objects.has(vectors):
            continue
        found = shelves.real_rows(shelf, event, objects.read(vectors))
        if found is None:
            yield Caution("examples_unknown", {"data": name})
        elif found[0] * _TENTH > found[1]:
            yield Caution("examples_real", {"data": name, "real": str(found[0]), "rows": str(found[1])})


def _is_about_people(event: RecordedEvent) -> bool:
    body, quality = event.body, event.body.get("quality")
    if body.get("legal_basis") == _NOBODY:
        return False
    warnings = quality.get("warnings") if isinstance(quality, Mapping) else None
    signs: list[Any] = list(warnings) if isinstance(warnings, list | tuple) else []
    is_personal = any(isinstance(one, Mapping) and one.get("key") == "personal-data" for one in signs)
    return is_personal or any(body.get(role) for role in ("subject", "protected", "special"))
