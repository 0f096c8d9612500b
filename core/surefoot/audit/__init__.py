"""Questions, walk-back and reports over the record."""

from surefoot.audit.service import Audit
from surefoot.audit.tables import REDUCERS

__all__ = ["REDUCERS", "Audit"]
