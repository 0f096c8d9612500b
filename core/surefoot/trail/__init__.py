"""The record: signed lines in append-only feeds, checkpoints, pins and recovery."""
