"""Checks of a model against limits that were set beforehand, with what each cannot show."""

from typing import TYPE_CHECKING

from surefoot.checks.facts import Asked, Case, Check, Finding, Judged, Limit, Measure, Result, Row, Subject
from surefoot.deferred import exports

if TYPE_CHECKING:
    from surefoot.checks.ground import Outside
    from surefoot.checks.service import Checks
else:
    __getattr__ = exports(__name__, Checks="service", Outside="ground")

__all__ = [
    "Asked",
    "Case",
    "Check",
    "Checks",
    "Finding",
    "Judged",
    "Limit",
    "Measure",
    "Outside",
    "Result",
    "Row",
    "Subject",
]
