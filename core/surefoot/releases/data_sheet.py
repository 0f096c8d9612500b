"""The data sheet: what a model learned from, for people who are no specialists. Pure but for reading its template.

Everything in it comes from the record of the dataset versions; what people typed is shown as text and nothing else
(`card.plain`). What the record does not say is called not stated, never left out.
"""

import re
from collections.abc import Mapping
from string import Template
from typing import Any

from surefoot import resources
from surefoot.releases.card import plain
from surefoot.releases.facts import Candidate, RecordedEvent
from surefoot.texts import Words

_MOST_COLUMNS = 200
_MOST_SOURCES = 20
_SAID = ("owner", "purpose", "legal_basis", "jurisdiction", "expiry")
_QUOTE = re.compile(r"(?<!\\)`")


def write(candidate: Candidate, *, name: str, version: str, words: Words) -> bytes:
    """The sheet of a release as Markdown, in the language of `words`."""
    template = resources.path("templates", "capsule", f"data-sheet.{words.language}.md").read_text(encoding="utf-8")
    datasets = [_dataset(event, words) for _, event in sorted(candidate.data.items())]
    none = words("say.releases.sheet.none")
    text = Template(template).substitute(
        name=plain(name), version=plain(version), datasets="\n\n".join(datasets) or none
    )
    return text.encode()


def _dataset(event: RecordedEvent, words: Words) -> str:
    body = event.body
    title = words("say.releases.sheet.title", name=_or_unsaid(body.get("name"), words), number=body.get("number", "-"))
    facts = {
        "from": _sources(body, words),
        "fingerprint": event.sha256[:12],
        **{key: _or_unsaid(body.get(key), words) for key in _SAID},
        "size": words(
            "say.releases.sheet.rows", rows=_or_unsaid(body.get("rows"), words), columns=len(body.get("columns") or ())
        ),
        "target": _or_unsaid((body.get("target") or {}).get("column"), words),
        **{key: _names(body.get(key), words) for key in ("key", "protected", "special")},
        "split": _split(body.get("split"), words),
    }
    said = "\n".join(f"- {words(f'say.releases.sheet.{key}', value=value)}" for key, value in facts.items())
    columns, warnings = (words(f"say.releases.sheet.{part}_head") for part in ("columns", "warnings"))
    parts = (f"## {title}", said, f"### {columns}", _columns(body, words), f"### {warnings}", _warnings(body, words))
    return "\n\n".join(parts)


def _or_unsaid(value: object, words: Words) -> str:
    return words("say.releases.card.unsaid") if value in (None, "", []) else plain(value)


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def _names(value: object, words: Words) -> str:
    """Names of columns; that none is named is a statement of the owner."""
    return ", ".join(plain(one) for one in _list(value)) or words("say.releases.sheet.nobody_named")


def _sources(body: Mapping[str, Any], words: Words) -> str:
    names = [plain(one.get("name")) for one in body.get("sources") or () if isinstance(one, Mapping)]
    more = " …" if len(names) > _MOST_SOURCES else ""
    return _or_unsaid(None, words) if not names else ", ".join(names[:_MOST_SOURCES]) + more


def _split(split: object, words: Words) -> str:
    said: Mapping[str, Any] = split if isinstance(split, Mapping) else {}
    counts = said.get("counts")
    if not isinstance(counts, Mapping) or not counts:
        return _or_unsaid(None, words)
    sides = ", ".join(f"{words.term('side', side)} {plain(rows)}" for side, rows in counts.items())
    by = _list(said.get("columns")) or [words.term("role", said.get("by"))]
    return words("say.cli.split_by", sides=sides, by=", ".join(plain(one) for one in by))


def _columns(body: Mapping[str, Any], words: Words) -> str:
    columns = [one for one in body.get("columns") or () if isinstance(one, Mapping)]
    if not columns:
        return _or_unsaid(None, words)
    care = {*_list(body.get("protected")), *_list(body.get("special"))}
    lines = [words("say.releases.sheet.columns_row"), "| --- | --- | --- | --- |"]
    for one in columns[:_MOST_COLUMNS]:
        kind, role = words.term("type", one.get("type")), words.term("role", one.get("role") or "feature")
        mark = words("say.releases.sheet.care") if one.get("name") in care else ""
        lines.append(f"| {plain(one.get('name'))} | {plain(kind)} | {plain(role)} | {mark} |")
    if len(columns) > _MOST_COLUMNS:
        lines.append(f"| … {len(columns) - _MOST_COLUMNS} | | | |")
    return "\n".join(lines)


def _warnings(body: Mapping[str, Any], words: Words) -> str:
    found = (body.get("quality") or {}).get("warnings")
    if not isinstance(found, list):
        return words("say.releases.sheet.warnings_unsaid")
    return "\n".join(f"- {_warning(one, words)}" for one in found) or words("say.releases.sheet.warnings_none")


def _warning(one: Mapping[str, Any], words: Words) -> str:
    values = {name: plain(value) for name, value in (one.get("values") or {}).items()}
    try:
        return _QUOTE.sub('"', words.told(f"say.dataset.warning.{one.get('key')}", **values))
    except (KeyError, IndexError, ValueError):
        return plain(one.get("key"))
