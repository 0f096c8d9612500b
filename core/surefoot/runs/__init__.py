"""Runs: the queue, the supervisor, telemetry, collection and comparison."""

from typing import TYPE_CHECKING

from surefoot.deferred import exports

if TYPE_CHECKING:
    from surefoot.runs.service import Runs, Ways
    from surefoot.runs.trial import Stage, Trials
else:
    __getattr__ = exports(__name__, Runs="service", Ways="service", Stage="trial", Trials="trial")

__all__ = ["Runs", "Stage", "Trials", "Ways"]
