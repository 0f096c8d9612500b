"""The catalog: a disposable DuckDB view of the trail, one slot a process."""

from surefoot.catalog.facts import EventSource, Reducer
from surefoot.catalog.service import Catalog

__all__ = ["Catalog", "EventSource", "Reducer"]
