"""Questions, walk-back and reports over the record."""

from typing import TYPE_CHECKING

from surefoot.deferred import exports

if TYPE_CHECKING:
    from surefoot.audit.answers import Answers
    from surefoot.audit.service import Audit
    from surefoot.audit.tables import REDUCERS
else:
    __getattr__ = exports(__name__, Answers="answers", Audit="service", REDUCERS="tables")

__all__ = ["REDUCERS", "Answers", "Audit"]
