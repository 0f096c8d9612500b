"""Lists of known vulnerabilities, handed in by people and never fetched; and which packages they name."""

from typing import TYPE_CHECKING

from surefoot.advisories.facts import Advice, Listing
from surefoot.deferred import exports

if TYPE_CHECKING:
    from surefoot.advisories.service import Advisories
else:
    __getattr__ = exports(__name__, Advisories="service")

__all__ = ["Advice", "Advisories", "Listing"]
