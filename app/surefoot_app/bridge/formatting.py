"""Figures, times and sizes as people read them, in the language that is chosen."""

from datetime import UTC, date, datetime

from PySide6.QtCore import QDate, QLocale

from surefoot.texts import Words

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024


def locale(words: Words) -> QLocale:
    """The locale of a language."""
    return QLocale(QLocale.Language.Vietnamese if words.language == "vi" else QLocale.Language.English)


def number(value: float, words: Words, *, digits: int | None = None) -> str:
    """A figure with the language's separators; `digits` after the point, or none for whole numbers."""
    if isinstance(value, int) and digits is None:
        return locale(words).toString(value)
    return locale(words).toString(float(value), "f", 3 if digits is None else digits)


def size(count: int, words: Words) -> str:
    """A number of bytes."""
    value, place = float(count), 0
    while value >= _STEP and place < len(_UNITS) - 1:
        value, place = value / _STEP, place + 1
    return f"{number(value, words, digits=0 if place == 0 else 1)} {_UNITS[place]}"


def duration(seconds: float, words: Words) -> str:
    """How long something took."""
    if seconds < _MINUTE:
        return words("app.time.seconds", count=number(seconds, words, digits=1))
    if seconds < _HOUR:
        return words("app.time.minutes", count=round(seconds / _MINUTE))
    return words("app.time.hours", count=number(seconds / _HOUR, words, digits=1))


def ago(moment: datetime, words: Words, *, now: datetime | None = None) -> str:
    """How long ago something was; times without a zone are UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    seconds = max(0.0, ((now or datetime.now(UTC)) - aware).total_seconds())
    if seconds < _MINUTE:
        return words("app.time.now")
    if seconds < _HOUR:
        return words("app.time.minutes_ago", count=int(seconds // _MINUTE))
    if seconds < _DAY:
        return words("app.time.hours_ago", count=int(seconds // _HOUR))
    return words("app.time.days_ago", count=int(seconds // _DAY))


def day(moment: date, words: Words) -> str:
    """A date, its month by name: figures alone are read in two ways."""
    return locale(words).toString(QDate(moment.year, moment.month, moment.day), "d MMM yyyy")


def local(moment: datetime, words: Words) -> str:
    """A moment in local time, with UTC where that differs is the caller's to add."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    here = aware.astimezone()
    return f"{day(here.date(), words)} {here:%H:%M}"


def shortened(name: str, most: int = 32) -> str:
    """A name cut in its middle where it is longer than so many letters; its end tells more than its middle."""
    return name if len(name) <= most else f"{name[: most // 2 - 1]}…{name[-(most // 2) :]}"
