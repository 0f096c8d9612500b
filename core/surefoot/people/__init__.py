"""Identities: whose keys there are, how they are kept, who signs."""

from surefoot.people.facts import Kept, Person
from surefoot.people.secrets import has_store, passphrase_from_file
from surefoot.people.service import Identities

__all__ = ["Identities", "Kept", "Person", "has_store", "passphrase_from_file"]
