"""Questions, walk-back and reports over the record."""
