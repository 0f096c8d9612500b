"""Environments, activation, leases, stop and roll-back."""

from typing import TYPE_CHECKING

from surefoot.deferred import exports
from surefoot.deployments.facts import Active, Deployed, Deployment, Environment, Hand, State, Stopped

if TYPE_CHECKING:
    from surefoot.deployments.keeper import Keeper
    from surefoot.deployments.places import Places
    from surefoot.deployments.service import Deployments
    from surefoot.deployments.stopping import stop_unrecorded
    from surefoot.deployments.tables import REDUCERS
else:
    __getattr__ = exports(
        __name__, Deployments="service", Keeper="keeper", Places="places", REDUCERS="tables", stop_unrecorded="stopping"
    )

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
    "stop_unrecorded",
]
