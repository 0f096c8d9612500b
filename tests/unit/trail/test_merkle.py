import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.trail import merkle
from tests.independent import checker

# The entries and roots that the certificate transparency implementations test themselves with.
ENTRIES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "60" * 16)]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
}


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_the_published_roots_come_out(size: int, root: str) -> None:
    assert merkle.root_of(ENTRIES[:size]).hex() == root


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle.root_of([]) == hashlib.sha256().digest()


@given(st.lists(st.binary(max_size=8), max_size=300), st.integers(0, 300))
def test_a_tree_that_grows_in_steps_equals_the_recursive_one(entries: list[bytes], cut: int) -> None:
    tree = merkle.Tree()
    tree.extend(merkle.leaf_hash(entry) for entry in entries[:cut])
    again = merkle.Tree(tree.size, tree.peaks)
    again.extend(merkle.leaf_hash(entry) for entry in entries[cut:])
    assert again.root() == checker.tree(entries) == merkle.root_of(entries)


def test_a_tree_with_the_wrong_number_of_peaks_is_refused() -> None:
    with pytest.raises(ValueError, match="3"):
        merkle.Tree(3, [b"x"])
