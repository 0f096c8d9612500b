"""Datasets: the versions there are, one of them whole, and the six steps that make another."""
