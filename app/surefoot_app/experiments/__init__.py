"""Experiments: what is asked, how the answer will be judged, and the steps that write it down."""
