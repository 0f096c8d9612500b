"""Identities, devices, keys and roles."""
