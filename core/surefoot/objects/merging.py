"""Keeping packs few: every search looks into each of them, so many small ones are merged into one now and then.

An object is never lost by it: the merged pack is durable before the old ones go, a pack with a damaged object is left
alone, and a reader that still knows an old pack looks again when it is gone.
"""

import hashlib
from pathlib import Path

from surefoot.files import locked, sync_folder
from surefoot.objects.drafts import draft
from surefoot.objects.packs import FULL_BYTES, Pack, PackWriter
from surefoot.objects.shelf import Shelf

MANY = 64  # packs
_SMALL = 32 * 1024 * 1024  # bytes; a larger pack is not worth copying


def merge_small(shelf: Shelf, drafts: Path) -> int:
    """Merges the smallest packs where there are many; says how many were merged. One process at a time does it."""
    if len(shelf.listed_packs()) <= MANY:
        return 0
    with locked(shelf.folder / "merge.lock", wait=False) as is_mine:
        return _merge(_chosen(shelf.listed_packs()), shelf, drafts) if is_mine else 0


def _chosen(packs: list[Pack]) -> list[Pack]:
    sizes = sorted((pack.path.stat().st_size, pack.path) for pack in packs if pack.path.exists())
    by_path = {pack.path: pack for pack in packs}
    chosen, total = [], 0
    for size, path in sizes[: MANY * 3 // 4]:
        total += size
        if size > _SMALL or total > FULL_BYTES:
            break
        chosen.append(by_path[path])
    return chosen


def _merge(packs: list[Pack], shelf: Shelf, drafts: Path) -> int:
    merged: list[Pack] = []
    seen: set[bytes] = set()
    with draft(drafts) as target:
        writer = PackWriter(target)
        try:
            for pack in packs:
                content = [(digest, pack.read(place)) for digest, place in pack.places()]
                if all(hashlib.sha256(data).digest() == digest for digest, data in content):
                    for digest, data in content:
                        if digest not in seen:
                            writer.add(digest, data)
                    seen.update(digest for digest, _ in content)
                    merged.append(pack)
            if len(merged) < 2:  # noqa: PLR2004 - one alone has nothing to be merged with
                return 0
            kept = writer.keep(shelf.packs, drafts)
        finally:
            writer.close()
    for pack in merged:
        if pack.path != kept:
            pack.path.unlink(missing_ok=True)
            pack.path.with_suffix(".idx").unlink(missing_ok=True)
    sync_folder(shelf.packs)
    return len(merged)
