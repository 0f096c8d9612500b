"""The catalog: a disposable DuckDB view of the trail, one slot a process."""
