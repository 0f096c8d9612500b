"""Surefoot, headless: from a table to a signed, running, revocable model.

The library behind the desktop and the command line. `surefoot.workbench.Workbench` opens a project and hands
out the rooms' services; everything else is described room by room in docs/architecture.md.
"""

__version__ = "0.1.0"
