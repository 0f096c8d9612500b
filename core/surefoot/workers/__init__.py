"""Limited processes for untrusted bytes and heavy libraries."""
