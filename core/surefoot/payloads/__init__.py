"""Code that leaves the house: it imports nothing of ours."""
