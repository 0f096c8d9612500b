"""Candidates, gates, policies, approvals, capsules and their statements."""
