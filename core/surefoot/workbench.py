"""The composition root: opens a project and hands out the rooms' services."""
