"""The desktop over the `surefoot` library. The library never imports this package."""
