"""What the list and the page of a version show, asked of the project. No Qt here."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from surefoot.datasets.facts import Added, Change, DatasetVersion, Head, Health, Look, Warned
from surefoot.datasets.profiles import ColumnProfile, Profile
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.files import place_at
from surefoot.releases import uses
from surefoot.releases.uses import Users, Uses
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel, Progress
from surefoot_app.bridge.drafts import folder
from surefoot_app.datasets import draft as drafts
from surefoot_app.datasets.draft import Draft
from surefoot_app.theme import Tone

Standing = Literal["ended", "soon", "until", "open", "unsaid"]
TONES: dict[Standing, Tone] = {"ended": "bad", "soon": "warn", "until": "ok", "open": "ok", "unsaid": "warn"}
_SOON = 30
"""Days before the end of a permission from which it is said to end soon."""
Sensitivity = Literal["special", "protected", "none"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: a version, and who uses it."""

    version: DatasetVersion
    uses: Uses


@dataclass(frozen=True, slots=True)
class Overview:
    """All versions, each dataset's newest first, and the draft that was left."""

    rows: tuple[Row, ...]
    draft: Draft | None = None

    @property
    def names(self) -> int:
        """How many datasets there are."""
        return len({row.version.name for row in self.rows})


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between two versions, the older one first."""

    before: str
    after: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """One version with all that its page shows at once.

    Attributes:
        version: it. users: who uses it. others: the numbers of the dataset's other versions, newest first.
        profile: what its columns hold; None where it is not here.
    """

    version: DatasetVersion
    users: Users
    others: tuple[DatasetVersion, ...]
    profile: Profile | None


def overview(bench: Workbench) -> Overview:
    """Asks the project."""
    found = bench.datasets.list()
    counted = uses.counted(bench.catalog)
    rows = [Row(one, counted.get((one.id, one.version), Uses())) for one in found]
    rows.sort(key=lambda row: (row.version.name, -row.version.number))
    return Overview(tuple(rows), drafts.kept(folder(bench)))


def opened(bench: Workbench, ref: str) -> Opened:
    """Asks for one version.

    Raises:
        IncompleteError: there is none.
    """
    version = bench.datasets.show(ref)
    others = [one for one in bench.datasets.list() if one.id == version.id and one.version != version.version]
    try:
        profile = bench.datasets.profile(version)
    except IncompleteError:
        profile = None
    users = uses.users(bench.catalog, version.id, version.version)
    return Opened(version, users, tuple(sorted(others, key=lambda one: -one.number)), profile)


def preview(bench: Workbench, version: DatasetVersion) -> Head | None:
    """Asks for its first rows."""
    return bench.datasets.preview(version)


def added(bench: Workbench, draft: Draft, seen: Look | None, progress: Progress, cancel: Cancel) -> Added:
    """Makes the version that was answered, of the source as it was seen.

    Raises:
        InputRefusedError: the source is not as it was seen, or cannot be had (see `Datasets.add`).
    """
    source = place_at(draft.source.strip())
    now = bench.datasets.look(source, drafts.looked_at(draft), progress=progress, cancel=cancel)
    if seen is not None and now.version.sources != seen.version.sources:
        raise InputRefusedError(Code.SOURCE_CHANGED, path=source)
    return bench.datasets.add(source, drafts.plan(draft), progress=progress, cancel=cancel)


def differences(bench: Workbench, before: str, after: str) -> Differences:
    """Asks what differs between two versions."""
    return Differences(before, after, bench.datasets.diff(before, after))


def standing(version: DatasetVersion, *, today: dt.date | None = None) -> Standing:
    """How its permission stands. That of data about nobody needs neither basis nor end."""
    if version.legal_basis is None:
        return "unsaid"
    if version.expiry is None:
        return "open"
    left = (dt.date.fromisoformat(version.expiry) - (today or dt.datetime.now(dt.UTC).date())).days
    return "ended" if left < 0 else "soon" if left <= _SOON else "until"


def sensitivity(version: DatasetVersion) -> Sensitivity:
    """The weightiest of what its columns are."""
    return "special" if version.special else "protected" if version.protected else "none"


def fits(row: Row, text: str) -> bool:
    """Whether a filter lets it through: each of its words stands in what people know it by."""
    version = row.version
    told = (version.ref, version.owner, version.purpose, version.jurisdiction, version.version[:8])
    where = " ".join(filter(None, told)).casefold()
    return all(word in where for word in text.casefold().split())


def used_by(found: Uses, words: Words) -> str:
    """Who uses a version, in a few words."""
    if not found.runs:
        return "–"
    runs = words("app.datasets.used_runs", count=words.count(found.runs))
    if not found.releases:
        return runs
    return f"{runs} · {words('app.datasets.used_releases', count=words.count(found.releases))}"


def finding(warned: Warned, words: Words) -> str:
    """A finding about the data in a sentence."""
    return words.told(f"say.dataset.warning.{warned.key}", **warned.values)


def unsound(health: Health, words: Words) -> str:
    """What a check of the bytes found, in a sentence; the first of it where there is much."""
    if health.is_sound:
        return words("say.cli.sound", ref=health.version.ref)
    first = health.findings[0]
    what = words.term("finding", first.what)
    return words("say.cli.unsound", ref=health.version.ref, what=what, path=first.path)


def range_of(column: ColumnProfile, words: Words) -> str:
    """What a column holds, in a few words: from where to where, or its most frequent values."""
    if column.low is not None and column.high is not None:
        return f"{_short(column.low, words)} – {_short(column.high, words)}"
    if column.values:
        most = sorted(column.values, key=lambda value: -column.values[value])[:3]
        rest = len(column.values) + column.rare - len(most)
        shown = ", ".join(_short(value, words) for value in most)
        return words("app.datasets.and_more", values=shown, count=rest) if rest else shown
    return ""


def _short(value: str, words: Words, most: int = 24) -> str:
    try:
        return words.decimal(f"{float(value):.6g}")
    except ValueError:
        return value if len(value) <= most else f"{value[: most - 1]}…"


def shares(version: DatasetVersion) -> tuple[tuple[str, int], ...]:
    """How many rows each side has."""
    counts = version.split.get("counts")
    return tuple((side, int(str(rows))) for side, rows in counts.items()) if isinstance(counts, Mapping) else ()
