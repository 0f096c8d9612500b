from dataclasses import dataclass
from pathlib import Path

import pytest

from surefoot.errors import InputRefusedError
from surefoot.trail import clock


@dataclass(frozen=True, slots=True)
class Line:
    at: str
    boot: tuple[str, int]


BEFORE = Line("2026-01-01T12:00:00.000Z", ("a", 1000))


@pytest.mark.parametrize(
    ("line", "is_odd"),
    [
        (Line("2026-01-01T12:00:05.000Z", ("a", 6000)), False),
        (Line("2026-01-01T12:00:05.000Z", ("b", 6)), False),
        (Line("2026-01-01T12:10:05.000Z", ("a", 6000)), True),
        (Line("2026-01-01T11:00:05.000Z", ("a", 6000)), True),
        (Line("2026-01-01T11:59:59.000Z", ("b", 6)), True),
        (Line("2226-01-01T11:59:59.000Z", ("b", 6)), True),
        (Line("2026-13-41T25:61:61.000Z", ("b", 6)), True),
    ],
)
def test_odd_times_are_told(line: Line, *, is_odd: bool) -> None:
    assert bool(clock.fault(BEFORE, line)) == is_odd


def test_the_first_line_has_no_line_before_it() -> None:
    assert clock.fault(None, BEFORE) is None


def test_the_clock_goes_on_whatever_the_machine_says() -> None:
    assert clock.next_hlc(100, 50) == 100
    assert clock.next_hlc(10, 50) == 51
    for now, seen in ((2**53, 0), (0, 2**53)):
        with pytest.raises(InputRefusedError):
            clock.next_hlc(now, seen)


def test_times_are_written_in_utc_with_milliseconds() -> None:
    assert clock.text_of(1_750_000_000_123_456) == "2025-06-15T15:06:40.123Z"
    with pytest.raises(InputRefusedError):
        clock.text_of(2**100)


def test_a_start_has_a_name_of_its_own_in_each_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = clock.Boot("a")
    assert first.read()[0] == clock.Boot("a").read()[0] != clock.Boot("b").read()[0]
    assert first.read()[1] <= first.read()[1]
    monkeypatch.setattr(clock, "_BOOT_ID", tmp_path / "none")
    assert clock.Boot("a").read()[0] != clock.Boot("a").read()[0]
