"""Packs the agent into one file that a bare Python 3.8 or later runs: `agent.pyz`.

Beside each module lies its compiled form for the Python that packed it: the same
version starts in half the time, any other reads the source.
"""

from __future__ import annotations

import hashlib
import py_compile
import tempfile
import zipfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_PACKAGE = "surefoot/payloads/agent/"
# Everything is written and ended by then: the interpreter need not tidy up for ten milliseconds.
_START = """import os
import sys
from surefoot.payloads.agent.__main__ import main
status = main(sys.argv[1:])
sys.stderr.flush()
os._exit(status)
"""
_NOT_PACKED = {"build.py"}


def digest() -> str:
    """SHA-256 over the names and sources of the agent's modules: which agent carried a run out."""
    whole = hashlib.sha256()
    for name, source in _modules().items():
        whole.update(name.encode() + b"\0" + source.encode() + b"\0")
    return whole.hexdigest()


def build(target: Path) -> Path:
    """Writes the agent as one file; returns its path."""
    modules = _modules()
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(str(target), "w", zipfile.ZIP_STORED) as pack:
        for name, source in modules.items():
            _add(pack, name, source.encode())
            if name != "__main__.py":
                _add(pack, name + "c", _compiled(name, source))
    return target


def _modules() -> dict[str, str]:
    modules = {"__main__.py": _START, "surefoot/__init__.py": "", "surefoot/payloads/__init__.py": ""}
    for path in sorted(_HERE.glob("*.py")):
        if path.name not in _NOT_PACKED:
            modules[_PACKAGE + path.name] = path.read_text(encoding="utf-8")
    return modules


def _add(pack: zipfile.ZipFile, name: str, data: bytes) -> None:
    pack.writestr(zipfile.ZipInfo(name), data)


def _compiled(name: str, source: str) -> bytes:
    """A module as bytecode that is used as it lies (PEP 552: hash-based, unchecked)."""
    with tempfile.TemporaryDirectory() as scratch:
        plain, compiled = Path(scratch, "module.py"), Path(scratch, "module.pyc")
        plain.write_text(source, encoding="utf-8")
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(plain), str(compiled), dfile=name, doraise=True, invalidation_mode=mode)
        return compiled.read_bytes()
