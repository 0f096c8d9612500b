"""`surefoot dataset …`."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from surefoot.cli.call import Answer, Call
from surefoot.cli.tables import aligned, plain
from surefoot.datasets import plans
from surefoot.datasets.facts import DatasetVersion, Plan
from surefoot.errors import Code, UsageError

_FAILED = 3
# What a person can type for a tab.
_TABS = {"\\t": "\t", "tab": "\t"}


def _plan(call: Call) -> Plan:
    """The plan of a file, with what the options say put over it."""
    written = plans.load(Path(call["plan"])) if call["plan"] else Plan()
    names = [field.name for field in fields(Plan)]
    # An option that was given with an empty text was given: it is refused by name, not passed over.
    said: dict[str, Any] = {name: call[name] for name in names if call.options.get(name) not in (None, [])}
    if call["test"] is not None:
        said["sides"] = plans.share_out(call["test"])
    if call["split"] is not None:
        said["sides"] = _pairs("split", call["split"].split(","))
    if call["type"]:
        said["types"] = _pairs("type", call["type"])
    if call["delimiter"] is not None:
        said["delimiter"] = _TABS.get(call["delimiter"], call["delimiter"])
    if call["no_header"]:
        said["header"] = False
    if call["reference"]:
        said["storage"] = "referenced"
    told = plans.plan(said)
    return replace(written, **{name: getattr(told, name) for name in names if getattr(told, name) is not None})


def _pairs(name: str, texts: Sequence[str]) -> dict[str, str]:
    """`train=0.7` and its like as a table.

    Raises:
        UsageError: one of them is no pair.
    """
    pairs = [text.rpartition("=") for text in texts]
    wrong = next(
        (text for text, (key, sign, value) in zip(texts, pairs, strict=True) if not (key and sign and value)), None
    )
    if wrong is not None:
        raise UsageError(Code.NOT_A_PAIR, option=f"--{name}", text=plain(wrong))
    return {key.strip(): value.strip() for key, _, value in pairs}


def _about(version: DatasetVersion) -> dict[str, object]:
    return {**asdict(version), "ref": version.ref}


def _details(version: DatasetVersion, call: Call) -> tuple[str, ...]:
    term = call.words.term
    lines = [
        call.words(
            "say.cli.guess",
            name=plain(column.get("name")),
            type=term("type", column.get("type")),
            role=term("role", column.get("role")),
            confidence=column.get("confidence"),
        )
        for column in version.columns
    ]
    for warned in version.warnings:
        text = call.words.told(f"say.dataset.warning.{warned.key}", **warned.values)
        lines.append(call.words("say.cli.warning", text=text))
    return tuple(lines)


def add(call: Call) -> Answer:
    """Adds a table or a folder as an immutable version."""
    plan = _plan(call)
    with call.patiently("say.cli.leaving") as leave:
        added = call.acting.datasets.add(Path(call["source"]), plan, progress=call.progress, cancel=leave)
    version = added.version
    key = "added" if added.is_new else "renewed" if added.is_recorded else "unchanged"
    first = call.words(
        f"say.cli.{key}", ref=version.ref, rows=call.words.count(version.rows), digest=version.version[:8]
    )
    lines = (first, *_details(version, call)) if added.is_new else (first,)
    return Answer({**_about(version), "is_new": added.is_new, "is_recorded": added.is_recorded}, lines)


def list_(call: Call) -> Answer:
    """Lists the datasets."""
    found = call.workbench.datasets.list()
    head = [call.words(f"say.cli.head.{name}") for name in ("name", "rows", "digest", "owner", "storage")]
    rows = [
        (each.ref, call.words.count(each.rows), each.version[:8], each.owner, call.words.term("storage", each.storage))
        for each in found
    ]
    lines = aligned(head, rows, right=(1,)) if rows else (call.words("say.project.no_rows"),)
    return Answer({"datasets": [_about(each) for each in found]}, lines)


def _split(version: DatasetVersion, call: Call) -> str:
    """How many rows are on each side, and what decides about the side of a row."""
    counts = version.split.get("counts")
    sides = counts.items() if isinstance(counts, dict) else ()
    shown = ", ".join(f"{call.words.term('side', side)} {rows}" for side, rows in sides)
    columns = version.split.get("columns")
    by = columns if isinstance(columns, list) and columns else [call.words.term("role", version.split.get("by"))]
    return call.words("say.cli.split_by", sides=shown, by=", ".join(map(plain, by))) if shown else "–"


def show(call: Call) -> Answer:
    """Shows one version."""
    version = call.workbench.datasets.show(call["dataset"])
    shown = ("rows", "version", "owner", "purpose", "legal_basis", "jurisdiction", "expiry", "storage", "place")
    term = call.words.term
    lists = {"storage": "storage", "legal_basis": "legal-basis"}
    facts = [
        (term("fact", name), term(lists.get(name, ""), getattr(version, name)))
        for name in shown
        if getattr(version, name) is not None
    ]
    facts += [(term("fact", "target"), plain((version.target or {}).get("column")))]
    named = {"key": version.key, "subject": filter(None, (version.subject,)), "special": version.special}
    listed = {role: ", ".join(map(plain, columns)) for role, columns in named.items()}
    facts += [(term("role", role), columns) for role, columns in listed.items() if columns]
    facts += [
        (term("fact", "protected"), ", ".join(version.protected) or "–"),
        (term("fact", "split"), _split(version, call)),
    ]
    lines = aligned((version.ref, ""), facts)
    return Answer(_about(version), (*lines, "", *_details(version, call)))


def diff(call: Call) -> Answer:
    """Shows what changed between two versions."""
    found = call.workbench.datasets.diff(call["before"], call["after"])
    head = [call.words("say.cli.head.what"), call.words("say.cli.head.name"), call["before"], call["after"]]
    lines = (
        aligned(head, [(call.words.term("change", each.what), each.name, each.before, each.after) for each in found])
        if found
        else ()
    )
    return Answer({"differences": [asdict(each) for each in found]}, lines or (call.words("say.cli.same"),))


def check(call: Call) -> Answer:
    """Finds out whether the source has changed silently."""
    with call.patiently("say.cli.leaving") as leave:
        health = call.workbench.datasets.check(call["dataset"], progress=call.progress, cancel=leave)
    ref = health.version.ref
    if health.is_sound:
        return Answer({"ref": ref, "findings": []}, (call.words("say.cli.sound", ref=ref),))
    lines = tuple(
        call.words("say.cli.unsound", ref=ref, what=call.words.term("finding", f.what), path=plain(f.path))
        for f in health.findings
    )
    return Answer({"ref": ref, "findings": [asdict(each) for each in health.findings]}, lines, _FAILED)
