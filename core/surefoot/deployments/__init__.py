"""Environments, activation, leases, stop and roll-back."""
