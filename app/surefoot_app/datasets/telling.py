"""The parts of a version that are told: facts, permission, findings, split, users."""

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtWidgets import QHBoxLayout, QWidget

from surefoot.datasets.facts import DatasetVersion
from surefoot.releases.uses import User, Users
from surefoot.texts import Words
from surefoot_app.bridge.formatting import day, local, number, size
from surefoot_app.datasets.overview import TONES, Opened, finding, shares, standing
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.bars import BarRows, NamedBar
from surefoot_app.widgets.boxes import Card, column, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.text import Text, line


def facts_card(desk: Desk, opened: Opened) -> QWidget:
    """What the version is."""
    words, version = desk.words, opened.version
    copies = words("app.shell.copy")

    def said(key: str) -> str:
        return words(f"app.datasets.{key}")

    source = version.sources[0]
    facts = [
        Fact(said("kind"), words(f"app.datasets.kind_{version.kind}")),
        Fact(said("rows" if version.kind == "table" else "files"), number(version.rows, words)),
        Fact(said("columns"), number(len(version.columns), words)),
        Fact(said("fingerprint"), version.version, "hash", copies=copies),
        Fact(said("source"), f"{source.get('name')} ({size(int(str(source.get('size') or 0)), words)})"),
        Fact(said("source_hash"), str(source.get("sha256")), "hash", copies=copies),
        Fact(said("kept"), words.term("storage", version.storage)),
    ]
    if version.place is not None:
        facts.append(Fact(said("place"), version.place))
    facts.append(Fact(said("added"), local(datetime.fromisoformat(version.recorded_at), words)))
    before = next((one for one in opened.others if one.version == version.replaces), None)
    if before is not None:
        facts.append(Fact(said("replaces"), before.ref, "link", ("dataset", before.ref)))
    facts += role_facts(version, words)
    return _card(desk, said("facts"), facts)


def role_facts(version: DatasetVersion, words: Words) -> list[Fact]:
    """Which columns are for what."""
    told = version.target or {}
    target = " = ".join(str(told[name]) for name in ("column", "positive") if told.get(name) is not None)
    shown = [
        ("target", target),
        ("key", ", ".join(version.key)),
        ("group", version.group),
        ("time", version.time),
        ("subject", version.subject),
        ("special", ", ".join(version.special)),
        ("protected", ", ".join(one for one in version.protected if one not in version.special)),
    ]  # fmt: skip
    return [Fact(words(f"app.datasets.role_{role}"), str(value)) for role, value in shown if value]


def permission_facts(version: DatasetVersion, words: Words) -> list[Fact]:
    """What the owner allows."""
    open_ = words("app.datasets.unsaid")
    basis = words.term("legal-basis", version.legal_basis) if version.legal_basis else open_
    return [
        Fact(words("app.datasets.owner"), version.owner or open_),
        Fact(words("app.datasets.purpose"), version.purpose or open_),
        Fact(words("app.datasets.legal_basis"), basis),
        Fact(words("app.datasets.jurisdiction"), version.jurisdiction or open_),
        Fact(words("app.datasets.expiry"), _end(version.expiry, words)),
    ]


def _end(expiry: str | None, words: Words) -> str:
    """When a permission ends; as it was written, where that is no date (it may still be being written)."""
    if not expiry:
        return words("app.datasets.no_end")
    try:
        return day(date.fromisoformat(expiry), words)
    except ValueError:
        return expiry


def permission_card(desk: Desk, opened: Opened) -> QWidget:
    """The permission, with how it stands."""
    words, version = desk.words, opened.version
    card = _card(desk, words("app.datasets.permission"), permission_facts(version, words))
    now = standing(version)
    card.head.addWidget(Pill(words(f"app.datasets.standing_{now}", date=version.expiry or ""), TONES[now]))
    return card


def findings_card(desk: Desk, opened: Opened) -> QWidget:
    """What its owner should know, in sentences."""
    words, version = desk.words, opened.version
    card = Card(words("app.datasets.findings"))
    card.body.setSpacing(0)
    card.head.addWidget(Text(words("app.datasets.findings_count", count=len(version.warnings)), "secondary"))
    for place, warned in enumerate(version.warnings):
        if place:
            card.body.addWidget(line())
        card.body.addLayout(sentence(finding(warned, words)))
    if not version.warnings:
        card.body.addLayout(sentence(words("app.datasets.no_findings"), is_well=True))
    return card


