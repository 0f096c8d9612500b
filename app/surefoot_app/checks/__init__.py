"""Checks: what was measured of a run's model, against which limits, and what it cannot show."""
