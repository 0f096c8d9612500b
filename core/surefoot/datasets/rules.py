"""Decisions about a dataset: which column is for what, by which rule rows are parted, what its name may be.

Pure. What the owner says is taken, if the table can bear it; what was not said is guessed (`guesses`).
"""

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from surefoot.datasets import guesses
from surefoot.datasets.csvtext import shown
from surefoot.datasets.facts import DATE_FORMATS, DECIMALS, LEGAL_BASES, TYPES, Plan
from surefoot.datasets.guesses import GROUND, LOW, Guess, Seen
from surefoot.datasets.reading import ENCODINGS
from surefoot.datasets.splitting import bounds
from surefoot.errors import Code, InputRefusedError
from surefoot.trail.canonical import Json

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_NEAR = 8
_PLACES = 2
SPLITS = ("key", "group", "time", "row")
_NONE_BY_EMPTY = ("target", "group", "time", "subject")
"""Roles of which a plan may say that no column has them, by an empty text."""
STORAGES = ("stored", "referenced")


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column is for what.

    Attributes:
        confidence: of what was guessed, by role (`target`) or by role and column (`protected:sex`).
        reasons: why it was guessed, by the same: a key of `say.dataset.reason`.
    """

    target: str | None = None
    positive: str | None = None
    key: tuple[str, ...] = ()
    group: str | None = None
    time: str | None = None
    subject: str | None = None
    protected: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    confidence: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """What a column is for, in a word; where it is for several things, the weightiest."""
        if name in self.key:
            return "key"
        for role in ("target", "group", "time", "subject"):
            if getattr(self, role) == name:
                return role
        return "ignore" if name in self.ignore else "feature"


@dataclass(frozen=True, slots=True)
class _Guessed:
    """What was guessed so far: how sure, and why."""

    confidence: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def note(self, role: str, confidence: float, why: str) -> None:
        """Keeps one guess."""
        self.confidence[role] = decimal_share(confidence)
        self.reasons[role] = why


@dataclass(frozen=True, slots=True)
class SplitRule:
    """By what the rows are parted.

    Attributes:
        by: key, group, time or row (all cells of a row). columns: those that decide. salt, sides: formats.md §3.
    """

    by: str
    columns: tuple[str, ...]
    salt: str
    sides: Mapping[str, str]


def assign(plan: Plan, columns: Sequence[Seen]) -> Roles:
    """Gives each column its role.

    Raises:
        InputRefusedError: a column that was named is not there, or cannot bear its role.
    """
    by_name = {seen.name: seen for seen in columns}
    _refuse_unknown(plan, list(by_name))
    sure = _Guessed()
    key = plan.key if plan.key is not None else _taken("key", guesses.guess_key(columns), sure)
    subject = _one(plan.subject, "subject", guesses.guess_subject(columns), sure)
    group = _one(plan.group, "group", _group_of(subject, by_name), sure)
    time = _one(plan.time, "time", guesses.guess_time(columns), sure)
    naming = {*key, subject, group, time, *(plan.ignore or ())}
    free = [seen for seen in columns if seen.name not in naming]
    target = _one(plan.target, "target", guesses.guess_target(free), sure)
    roles = Roles(
        target=target,
        positive=_positive(plan, by_name.get(target or ""), sure),
        key=key,
        group=group,
        time=time,
        subject=subject,
        protected=_flagged("protected", plan.protected, columns, sure),
        special=_flagged("special", plan.special, columns, sure),
        ignore=plan.ignore or (),
        confidence=sure.confidence,
        reasons=sure.reasons,
    )
    _refuse_unable(roles, by_name)
    # What is special is protected as well, whatever else was said.
    return replace(roles, protected=tuple(dict.fromkeys((*roles.protected, *roles.special))))


def decimal_share(number: float) -> str:
    """A share or a confidence as a short decimal text."""
    return f"{number:.{_PLACES}f}"


def _one(said: str | None, role: str, guess: Guess | None, sure: _Guessed) -> str | None:
    if said is not None:
        return said or None  # an empty text says: there is none
    return next(iter(_taken(role, guess, sure)), None)


def _taken(role: str, guess: Guess | None, sure: _Guessed) -> tuple[str, ...]:
    if guess is None or guess.confidence < GROUND:
        return ()
    sure.note(role, guess.confidence, guess.why)
    return (guess.column,)


def _group_of(subject: str | None, columns: Mapping[str, Seen]) -> Guess | None:
    """Rows of one person belong together: a model that has seen some of them is not tested by the others."""
    seen = columns.get(subject or "")
    return Guess(seen.name, 0.9, "same-person") if seen is not None and not seen.is_unique else None


def _positive(plan: Plan, target: Seen | None, sure: _Guessed) -> str | None:
    if target is None:
        return None
    if plan.positive is not None:
        if target.values and plan.positive not in target.values:
            known = ", ".join(shown(value) for value in list(target.values)[:_NEAR])
            raise InputRefusedError(
                Code.POSITIVE_UNKNOWN, column=shown(target.name), value=shown(plan.positive), known=known
            )
        return plan.positive
    found = guesses.guess_positive(target)
    if found is not None:
        sure.note("positive", 0.6, "positive")
    return found


def _flagged(role: str, said: tuple[str, ...] | None, columns: Sequence[Seen], sure: _Guessed) -> tuple[str, ...]:
    if said is not None:
        return said
    guess = guesses.guess_special if role == "special" else guesses.guess_protected
    found = []
    for seen in columns:
        kind = guess(seen)
        if kind is not None and kind[1] >= LOW:
            sure.note(f"{role}:{seen.name}", kind[1], kind[0])
            found.append(seen.name)
    return tuple(found)


def _refuse_unknown(plan: Plan, names: list[str]) -> None:
    asked: list[tuple[str, str]] = []
    for role in ("target", "group", "time", "subject"):
        asked += [(role, name) for name in (getattr(plan, role),) if name]
    for role in ("key", "protected", "special", "ignore", "types", "units"):
        asked += [(role, name) for name in getattr(plan, role) or ()]
    for role, name in asked:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=_NEAR, cutoff=0.3) or names[:_NEAR]
            raise InputRefusedError(
                Code.COLUMN_UNKNOWN, column=shown(name), role=role, near=", ".join(shown(one) for one in near)
            )


def _refuse_unable(roles: Roles, columns: Mapping[str, Seen]) -> None:
    target = columns.get(roles.target or "")
    if target is not None and target.distinct <= 1:
        value = next(iter(target.values), "")
        raise InputRefusedError(Code.TARGET_CONSTANT, column=shown(target.name), value=shown(value))
    for name in roles.key:
        if columns[name].missing:
            raise InputRefusedError(Code.KEY_EMPTY, column=shown(name), count=columns[name].missing)
    for name in (*roles.key, *((roles.group,) if roles.group else ())):
        if columns[name].type == "number":
            raise InputRefusedError(Code.SPLIT_VALUE, detail="fractions", column=shown(name))


def choose_split(plan: Plan, roles: Roles, *, name: str) -> SplitRule:
    """Chooses by what rows are parted: the group where there is one, else the key, else the whole row.

    Equal rows always share a side: with a group by its value, with a whole row by its cells.

    Raises:
        InputRefusedError: what was asked for needs a column that nobody named, or the shares are wrong.
    """
    by = plan.split_by or ("group" if roles.group else "key" if roles.key else "row")
    columns = {"key": roles.key, "group": (roles.group,), "time": (roles.time,), "row": ()}[by]
    named = tuple(column for column in columns if column is not None)
    if by != "row" and not named:
        raise InputRefusedError(Code.SPLIT_VALUE, detail="no-column", role=by, option=by)
    sides = plan.sides or {"train": "0.7", "test": "0.3"}
    bounds(sides)
    return SplitRule(by, named, plan.salt or name, dict(sides))


def name_of(text: str) -> str:
    """A dataset's name from that of a file: what a name may not hold becomes a dash.

    Raises:
        InputRefusedError: nothing is left of it.
    """
    return check_name(re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-_.")[:64], shown_as=text)


def check_name(name: str, *, shown_as: str | None = None) -> str:
    """The name, if it can name a dataset.

    Raises:
        InputRefusedError: it cannot.
    """
    if _NAME.fullmatch(name) is None:
        raise InputRefusedError(Code.DATASET_NAME, name=shown(shown_as if shown_as is not None else name))
    return name


def check_plan(plan: Plan) -> Plan:
    """The plan, if each value is one that can be.

    Raises:
        InputRefusedError: PLAN_VALUE, DATASET_NAME or SPLIT_VALUE.
    """
    if plan.name is not None:
        check_name(plan.name)
    for one in fields(plan):
        if one.name not in _NONE_BY_EMPTY:
            _not_empty(one.name, getattr(plan, one.name))
    _one_of("split.by", plan.split_by, SPLITS)
    _one_of("storage", plan.storage, STORAGES)
    _one_of("legal_basis", plan.legal_basis, LEGAL_BASES)
    _one_of("encoding", plan.encoding, ENCODINGS)
    _one_of("decimal", plan.decimal, DECIMALS, said_as="decimal")
    _one_of("date_format", plan.date_format, DATE_FORMATS, said_as="date-format")
    for column, kind in (plan.types or {}).items():
        _one_of(f"types.{shown(column)}", kind, TYPES)
    if plan.sides is not None:
        bounds(plan.sides)
    if plan.expiry is not None:
        _date("expiry", plan.expiry)
    if plan.delimiter is not None and (len(plan.delimiter) != 1 or plan.delimiter in '"\r\n'):
        raise InputRefusedError(
            Code.PLAN_VALUE, key="delimiter", value=repr(shown(plan.delimiter)), allowed="delimiter"
        )
    return plan


def refuse_empty(plan: Plan) -> None:
    """Refuses an empty text for any value: on a command line it comes from a variable that was never set.

    Raises:
        InputRefusedError: PLAN_VALUE.
    """
    for one in fields(plan):
        _not_empty(one.name, getattr(plan, one.name))


def _not_empty(key: str, value: object) -> None:
    """An empty text says nothing, and is no way to say nothing: it comes from a variable that was never set."""
    texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
    if key != "missing" and not all(text.strip() or text == "\t" for text in texts):
        raise InputRefusedError(Code.PLAN_VALUE, key=key, value="''", allowed="text")


def _one_of(key: str, value: str | None, allowed: Sequence[str], *, said_as: str = "") -> None:
    if value is not None and value not in allowed:
        listed = said_as or ", ".join(allowed)
        raise InputRefusedError(Code.PLAN_VALUE, key=key, value=repr(shown(value)), allowed=listed)


def _date(key: str, value: str) -> None:
    try:
        dt.date.fromisoformat(value)
    except ValueError as error:
        raise InputRefusedError(Code.PLAN_VALUE, key=key, value=repr(shown(value)), allowed="date") from error


def said(plan: Plan) -> dict[str, Json]:
    """What a plan says, as JSON; what it leaves open is absent."""
    found: dict[str, Json] = {}
    for one in fields(plan):
        value: Any = getattr(plan, one.name)
        if isinstance(value, tuple):
            value = list(value)
        if isinstance(value, Mapping):
            value = dict(value)
        if value is not None:
            found[one.name] = value
    return found


def plan_from(said_before: Mapping[str, Any]) -> Plan:
    """The plan that said this."""
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in said_before.items()
    }
    return Plan(**values)


def continued(plan: Plan, before: Mapping[str, Json] | None) -> Plan:
    """The plan, completed by what was said for the version before."""
    return plan if before is None else plan_from({**before, **said(plan)})