def sentence(text: str, *, is_well: bool = False, act: Button | None = None) -> QHBoxLayout:
    """One finding: icon, sentence, and where it can be mended a button."""
    glyph = Glyph("circle-check", "ok", 18) if is_well else Glyph("triangle-alert", "warn", 18)
    inside = row(glyph, Text(text, "body", wrap=True), gap=12)
    inside.setStretch(1, 1)
    if act is not None:
        inside.addWidget(act)
    inside.setContentsMargins(0, 9, 0, 9)
    return inside


def sides_bars(version: DatasetVersion, words: Words) -> BarRows:
    """The rows of each side."""
    counts = shares(version)
    total = sum(rows for _, rows in counts) or 1

    def told(rows: int) -> str:
        return f"{number(rows, words)} ({number(100 * rows / total, words, digits=1)} %)"

    bars = [NamedBar(words.term("side", side), rows, told(rows)) for side, rows in counts]
    return BarRows(words("app.datasets.tab_split"), bars)


def split_tab(desk: Desk, opened: Opened) -> QWidget:
    """How rows were parted, and what of the test training could know."""
    words, version = desk.words, opened.version
    split = version.split
    by = str(split.get("by"))
    card = Card(words("app.datasets.sides"))
    card.body.addWidget(Text(words(f"app.datasets.by_{by}_why"), "quiet", wrap=True))
    card.body.addWidget(sides_bars(version, words))
    columns = split.get("columns")
    named = [str(one) for one in columns] if isinstance(columns, list) else []
    facts = [Fact(words("app.datasets.split_by"), words(f"app.datasets.by_{by}"))]
    if named:
        facts.append(Fact(words("app.datasets.deciding"), ", ".join(named)))
    facts.append(Fact(words("app.datasets.salt"), str(split.get("salt"))))
    card.body.addWidget(FactsList(facts))
    return scrolled(column(card, leaks_card(desk, version), 1, gap=GAP))


LEAKS = frozenset(
    {"same-on-both-sides", "rows-twice", "rows-on-both-sides", "from-the-future", "files-twice", "files-on-both-sides"}
)  # fmt: skip


def leaks_card(desk: Desk, version: DatasetVersion) -> QWidget:
    """Ways from the test into training."""
    words = desk.words
    card = Card(words("app.datasets.leaks"))
    found = [finding(one, words) for one in version.warnings if one.key in LEAKS]
    for text in found:
        card.body.addLayout(sentence(text))
    if not found:
        card.body.addLayout(sentence(words("app.datasets.no_leaks"), is_well=True))
    return card


def users_tab(desk: Desk, users: Users) -> QWidget:
    """Runs and releases that rest on the version."""
    words = desk.words
    if not users.runs and not users.releases:
        card = Card()
        card.body.addWidget(EmptyState("nothing", words("app.datasets.unused"), words("app.datasets.unused_why")))
        return card
    sides = row(
        _users(desk, words("app.datasets.releases"), "release", users.releases),
        _users(desk, words("app.datasets.runs"), "run", users.runs),
        gap=GAP,
    )
    return scrolled(column(sides, 1, gap=GAP))


def _users(desk: Desk, title: str, kind: str, users: Sequence[User]) -> QWidget:
    words = desk.words
    card = Card(title)
    card.head.addWidget(Text(number(len(users), words), "secondary"))
    for user in users:
        link = Button(user.name, name=f"open-{kind}", kind="link")
        link.clicked.connect(lambda _checked=False, user=user: desk.open(kind, user.id))
        inside = row(link, 1)
        if kind == "release":
            word = words(f"app.datasets.{'signed' if user.is_signed else 'draft'}")
            inside.addWidget(Pill(word, "ok" if user.is_signed else "neutral"))
        card.body.addLayout(inside)
    if not users:
        card.body.addWidget(Text(words(f"app.datasets.no_{kind}s"), "quiet", wrap=True))
    card.body.addStretch(1)
    return card


def _card(desk: Desk, title: str, facts: Sequence[Fact]) -> Card:
    card = Card(title)
    listed = FactsList(facts)
    listed.followed.connect(desk.open)
    card.body.addWidget(listed)
    return card
