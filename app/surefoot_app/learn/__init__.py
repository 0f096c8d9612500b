"""Learn: lessons whose time has come, the checker of notebooks, and what the words mean."""
