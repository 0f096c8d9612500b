"""Runs: the queue, the supervisor, telemetry, collection and comparison."""

from typing import TYPE_CHECKING

from surefoot.deferred import exports

if TYPE_CHECKING:
    from surefoot.runs.service import Runs, Ways
else:
    __getattr__ = exports(__name__, Runs="service", Ways="service")

__all__ = ["Runs", "Ways"]
