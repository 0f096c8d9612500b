"""Packs a package of ours into one file that a bare Python runs: `agent.pyz`, `surefoot-service.pyz`.

Beside each module lies its compiled form for the Python that packed it: the same
version starts in half the time, any other reads the source.
"""

from __future__ import annotations

import py_compile
import tempfile
import zipfile
from pathlib import Path


def modules(folder: Path, start: str, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """The sources of such a file, by where they lie in it.

    Args:
        folder: the package, one of `surefoot.payloads`.
        start: the source of the `__main__` that runs it.
        without: modules that are left out.
    """
    found = {"__main__.py": start, "surefoot/__init__.py": "", "surefoot/payloads/__init__.py": ""}
    for path in sorted(folder.glob("*.py")):
        if path.name not in without:
            found[f"surefoot/payloads/{folder.name}/{path.name}"] = path.read_text(encoding="utf-8")
    return found


def pack(target: Path, sources: dict[str, str]) -> Path:
    """Writes these modules as one file; returns its path."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(str(target), "w", zipfile.ZIP_STORED) as file:
        for name, source in sources.items():
            _add(file, name, source.encode())
            if name != "__main__.py":
                _add(file, name + "c", _compiled(name, source))
    return target


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
