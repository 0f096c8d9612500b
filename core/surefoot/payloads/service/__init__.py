"""The wrapper that serves a released model: it verifies its capsule, then answers."""
