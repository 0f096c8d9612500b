"""Runs: the queue, the supervisor, telemetry, collection and comparison."""
