"""`python -I -m surefoot.payloads.service --capsule DIR --anchor FILE --state DIR --port 0`.

Exit codes: 0 ended as asked or after a stop, 8 refused to serve (`status.json` in the state folder says why).
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from surefoot.payloads.service.refusals import RefusedError
from surefoot.payloads.service.serving import HOST, Order, serve

_REFUSED = 8


def main(arguments: list[str] | None = None) -> int:
    """Runs the wrapper."""
    parser = argparse.ArgumentParser(prog="surefoot-service", description="Serves one released model on this machine.")
    parser.add_argument("--capsule", type=Path, required=True)
    parser.add_argument("--anchor", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--host", default=HOST, help="an IP address of this machine; other than loopback only with TLS")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate", type=Path, help="PEM file to show over TLS")
    parser.add_argument("--private-key", type=Path, help="PEM file of its key, not encrypted")
    parser.add_argument("--wait", type=float, default=10.0, help="seconds to wait for a port that is taken")
    parser.add_argument("--hold", type=float, default=0.0, help="seconds to wait for the file `go` in the state folder")
    parser.add_argument("--linger", type=float, default=60.0, help="seconds to answer 503 after a stop")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # A caller who sends nonsense must not fill the disk with complaints about it.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    os.umask(0o077)
    order = Order(
        folder=given.capsule,
        anchor=given.anchor,
        state=given.state,
        host=given.host,
        port=given.port,
        certificate=given.certificate,
        private_key=given.private_key,
        wait=given.wait,
        hold=given.hold,
        linger=given.linger,
    )
    try:
        serve(order)
    except RefusedError as error:
        sys.stderr.write(f"refused: {error}\n")
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
