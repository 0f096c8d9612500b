"""The content-addressed store: everything large, named by its SHA-256."""
