"""Runs: the long table, what tells runs apart, and the page of one run."""
