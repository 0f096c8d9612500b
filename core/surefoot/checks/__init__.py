"""Checks of a model against limits that were set beforehand, with what each cannot show."""

from surefoot.checks.facts import Asked, Case, Check, Finding, Judged, Limit, Measure, Result, Row
from surefoot.checks.service import Checks

__all__ = ["Asked", "Case", "Check", "Checks", "Finding", "Judged", "Limit", "Measure", "Result", "Row"]
