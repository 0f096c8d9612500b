"""Sources, versions, splits, quality and permission of the data that models are made from."""

from typing import TYPE_CHECKING

from surefoot.datasets.facts import Added, Change, DatasetVersion, Finding, Health, Placed, Plan, Warned
from surefoot.deferred import exports

if TYPE_CHECKING:
    from surefoot.datasets.service import Datasets
    from surefoot.datasets.tables import REDUCERS
else:
    __getattr__ = exports(__name__, Datasets="service", REDUCERS="tables")

__all__ = ["REDUCERS", "Added", "Change", "DatasetVersion", "Datasets", "Finding", "Health", "Placed", "Plan", "Warned"]
