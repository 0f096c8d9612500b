"""Start of the agent: `python -I agent.pyz run FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from surefoot.payloads.agent import keeper

_USAGE = 2
_WORDS = 2


def main(words: list[str]) -> int:
    """Carries out the run in a folder; exit status 0 however it ended, 2 words off, 3 folder taken."""
    if len(words) != _WORDS or words[0] != "run":
        sys.stderr.write("usage: agent.pyz run FOLDER\n")
        return _USAGE
    return keeper.keep(Path(words[1]).absolute())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
