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
        """Adds leaf hashes, a level at a time: an odd node stays as the peak of its level until its pair comes."""
        sha256 = hashlib.sha256
        nodes = list(leaves)
        size, level, smallest_first = self.size + len(nodes), self.size, []
        while nodes:
            if level & 1:
                nodes.insert(0, self.peaks.pop())
            if len(nodes) & 1:
                smallest_first.append(nodes.pop())
            nodes = [sha256(b"\x01" + nodes[at] + nodes[at + 1]).digest() for at in range(0, len(nodes), 2)]
            level >>= 1
        self.peaks.extend(reversed(smallest_first))
        self.size = size

    def root(self) -> bytes:
        """The Merkle tree hash of what was added so far."""
        if not self.peaks:
            return EMPTY
        *rest, node = self.peaks
        for peak in reversed(rest):
            node = hashlib.sha256(b"\x01" + peak + node).digest()
        return node
