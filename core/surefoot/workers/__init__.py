"""Processes with limits, for untrusted bytes and for libraries that take long to import (levels: formats.md §7)."""

from surefoot.workers.facts import DEFAULT, LEVEL, Cancel, Limits, Progress, Request, quiet
from surefoot.workers.handles import open_input
from surefoot.workers.service import run

__all__ = ["DEFAULT", "LEVEL", "Cancel", "Limits", "Progress", "Request", "open_input", "quiet", "run"]
