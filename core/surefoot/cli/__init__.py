"""Thin commands: the same verbs as the desktop's actions. Every process of ours starts here."""
