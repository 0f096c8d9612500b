"""`surefoot advisories …`."""

from dataclasses import asdict
from pathlib import Path

from surefoot.cli.call import Answer, Call


def import_(call: Call) -> Answer:
    """Imports a list of known vulnerabilities."""
    with call.patiently("say.cli.leaving") as leave:
        listing = call.acting.advisories.add(Path(call["file"]), progress=call.progress, cancel=leave)
    counts = {"records": call.words.count(listing.records), "packages": call.words.count(listing.packages)}
    said = call.words("say.advisories.imported", date=listing.date, **counts)
    return Answer(asdict(listing), (said,))
