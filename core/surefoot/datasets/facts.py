"""What is known of a dataset: what its owner said, what was found in it, and the version that came of both.

Values only. Shares and confidences are decimal texts ("0.7"), so that they can be recorded as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from surefoot.datasets.profiles import Profile
from surefoot.trail.canonical import Json

IMPORT_RULE = 1
"""The version of the rules by which bytes become typed columns. Another rule makes another dataset version."""

SIDES = ("train", "validation", "test")
"""The sides there can be, in the order in which the split adds up their shares."""

TYPES = ("integer", "number", "boolean", "date", "datetime", "text")
DECIMALS = (",", ".")
DATE_FORMATS = tuple(f.replace("/", sign) for f in ("dd/mm/yyyy", "mm/dd/yyyy", "yyyy/mm/dd") for sign in "/.-")
"""How numbers and dates may be written, where their owner says so (`spelling`)."""
ROLES = ("target", "key", "group", "time", "subject", "ignore", "feature")
LEGAL_BASES = (
    "consent",
    "contract",
    "legal-obligation",
    "vital-interests",
    "public-task",
    "legitimate-interests",
    "not-personal",
)
"""Art. 6(1) GDPR, and the statement that the data are about nobody."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the owner says about a dataset; None where nothing was said.

    What is not said is taken from the version before; what was never said is guessed, or left open.

    Attributes:
        name: the dataset's name; else made from the source's.
        target: the column to learn. positive: its value that counts as yes.
        key: columns whose values name one row. group: column whose rows stay on one side.
        time: column that orders the rows. subject: column that says which person a row is about.
        protected: columns that nobody should be judged by. special: special categories (Art. 9 GDPR).
        ignore: kept, never learned from. drop: not imported.
        types: column to type, instead of what is inferred. units: column to unit, as text.
        missing: texts that mean "unknown", beside the empty cell.
        delimiter, header, encoding: how the text is to be read.
        decimal, date_format: how numbers ("," or ".") and dates ("dd/mm/yyyy") are written in a CSV text.
        owner, purpose, legal_basis, jurisdiction, expiry: the permission; expiry is a date.
        split_by: key, group, time or row. sides: side to share. salt: what makes this split this one.
        storage: "stored" (copied into the project) or "referenced" (stays where it is).
    """

    name: str | None = None
    target: str | None = None
    positive: str | None = None
    key: tuple[str, ...] | None = None
    group: str | None = None
    time: str | None = None
    subject: str | None = None
    protected: tuple[str, ...] | None = None
    special: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    drop: tuple[str, ...] | None = None
    types: Mapping[str, str] | None = None
    units: Mapping[str, str] | None = None
    missing: tuple[str, ...] | None = None
    delimiter: str | None = None
    header: bool | None = None
    encoding: str | None = None
    decimal: str | None = None
    date_format: str | None = None
    owner: str | None = None
    purpose: str | None = None
    legal_basis: str | None = None
    jurisdiction: str | None = None
    expiry: str | None = None
    split_by: str | None = None
    sides: Mapping[str, str] | None = None
    salt: str | None = None
    storage: str | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """Something about the data that its owner should know: a key of `say.dataset.warning`, and what it names."""

    key: str
    values: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """One immutable version of a dataset, as it was recorded.

    Attributes:
        id: the dataset's, shared by all its versions. version: SHA-256 of the canonical manifest. number: from 1.
        leaf: the event that recorded it, the cause of runs and checks that use it.
        recorded_at: UTC. kind: "table" or "files".
        rows: rows, or files. manifest, profile: objects.
        columns: `{name, type, role, confidence, unit?}` each. target: `{column, positive}`.
        quality: a summary of the profile, with its warnings.
        split: `{by, columns, salt, sides: {side: share}, counts: {side: rows}}`.
        storage: "stored" or "referenced". sources: `{name, size, sha256}` each. place: where a referenced one lies.
        data: objects by side: Parquet of a table (None where it is referenced), or a list of files.
        replaces: the version before.
        sandbox: the level at which the data were read. plan: what the owner said, as `rules.said`.
        request: digest of source and plan, by which an unchanged source is known without being read as a table.
    """

    id: str
    name: str
    version: str
    number: int
    leaf: str
    recorded_at: str
    kind: str
    rows: int
    manifest: str
    profile: str | None
    columns: tuple[Mapping[str, Json], ...]
    target: Mapping[str, Json] | None
    key: tuple[str, ...]
    group: str | None
    time: str | None
    subject: str | None
    protected: tuple[str, ...]
    special: tuple[str, ...]
    owner: str | None
    purpose: str | None
    legal_basis: str | None
    jurisdiction: str | None
    expiry: str | None
    quality: Mapping[str, Json]
    split: Mapping[str, Json]
    storage: str
    sources: tuple[Mapping[str, Json], ...]
    place: str | None
    data: Mapping[str, str] | None
    replaces: str | None
    sandbox: int
    plan: Mapping[str, Json]
    request: str

    @property
    def warnings(self) -> tuple[Warned, ...]:
        """What its owner should know."""
        found = self.quality.get("warnings")
        listed = found if isinstance(found, list) else []
        return tuple(Warned(**one) for one in listed)

    @property
    def ref(self) -> str:
        """How the version is named to people."""
        return f"{self.name}@{self.number}"


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding.

    Attributes:
        version: as it stands now. is_new: whether its data were not there before.
        is_recorded: whether anything was recorded; a version that is there may get new facts, such as a permission.
    """

    version: DatasetVersion
    is_new: bool
    is_recorded: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was recorded: `changed`, `gone`, `extra`, `damaged` or `expired`."""

    what: str
    path: str


@dataclass(frozen=True, slots=True)
class Health:
    """What `check` found; nothing is the good news."""

    version: DatasetVersion
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether everything is as it was recorded."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Placed:
    """A version laid out for use: its folder, and the files of each side."""

    folder: Path
    sides: Mapping[str, Path]
    schema: Path


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions.

    Attributes:
        what: `rows`, `source`, `split`, `permission`; of a column `added`, `removed`, `retyped`, `missing` (the share
            of missing values), `drift` (the population stability index: 0 is none, from 0.2 it is large); of a file
            `file-added`, `file-removed`, `file-changed`.
        name: the column, file or fact; empty where `what` says it all.
        before, after: as text; None where there is nothing.
    """

    what: str
    name: str = ""
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows of a table, as text.

    Attributes:
        names: of the columns that are shown. rows: their cells; None where nothing is.
        columns: how many columns the table has; more than are shown where it is wide.
    """

    names: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    columns: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What adding a source would make of it; nothing is recorded, and nothing is kept.

    Attributes:
        version: as it would be recorded, without a leaf and a time. size: bytes of the source.
        profile: what its columns hold. head: its first rows.
        reasons: why a role was guessed, as `Roles.reasons`.
        before: the version that it would replace. is_known: these very data are a version already.
        shifts: what is in other columns, or otherwise, than in the version before.
    """

    version: DatasetVersion
    size: int
    profile: Profile
    head: Head = field(default_factory=Head)
    reasons: Mapping[str, str] = field(default_factory=dict)
    before: DatasetVersion | None = None
    is_known: bool = False
    shifts: tuple[Change, ...] = ()
