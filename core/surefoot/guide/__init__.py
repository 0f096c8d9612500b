"""Lessons and the sample journey: what teaches by doing."""
