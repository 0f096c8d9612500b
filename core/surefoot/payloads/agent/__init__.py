"""The agent: carries out one run where it is, with no key and no knowledge of the workbench (Python 3.8 syntax)."""
