"""Dumb widgets: they show what they are given and say what was pressed. No noun of the domain, no words of ours."""
