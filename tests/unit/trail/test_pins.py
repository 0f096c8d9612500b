from pathlib import Path

import pytest

from surefoot.errors import RecordBrokenError
from surefoot.trail import pins
from surefoot.trail.pins import Pin

PIN = Pin(5, "ab" * 32, 100, 7)


def test_nothing_is_remembered_at_first(tmp_path: Path) -> None:
    assert pins.read(tmp_path / "x") is None


def test_the_newest_pin_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    pin = pins.create(path, PIN)
    for size in range(6, 12):
        new = Pin(size, "cd" * 32, size, size)
        pin = pins.write(path, new, before=pin, durable=size % 2 == 0, is_ours=size % 3 == 0)
        assert pins.read(path) == pin
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_torn_slot_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "x"
    first = pins.create(path, PIN)
    second = pins.write(path, Pin(6, "cd" * 32, 6, 6), before=first, durable=True, is_ours=True)
    data = bytearray(path.read_bytes())
    at = data.index(bytes.fromhex(second.leaf))
    for torn in range(at - 20, at + 32):
        path.write_bytes(data[:torn] + bytes([data[torn] ^ 1]) + data[torn + 1 :])
        assert pins.read(path) == first


def test_pins_that_are_not_flushed_never_touch_the_last_one_that_was(tmp_path: Path) -> None:
    path = tmp_path / "x"
    flushed = pin = pins.create(path, PIN)
    for size in range(6, 12):
        pin = pins.write(path, Pin(size, "cd" * 32, size, size), before=pin, durable=False, is_ours=True)
        data = bytearray(path.read_bytes())
        data[4096 * pin.slot : 4096 * pin.slot + 64] = bytes(64)
        (tmp_path / "crashed").mkdir(exist_ok=True)
        (tmp_path / "crashed" / "x").write_bytes(data)
        assert pins.read(tmp_path / "crashed" / "x") == flushed


@pytest.mark.parametrize("data", [b"", bytes(5000), b"x" * 64])
def test_a_memory_that_is_all_damaged_is_an_alarm(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(RecordBrokenError):
        pins.read(tmp_path / "x")


def test_the_pin_of_another_feed_does_not_count(tmp_path: Path) -> None:
    pins.create(tmp_path / "x", PIN)
    (tmp_path / "x").rename(tmp_path / "y")
    with pytest.raises(RecordBrokenError):
        pins.read(tmp_path / "y")
