"""What a verification says: each check with its count, each finding with its place, and one verdict."""

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum, StrEnum

MOST_FINDINGS = 1000


class Weight(IntEnum):
    """How much a finding weighs."""

    REMARK = 1
    INCOMPLETE = 2
    FAIL = 3


class Verdict(StrEnum):
    """The whole in a word. Its exit code in the stand-alone verifier is its place here."""

    PASS = "PASS"  # noqa: S105 - a verdict
    REMARKS = "PASS WITH REMARKS"
    INCOMPLETE = "INCOMPLETE"
    FAIL = "FAIL"


# In the order in which a report shows them.
CHECKS = (
    "founding",
    "anchor",
    "files",
    "keys",
    "lines",
    "signatures",
    "roles",
    "causes",
    "checkpoints",
    "pins",
    "seen",
    "bodies",
    "clock",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it has to be.

    Attributes:
        check: which check found it. weight: how much it weighs. detail: what it is, for a log.
        feed: in which feed, where it has one. seq: at which line, where it has one.
    """

    check: str
    weight: Weight
    detail: str
    feed: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check, how many things it looked at, and the heaviest of what it found (None: nothing)."""

    name: str
    count: int
    weight: Weight | None


@dataclass(frozen=True, slots=True)
class Report:
    """A verification.

    Attributes:
        ws: the workspace that was found ("" where there is none). sizes: lines by feed.
        checks: all that were carried out. findings: at most 1,000 of them; `found` counts all.
    """

    ws: str
    sizes: dict[str, int]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    found: int

    @property
    def verdict(self) -> Verdict:
        """The heaviest finding decides; where nothing was looked at, nothing passes."""
        if not any(check.count for check in self.checks if check.name == "lines"):
            return Verdict.FAIL
        worst = max((check.weight or 0 for check in self.checks), default=0)
        return tuple(Verdict)[worst]


class Notebook:
    """Collects counts and findings while a verification goes on."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.findings: list[Finding] = []
        self.found = 0
        self._worst: dict[str, Weight] = {}

    def add(self, finding: Finding) -> None:
        """Notes a finding."""
        self.found += 1
        self._worst[finding.check] = max(finding.weight, self._worst.get(finding.check, Weight.REMARK))
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)

    def fail(self, check: str, detail: str, feed: str = "", seq: int | None = None) -> None:
        """Notes what may not be."""
        self.add(Finding(check, Weight.FAIL, detail, feed, seq))

    def lack(self, check: str, detail: str, feed: str = "", seq: int | None = None) -> None:
        """Notes what is not there to be checked."""
        self.add(Finding(check, Weight.INCOMPLETE, detail, feed, seq))

    def remark(self, check: str, detail: str, feed: str = "", seq: int | None = None) -> None:
        """Notes what a reader should know."""
        self.add(Finding(check, Weight.REMARK, detail, feed, seq))

    def report(self, ws: str, sizes: dict[str, int]) -> Report:
        """The whole."""
        names = [name for name in CHECKS if name in self.counts or name in self._worst]
        checks = tuple(Check(name, self.counts[name], self._worst.get(name)) for name in names)
        return Report(ws, dict(sizes), checks, tuple(self.findings), self.found)
