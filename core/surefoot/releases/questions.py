"""Questions about releases and about what is no release yet, answered from the record; nothing is recorded."""

from surefoot.errors import Code, IncompleteError
from surefoot.objects import Objects
from surefoot.releases import drafting, outlook, spdx
from surefoot.releases.evidence import Evidence
from surefoot.releases.facts import Candidate, Outline, Outlook
from surefoot.releases.shelf import Shelf


class Questions:
    """Answers what people want to know before they draft, approve or sign.

    Args:
        evidence: answers from the record. objects: the project's store.
        shelf: where dataset versions are laid out from; without it only their profiles are asked.
    """

    def __init__(self, evidence: Evidence, objects: Objects, shelf: Shelf | None) -> None:
        self._evidence = evidence
        self._objects = objects
        self._shelf = shelf

    def outline(self, ref: str, *, name: str | None = None) -> Outline:
        """What a draft of a run or model would be called, and what it changes.

        Raises:
            IncompleteError: nothing of that name. InputRefusedError: the name cannot be.
        """
        self._evidence.refresh()
        return drafting.outline(self._evidence, self._evidence.candidate(ref), self._shelf, name=name)

    def outlook(self, ref: str) -> Outlook:
        """What a service of a release (or of a run or model) will take, and what of the data travels with it.

        Raises:
            IncompleteError: nothing of that name.
        """
        self._evidence.refresh()
        return outlook.of(ref, evidence=self._evidence, objects=self._objects, shelf=self._shelf)

    def candidate(self, ref: str) -> Candidate:
        """What a release, or a run or model that is no release yet, rests on.

        Raises:
            IncompleteError: nothing of that name.
        """
        self._evidence.refresh()
        return self._evidence.meant(ref)

    def file(self, ref: str, path: str) -> bytes:
        """A content file of a release as it was fixed by the draft, such as `model-card.md`.

        Raises:
            IncompleteError: there is no such release, or it has no such file.
        """
        self._evidence.refresh()
        files = self._evidence.release(ref).proposed.body.get("files") or {}
        if path not in files:
            raise IncompleteError(Code.FILE_MISSING, path=path)
        return self._objects.read(files[path])

    def spdx(self, ref: str) -> bytes:
        """A signed release as an SPDX 3.0 document; raises as `spdx.of`."""
        self._evidence.refresh()
        return spdx.of(self._evidence.release(ref), self._evidence, self._objects)
