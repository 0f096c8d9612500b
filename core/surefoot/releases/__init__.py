"""Candidates, gates, policies, approvals, capsules and their statements."""

from surefoot.releases.facts import AdoptedPolicy, Anchor, Gate, Release, State
from surefoot.releases.service import PolicyView, Releases
from surefoot.releases.tables import REDUCERS
from surefoot.releases.verification import VerifiedCapsule, verify_capsule

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
    "verify_capsule",
]
