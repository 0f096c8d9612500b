"""The Merkle tree of RFC 6962 §2.1, as the few hashes one has to keep to go on.

The tree over n entries is remembered as the roots of its perfect subtrees, largest first (a compact range): adding an
entry and asking for the root both cost at most log2(n) hashes, and nothing grows with n.
"""

import hashlib
from collections.abc import Iterable

EMPTY = hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry): the hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def root_of(entries: Iterable[bytes]) -> bytes:
    """The Merkle tree hash over entries, in order: level by level, an odd last node going up as it is."""
    sha256 = hashlib.sha256
    nodes = [sha256(b"\x00" + entry).digest() for entry in entries]
    while len(nodes) > 1:
        odd = nodes[-1:] if len(nodes) % 2 else []
        nodes = [sha256(b"\x01" + nodes[at - 1] + nodes[at]).digest() for at in range(1, len(nodes), 2)] + odd
    return nodes[0] if nodes else EMPTY


class Tree:
    """A growing tree.

    Attributes:
        size: number of leaves.
        peaks: roots of the perfect subtrees, largest first; as many as `size` has one bits.
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ValueError(size)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Adds leaf hashes."""
        peaks, size, sha256 = self.peaks, self.size, hashlib.sha256
        for leaf in leaves:
            node, bits = leaf, size
            while bits & 1:
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                bits >>= 1
            peaks.append(node)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """The Merkle tree hash of what was added so far."""
        if not self.peaks:
            return EMPTY
        *rest, node = self.peaks
        for peak in reversed(rest):
            node = hashlib.sha256(b"\x01" + peak + node).digest()
        return node
