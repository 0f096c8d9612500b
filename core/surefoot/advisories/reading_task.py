"""The worker that reads a list of vulnerabilities: a zip of JSON files, a JSON file, or JSON lines.

Nothing is unpacked to a disk, and no name in an archive is trusted: each member is read in memory, up to its limit,
however small it claims to be. A list that cannot be read as a whole is refused as a whole.
"""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from surefoot.advisories import osv
from surefoot.advisories.facts import Known
from surefoot.errors import Code, InputRefusedError
from surefoot.workers import Request

RECORDS = 1_000_000
RECORD_BYTES = 16 * 2**20
WHOLE_BYTES = 4 * 2**30
FILE_BYTES = 256 * 2**20
LIST = "list.jsonl"
_ZIP = b"PK\x03\x04"
_PIECE = 1 << 16
_TOLD = 1000
_SHOWN = 80
_TASK_STAGE = "advisories.read"
# What zipfile raises for archives that are damaged, encrypted or packed in a way it does not know.
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def read(request: Request) -> dict[str, Any]:
    """Reads a list and writes what it says of packages of PyPI to `list.jsonl`, a line a package, in order.

    Args:
        request: `now`, the time by this machine's clock. Files: `source`.

    Returns:
        `date` of its newest record, how many `records` were kept and `skipped`, how many `packages` they name.

    Raises:
        InputRefusedError: it is no such list, goes beyond a limit, or says nothing of PyPI.
    """
    latest = datetime.fromisoformat(str(request["now"])) + timedelta(days=1)
    packages: dict[str, dict[str, Known]] = {}
    newest, kept, skipped = datetime.min.replace(tzinfo=UTC), 0, 0
    for number, (place, record) in enumerate(_records(request.files["source"]), start=1):
        if number > RECORDS:
            raise refused("many", place, limit=RECORDS)
        modified = _moment(record.modified, place)
        if modified > latest:
            raise refused("future", place)
        known = osv.known_of(record)
        kept, skipped = kept + bool(known), skipped + (not known)
        if known:
            newest = max(newest, modified)
        for name, one in known.items():
            packages.setdefault(name, {})[one.id] = one
        if number % _TOLD == 0:
            request.progress(_TASK_STAGE, number, 0)
    if not packages:
        raise refused("nothing", "")
    _write(request.scratch / LIST, packages)
    return {"date": newest.date().isoformat(), "records": kept, "skipped": skipped, "packages": len(packages)}


def refused(detail: str, place: str, **values: object) -> InputRefusedError:
    """The refusal, with the place in the list that is at fault."""
    return InputRefusedError(Code.ADVISORIES_REFUSED, detail=detail, place=place[:_SHOWN] or "whole", **values)


def _write(path: Path, packages: dict[str, dict[str, Known]]) -> None:
    encoder = msgspec.json.Encoder()
    with path.open("wb") as file:
        for name in sorted(packages):
            known = [packages[name][one] for one in sorted(packages[name])]
            file.write(encoder.encode({"package": name, "known": known}) + b"\n")


def _moment(text: str, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise refused("date", place) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _records(source: Path) -> Iterator[tuple[str, osv.Record]]:
    with source.open("rb") as file:
        is_zip = file.read(len(_ZIP)) == _ZIP
    return _of_archive(source) if is_zip else _of_file(source)


def _of_archive(source: Path) -> Iterator[tuple[str, osv.Record]]:
    left = WHOLE_BYTES
    try:
        with source.open("rb") as file, zipfile.ZipFile(file) as archive:
            names = [one for one in archive.infolist() if not one.is_dir()]
            if len(names) > RECORDS:
                raise refused("many", "", limit=RECORDS)
            for one in names:
                data = _member(archive, one)
                left -= len(data)
                if left < 0:
                    raise refused("much", "", limit=WHOLE_BYTES)
                yield one.filename, _record(data, one.filename)
    except InputRefusedError:
        raise
    except _FAULTS as error:
        raise refused("archive", "") from error


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as member:
        data = member.read(RECORD_BYTES + 1)
    if len(data) > RECORD_BYTES:
        raise refused("large", info.filename, limit=RECORD_BYTES)
    return data


def _of_file(source: Path) -> Iterator[tuple[str, osv.Record]]:
    """A record, an array of them, or a record a line."""
    with source.open("rb") as file:
        data = file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise refused("large", "", limit=FILE_BYTES)
    text = data.strip()
    if text.startswith(b"["):
        yield from ((f"{number}", one) for number, one in enumerate(_decoded(text, list[osv.Record], ""), start=1))
        return
    lines = [(number, line) for number, line in enumerate(text.split(b"\n"), start=1) if line.strip()]
    if len(lines) == 1 or not _is_whole(lines[0][1] if lines else b""):
        yield "", _record(text, "")
        return
    for number, line in lines:
        yield f"{number}", _record(line, f"{number}")


def _is_whole(line: bytes) -> bool:
    """Whether a line is JSON by itself, and so the first of many."""
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _record(data: bytes, place: str) -> osv.Record:
    if len(data) > RECORD_BYTES:
        raise refused("large", place, limit=RECORD_BYTES)
    record: osv.Record = _decoded(data, osv.Record, place)
    return record


def _decoded(data: bytes, kind: Any, place: str) -> Any:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise refused("record", place) from error
