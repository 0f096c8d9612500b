"""The content-addressed store: everything large, named by its SHA-256."""

from surefoot.objects.facts import Damage
from surefoot.objects.service import Objects

__all__ = ["Damage", "Objects"]
