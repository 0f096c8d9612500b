"""What the steps of a release may ask for; the wizard does it."""

from collections.abc import Callable
from dataclasses import dataclass

from surefoot_app.releases.drafts import Draft


@dataclass(frozen=True, slots=True)
class Hands:
    """The acts of the steps.

    Attributes:
        change: takes a draft with another choice in it. run: runs one kind of check on the candidate.
        waive: asks why and until when a check is let be. propose: fixes all files and records the proposal.
        approve, refuse: say yes or no to the proposal, with a reason. go: shows a step. policy: shows the policy page.
        busy: why nothing can be done now, in words; empty where something can.
    """

    change: Callable[[Draft], object]
    run: Callable[[str], object]
    waive: Callable[[str], object]
    propose: Callable[[], object]
    approve: Callable[[str], object]
    refuse: Callable[[str], object]
    go: Callable[[int], object]
    policy: Callable[[], object]
    busy: str = ""
