"""Notebooks: their risks in production, found without running them, and the way out of one into an experiment."""

from surefoot.guide.notebooks.facts import Draft, Finding, Report
from surefoot.guide.notebooks.service import check, import_into

__all__ = ["Draft", "Finding", "Report", "check", "import_into"]
