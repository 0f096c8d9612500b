"""What the process of `Verification` does: verifies a record after all that is more urgent, and writes the report."""

import os
import sys
import threading
from pathlib import Path

import msgspec

from surefoot.trail import verify

_NICE = 19


def _end_with_parent() -> None:
    """Waits until nobody holds the other end of the input any more: whoever asked is gone, however that came."""
    # Past Python's buffer: whoever reads through that as the interpreter ends has it abort.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(1)


def main() -> None:
    """Takes the project's `.surefoot` and the state folder."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    record, pins = (Path(each) for each in sys.argv[1:3])
    os.nice(_NICE)
    sys.stdout.buffer.write(msgspec.json.encode(verify(record, pins=pins)))


if __name__ == "__main__":
    main()
