"""Environments, activation, leases, stop and roll-back."""

from surefoot.deployments.facts import Active, Deployed, Deployment, Environment, Hand, State, Stopped
from surefoot.deployments.keeper import Keeper
from surefoot.deployments.places import Places
from surefoot.deployments.service import Deployments
from surefoot.deployments.tables import REDUCERS

__all__ = [
    "REDUCERS",
    "Active",
    "Deployed",
    "Deployment",
    "Deployments",
    "Environment",
    "Hand",
    "Keeper",
    "Places",
    "State",
    "Stopped",
]
