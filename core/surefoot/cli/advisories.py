"""`surefoot advisories …`."""

from dataclasses import asdict
from pathlib import Path

from surefoot.cli.call import Answer, Call


def import_(call: Call) -> Answer:
    """Imports a list of known vulnerabilities."""
    with call.patiently("say.cli.leaving") as leave:
        listing = call.acting.advisories.add(Path(call["file"]), progress=call.progress, cancel=leave)
    said = call.words("say.advisories.imported", records=listing.records, packages=listing.packages, date=listing.date)
    return Answer(asdict(listing), (said,))
