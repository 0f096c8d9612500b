import base64

import pytest

from surefoot.trail import notes
from surefoot.trail.notes import Checkpoint, NoteFault
from tests.fakes.signers import FakeSigner

WS = "ab" * 32
ROOT = "cd" * 32
SIGNER = FakeSigner()
NOTE = notes.write(Checkpoint(64, ROOT), WS, SIGNER)


def read(data: bytes) -> Checkpoint:
    return notes.read(data, WS, SIGNER.feed, SIGNER.public)


def test_a_checkpoint_has_the_shape_of_c2sp_and_reads_back() -> None:
    text, _, signature = NOTE.decode().partition("\n\n")
    assert text.split("\n") == [f"surefoot/{WS}/{SIGNER.feed}", "64", base64.b64encode(bytes.fromhex(ROOT)).decode()]
    assert signature.startswith(f"\u2014 surefoot/{WS}/{SIGNER.feed} ")
    assert read(NOTE) == Checkpoint(64, ROOT)


def test_signatures_of_others_are_passed_over() -> None:
    other = base64.b64encode(b"1234" + bytes(64)).decode()
    assert read(NOTE + f"\u2014 a.witness/x {other}\n".encode()) == Checkpoint(64, ROOT)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"\n\n",
        NOTE[:-1],
        NOTE.replace(b"\n64\n", b"\n65\n"),
        NOTE.replace(b"\n64\n", b"\n064\n"),
        NOTE.replace(WS.encode(), b"0" * 64),
        NOTE.partition(b"\n\n")[0] + b"\n\n",
        NOTE.replace("\u2014".encode(), b"-"),
        NOTE + b"\n",
        notes.write(Checkpoint(64, ROOT), WS, FakeSigner("other")),
        notes.write(Checkpoint(64, ROOT), ROOT, SIGNER),
        b"x" * (notes.LONGEST + 1),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(NoteFault):
        read(data)


def test_a_bad_signature_of_the_right_key_spoils_the_note() -> None:
    good = NOTE.rpartition(b" ")[2].strip()
    bad = base64.b64encode(base64.b64decode(good)[:4] + bytes(64))
    with pytest.raises(NoteFault):
        read(NOTE + NOTE.partition(b"\n\n")[2].replace(good, bad))
