"""What is remembered survives; what cannot be read counts as not chosen; figures follow the language."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from surefoot.texts import Words
from surefoot_app.bridge import formatting
from surefoot_app.bridge.settings import Settings


def test_choices_are_there_the_next_time(tmp_path: Path) -> None:
    first = Settings(tmp_path / "desktop.ini")
    first.language, first.mode, first.scale, first.is_rail_narrow = "vi", "dark", 120, True
    first.mark("ws", "audit")
    first.sync()
    second = Settings(tmp_path / "desktop.ini")
    assert (second.language, second.mode, second.scale, second.is_rail_narrow) == ("vi", "dark", 120, True)
    assert second.marks("ws") == {"audit"}
    assert second.marks("other") == set()


def test_a_damaged_file_is_as_good_as_none(tmp_path: Path) -> None:
    path = tmp_path / "desktop.ini"
    path.write_text("[view]\nlanguage=xx\ntheme=pink\ntext-size=big\n[window]\ngeometry=nothing\n", encoding="utf-8")
    kept = Settings(path)
    assert (kept.language, kept.mode, kept.scale) == ("en", "system", 100)
    assert kept.geometry.isEmpty()


def test_the_last_project_stands_first_and_those_that_are_away_stay(tmp_path: Path) -> None:
    kept = Settings(tmp_path / "desktop.ini")
    folders = [tmp_path / name for name in ("a", "b", "gone")]
    for folder in folders:
        folder.mkdir()
        kept.remember(folder)
    kept.remember(folders[0])
    folders[2].rmdir()
    kept.remember(folders[1])
    assert kept.recent == (folders[1], folders[0], folders[2])


@pytest.mark.parametrize(("language", "wanted"), [("en", "1,234,567"), ("vi", "1.234.567")])
def test_a_figure_has_the_marks_of_the_language(language: str, wanted: str) -> None:
    assert formatting.number(1234567, Words(language)) == wanted


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [(5, "just now"), (125, "2 min ago"), (7300, "2 h ago"), (200000, "2 d ago"), (-50, "just now")],
)
def test_how_long_ago_is_told_in_one_unit(seconds: int, wanted: str) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    moment = (now - timedelta(seconds=seconds)).replace(tzinfo=None)
    assert formatting.ago(moment, Words("en"), now=now) == wanted


@pytest.mark.parametrize(("count", "wanted"), [(12, "12 B"), (1536, "1.5 KiB"), (5 * 2**30, "5.0 GiB")])
def test_bytes_are_told_in_the_unit_that_fits(count: int, wanted: str) -> None:
    assert formatting.size(count, Words("en")) == wanted
    assert formatting.duration(90, Words("en")) == "2 min"


def test_a_moment_cannot_be_read_as_another_day(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 2, 1, 12, 5, tzinfo=UTC)
    assert "1 Feb 2026 " in formatting.local(moment, Words("en"))
    assert "2026" in formatting.local(moment, Words("vi"))
    assert "2/1" not in formatting.local(moment, Words("vi"))
