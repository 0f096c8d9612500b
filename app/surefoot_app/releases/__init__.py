"""Releases: from a run to a signed model with its proof, in seven steps; and the policy that they are held to."""
