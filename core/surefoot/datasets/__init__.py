"""Datasets: sources, versions, splits, quality, sensitivity and permission."""
