"""Candidates, gates, policies, approvals, capsules and their statements."""

from typing import TYPE_CHECKING

from surefoot.deferred import exports
from surefoot.releases.facts import AdoptedPolicy, Anchor, Gate, Release, State

if TYPE_CHECKING:
    from surefoot.releases.evidence import live_model
    from surefoot.releases.lock import wrapper_packages
    from surefoot.releases.policies import asked
    from surefoot.releases.service import PolicyView, Releases
    from surefoot.releases.tables import REDUCERS
    from surefoot.releases.verification import VerifiedCapsule, verify_capsule
else:
    __getattr__ = exports(
        __name__,
        asked="policies",
        live_model="evidence",
        PolicyView="service",
        Releases="service",
        REDUCERS="tables",
        VerifiedCapsule="verification",
        verify_capsule="verification",
        wrapper_packages="lock",
    )

__all__ = [
    "REDUCERS",
    "AdoptedPolicy",
    "Anchor",
    "Gate",
    "PolicyView",
    "Release",
    "Releases",
    "State",
    "VerifiedCapsule",
    "asked",
    "live_model",
    "verify_capsule",
    "wrapper_packages",
]
