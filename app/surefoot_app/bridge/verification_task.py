"""What the process of `Verification` does: verifies a record after all that is more urgent, and writes the report."""

import os
import sys
from pathlib import Path

import msgspec

from surefoot.trail import verify

_NICE = 10


def main() -> None:
    """Takes the project's `.surefoot` and the state folder."""
    record, pins = (Path(each) for each in sys.argv[1:3])
    os.nice(_NICE)
    sys.stdout.buffer.write(msgspec.json.encode(verify(record, pins=pins)))


if __name__ == "__main__":
    main()
