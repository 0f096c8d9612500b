"""How a moment may be written."""

import pytest

from surefoot.audit.service import moment
from surefoot.errors import UsageError


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-01", "2026-03-01T23:59:59.999Z"),
        ("2026-03-01T09:30Z", "2026-03-01T09:30:00.000Z"),
        ("2026-03-01 09:30:15", "2026-03-01T09:30:15.000Z"),
    ],
)
def test_a_day_means_its_end_and_a_time_means_itself(text: str, meant: str) -> None:
    assert moment(text) == meant


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-02-30", "01.03.2026", "", "2026-03-01T25:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        moment(text)
