"""Going through the store, file by file: is every object what its name says."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from surefoot.objects import copying
from surefoot.objects.facts import Damage
from surefoot.objects.packs import Pack, is_index_whole, remade_records, write_index
from surefoot.objects.shelf import Shelf


def files_of(shelf: Shelf) -> list[Path]:
    """Every file that holds objects: those of their own, then packs."""
    loose = [path for folder in sorted(shelf.folder.glob("[0-9a-f][0-9a-f]")) for path in sorted(folder.iterdir())]
    return [*loose, *sorted(shelf.packs.glob("*.pack"))]


def damages_of(shelf: Shelf, path: Path, drafts: Path) -> Iterator[Damage]:
    """What is wrong with one file of the store; a pack's lost index is made again."""
    file = str(path.relative_to(shelf.folder))
    if path.suffix == ".pack":
        yield from _damages_of_pack(path, file, drafts)
        return
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        yield Damage(path.name, file, "unreadable")
        return
    try:
        if copying.sha256_of(handle) != path.name:
            yield Damage(path.name, file, "changed")
    except OSError:
        yield Damage(path.name, file, "unreadable")
    finally:
        os.close(handle)


def _damages_of_pack(path: Path, file: str, drafts: Path) -> Iterator[Damage]:
    try:
        if not is_index_whole(path):
            write_index(path, remade_records(path), drafts)
        pack = Pack(path)
        for digest, place in pack.places():
            data = pack.read(place)
            if hashlib.sha256(data).digest() != digest:
                yield Damage(digest.hex(), file, "cut short" if len(data) < place.length else "changed")
    except ValueError as error:
        yield Damage("", file, str(error))
    except OSError:
        yield Damage("", file, "unreadable")
