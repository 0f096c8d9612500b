"""Sources, versions, splits, quality and permission of the data that models are made from."""

from surefoot.datasets.facts import Added, Change, DatasetVersion, Finding, Health, Placed, Plan, Warned
from surefoot.datasets.service import Datasets
from surefoot.datasets.tables import REDUCERS

__all__ = ["REDUCERS", "Added", "Change", "DatasetVersion", "Datasets", "Finding", "Health", "Placed", "Plan", "Warned"]
