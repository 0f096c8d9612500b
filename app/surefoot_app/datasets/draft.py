"""A dataset version while it is thought out: what was answered in the six steps, and the plan that it makes.

No Qt here. What was not answered is guessed by the library, or was said for the version before.
"""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from surefoot.datasets.facts import DatasetVersion, Look, Plan
from surefoot.datasets.rules import check_plan
from surefoot.errors import Code, SurefootError
from surefoot.trail.canonical import Json
from surefoot_app.bridge.drafts import read, remove

STEPS = ("source", "schema", "consent", "split", "quality", "version")
SOURCE, SCHEMA, CONSENT, SPLIT, QUALITY, VERSION = range(6)
FILE = "dataset.json"
_ONE = ("target", "group", "time", "subject")
ROLES = ("feature", "target", "key", "group", "time", "subject", "ignore")
_PERMISSION = ("owner", "purpose", "legal_basis", "jurisdiction", "expiry")
_UNSAID: Mapping[str, str] = {"no-legal-basis": "legal_basis", "no-purpose": "purpose"}
_READING = ("delimiter", "encoding", "decimal", "date_format")
# Where an error is to be mended; one that is not here is about the source.
_AT: Mapping[Code, int] = {
    Code.COLUMN_UNKNOWN: SCHEMA, Code.TARGET_CONSTANT: SCHEMA, Code.KEY_EMPTY: SCHEMA, Code.KEY_TWICE: SCHEMA,
    Code.POSITIVE_UNKNOWN: SCHEMA, Code.MIXED_TYPES: SCHEMA, Code.COLUMN_TYPE: SCHEMA,
    Code.DATASET_EXPIRED: CONSENT, Code.SPLIT_VALUE: SPLIT, Code.SPLIT_EMPTY: SPLIT, Code.TIME_VALUES: SPLIT,
}  # fmt: skip
_FIELDS: Mapping[Code, str] = {
    Code.DATASET_NAME: "name", Code.DATASET_EXPIRED: "expiry", Code.ENCODING: "encoding", Code.SPLIT_EMPTY: "test",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """What was answered, as it was typed; None and empty where nothing was.

    Attributes:
        source: a file or a folder. name: the dataset's. storage: stored, or referenced.
        delimiter, encoding, decimal, date_format, missing: how the text is to be read. headless: it has no header.
        types: column and type. target, group, time, subject: a column, or "" for none.
        key, protected, special, ignore, drop: columns. positive: the value that counts as yes.
        owner, purpose, legal_basis, jurisdiction, expiry: the permission.
        split_by: what keeps rows together. test, validation: shares. salt: what makes this split this one.
        step: where it was left. seen: steps that were looked at. again: of them, those to look at once more.
    """

    source: str = ""
    name: str = ""
    storage: str = "stored"
    delimiter: str = ""
    encoding: str = ""
    decimal: str = ""
    date_format: str = ""
    missing: str = ""
    headless: bool = False
    types: tuple[tuple[str, str], ...] = ()
    target: str | None = None
    group: str | None = None
    time: str | None = None
    subject: str | None = None
    key: tuple[str, ...] | None = None
    protected: tuple[str, ...] | None = None
    special: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    positive: str = ""
    owner: str = ""
    purpose: str = ""
    legal_basis: str = ""
    jurisdiction: str = ""
    expiry: str = ""
    split_by: str = ""
    test: str = ""
    validation: str = ""
    salt: str = ""
    step: int = 0
    seen: tuple[int, ...] = (0,)
    again: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What a draft comes to.

    Attributes:
        draft: it. look: what adding would make of the source; None where it is not known.
        error: why the source or an answer was refused. reasons: by step, the key of a text that says what is missing.
    """

    draft: Draft
    look: Look | None = None
    error: SurefootError | None = None
    reasons: Mapping[int, str] = field(default_factory=dict)

    @property
    def dressed(self) -> Look | None:
        """The look with the permission of the draft, for which the source is not read again."""
        return None if self.look is None else dressed(self.look, self.draft)

    @property
    def at(self) -> int:
        """The step where the error is to be mended; -1 where there is none."""
        return -1 if self.error is None else place_of(self.error)

    @property
    def is_ready(self) -> bool:
        """Whether the version may be made."""
        return self.look is not None and self.error is None and not self.reasons


def like(version: DatasetVersion | None) -> Draft:
    """A draft of another version of a dataset, or of a new one; what was said of its permission before stands there."""
    if version is None:
        return Draft()
    said: dict[str, Any] = {name: getattr(version, name) or "" for name in _PERMISSION}
    return replace(Draft(name=version.name, storage=version.storage), **said)


@dataclass(frozen=True, slots=True)
class Start:
    """How steps begin.

    Attributes:
        draft: what stands in them. is_answered: whether a person gave any of it.
        other: the draft that was left for something else; None where there is none.
    """

    draft: Draft
    is_answered: bool = True
    other: Draft | None = None


def again(version: DatasetVersion, left: Draft | None) -> Start:
    """Goes on with what was left of another version of the same dataset, or begins one."""
    if left is not None and left.name == version.name:
        return Start(left)
    return Start(like(version), is_answered=False, other=left)


def plan(draft: Draft) -> Plan:
    """The plan that was answered. It is not checked here; the library does, and says what is wrong."""
    texts = {name: getattr(draft, name).strip() or None for name in (*_PERMISSION, *_READING, "positive", "salt")}
    return Plan(
        name=draft.name.strip() or None,
        **{name: getattr(draft, name) for name in (*_ONE, "key", "protected", "special")},
        ignore=draft.ignore or None,
        drop=draft.drop or None,
        types=dict(draft.types) or None,
        missing=tuple(part.strip() for part in draft.missing.split(",") if part.strip()) or None,
        header=False if draft.headless else None,
        split_by=draft.split_by or None,
        sides=sides(draft),
        storage="referenced" if draft.storage == "referenced" else None,
        **texts,
    )


def looked_at(draft: Draft) -> Plan:
    """The plan by which the source is looked at: what is said of the permission changes nothing of what is read.

    Its end is said, since what has ended is not looked at.
    """
    return replace(plan(draft), owner=None, purpose=None, legal_basis=None, jurisdiction=None)


def dressed(look: Look, draft: Draft) -> Look:
    """A look as it would be with the permission that the draft says."""
    said = {name: getattr(draft, name).strip() or getattr(look.version, name) for name in _PERMISSION}
    gone = {key for key, name in _UNSAID.items() if said[name]}
    kept: list[Json] = [
        {"key": one.key, "values": dict(one.values)} for one in look.version.warnings if one.key not in gone
    ]
    quality = {**look.version.quality, "warnings": kept}
    return replace(look, version=replace(look.version, quality=quality, **said))


def refused(draft: Draft) -> SurefootError | None:
    """What the library refuses of the answers alone, without a look at the source; None where it is nothing."""
    try:
        check_plan(plan(draft))
    except SurefootError as error:
        return error
    return None


def sides(draft: Draft) -> dict[str, str] | None:
    """The shares that were answered; training gets the rest. A text that is no number is left to be refused."""
    if not draft.test.strip() and not draft.validation.strip():
        return None
    shares = {name: text for name, text in (("validation", draft.validation), ("test", draft.test or "0.3")) if text}
    shares = {name: text.strip().replace(",", ".") for name, text in shares.items()}
    try:
        rest = 1 - sum(Decimal(text) for text in shares.values())
    except InvalidOperation:
        rest = Decimal("0.5")
    return {"train": str(rest), **shares}


def with_role(draft: Draft, version: DatasetVersion, column: str, role: str) -> dict[str, Any]:
    """The answers that give a column another role, and nothing else."""
    changes: dict[str, Any] = {}
    target = (version.target or {}).get("column")
    for name in _ONE:
        if (target if name == "target" else getattr(version, name)) == column:
            changes[name] = ""
    if column in version.key:
        changes["key"] = tuple(one for one in version.key if one != column)
    changes["ignore"] = tuple(one for one in draft.ignore if one != column)
    if role in _ONE:
        changes[role] = column
    elif role == "key":
        changes["key"] = (*(one for one in version.key if one != column), column)
    elif role == "ignore":
        changes["ignore"] = (*changes["ignore"], column)
    if "target" in changes:
        changes["positive"] = ""
    return changes


def with_type(draft: Draft, column: str, kind: str) -> dict[str, Any]:
    """The answers that give a column another type."""
    return {"types": (*(one for one in draft.types if one[0] != column), (column, kind))}


def with_care(version: DatasetVersion, column: str, care: str) -> dict[str, Any]:
    """The answers that make a column `special`, `protected` or `none`; what is special is protected as well."""
    protected = [one for one in version.protected if one != column]
    special = [one for one in version.special if one != column]
    if care != "none":
        protected.append(column)
    if care == "special":
        special.append(column)
    return {"protected": tuple(protected), "special": tuple(special)}


def changed(draft: Draft, changes: Mapping[str, Any]) -> Draft:
    """The draft with other answers; steps behind the one that is shown are to be looked at again."""
    new = replace(draft, **changes)
    if new == draft:
        return draft
    return replace(new, again=tuple(sorted({*draft.again, *(one for one in draft.seen if one > draft.step)})))


def moved(draft: Draft, step: int) -> Draft:
    """The draft with another step shown; it has been looked at now."""
    again = tuple(one for one in draft.again if one != step)
    return replace(draft, step=step, seen=tuple(sorted({*draft.seen, step})), again=again)


def sourced(draft: Draft, path: str) -> Draft:
    """The draft with another source, at its first step; what else was answered stays."""
    return moved(changed(replace(draft, step=SOURCE), {"source": path}), SOURCE)


def place_of(error: SurefootError) -> int:
    """The step where an error is to be mended."""
    field = field_of(error)
    if field in _PERMISSION:
        return CONSENT
    if str(error.values.get("key", "")).startswith(("split", "types")):
        return SPLIT if str(error.values["key"]).startswith("split") else SCHEMA
    return _AT.get(error.code, SOURCE)


def field_of(error: SurefootError) -> str:
    """The field of the draft that an error is about; empty where it is about none."""
    if error.code is Code.PLAN_VALUE:
        return str(error.values.get("key", ""))
    if error.code is Code.SPLIT_VALUE:
        return "validation" if error.values.get("name") == "validation" else "test"
    return _FIELDS.get(error.code, "source" if _AT.get(error.code, SOURCE) == SOURCE else "")


def judged(draft: Draft, look: Look | None, error: SurefootError | None, *, is_looking: bool = False) -> Judged:
    """What is missing, step by step; an answer that cannot be is told at once."""
    error = refused(draft) or error
    return Judged(draft, look, error, dict(_reasons(draft, look, error, is_looking=is_looking)))


def _reasons(
    draft: Draft, look: Look | None, error: SurefootError | None, *, is_looking: bool
) -> Iterator[tuple[int, str]]:
    if not draft.source.strip():
        yield SOURCE, "need_source"
    elif is_looking:
        for step in (SOURCE, SPLIT, QUALITY, VERSION):
            yield step, "need_look"
    elif look is None and error is None:
        yield SOURCE, "need_look_again"
    missing = next((name for name in ("owner", "purpose", "legal_basis") if not getattr(draft, name).strip()), "")
    if missing:
        yield CONSENT, f"need_{missing}"


def command(draft: Draft) -> str:
    """What makes the same version from a terminal; empty where its words cannot say so."""
    said = plan(draft)
    if "" in (getattr(said, name) for name in _ONE) or () in (said.key, said.protected, said.special):
        return ""
    words = ["surefoot", "dataset", "add", draft.source or "FILE"]
    for name in ("name", *_ONE, "positive", *_READING, *_PERMISSION, "split_by"):
        value = getattr(said, name)
        if value:
            words += [f"--{name.replace('_', '-')}", value]
    for name in ("key", "protected", "special", "ignore", "drop", "missing"):
        for value in getattr(said, name) or ():
            words += [f"--{name}", value]
    words += [part for name, kind in (said.types or {}).items() for part in ("--type", f"{name}={kind}")]
    if said.sides:
        words += ["--split", ",".join(f"{side}={share}" for side, share in said.sides.items())]
    words += ["--no-header"] if said.header is False else []
    words += ["--reference"] if said.storage == "referenced" else []
    return shlex.join(words)


# the draft on disk


def kept(folder: Path) -> Draft | None:
    """The draft that was left; None where there is none that can be read."""
    return read(folder / FILE, Draft)


def let_go(folder: Path, draft: Draft) -> None:
    """Lets the draft's file go, unless something else was answered in it by now."""
    left = kept(folder)
    if left is not None and replace(left, step=draft.step, seen=draft.seen, again=draft.again) == draft:
        remove(folder / FILE)
