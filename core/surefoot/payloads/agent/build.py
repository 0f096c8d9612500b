"""Packs the agent into one file that a bare Python 3.8 or later runs: `agent.pyz`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from surefoot.payloads import packing

_HERE = Path(__file__).resolve().parent
# Everything is written and ended by then: the interpreter need not tidy up for ten milliseconds.
_START = """import os
import sys
from surefoot.payloads.agent.__main__ import main
status = main(sys.argv[1:])
sys.stderr.flush()
os._exit(status)
"""


def digest() -> str:
    """SHA-256 over the names and sources of the agent's modules: which agent carried a run out."""
    whole = hashlib.sha256()
    for name, source in _modules().items():
        whole.update(name.encode() + b"\0" + source.encode() + b"\0")
    return whole.hexdigest()


def build(target: Path) -> Path:
    """Writes the agent as one file; returns its path."""
    return packing.pack(target, _modules())


def _modules() -> dict[str, str]:
    return packing.modules(_HERE, _START, without=("build.py",))
