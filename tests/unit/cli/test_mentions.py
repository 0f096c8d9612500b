"""Every command and option that a text, a template, a document or the code names to a user is one that there is."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from surefoot.cli.table import COMMON, VERBS, Verb
from surefoot.payloads.service import __main__ as wrapper
from surefoot.texts import LANGUAGES, Words, _table
from tests.unit.test_texts import leaves

ROOT = Path(__file__).resolve().parents[3]
BY_WORDS = {verb.words: verb for verb in VERBS if not verb.hidden}
NOUNS = {verb.words[0] for verb in BY_WORDS.values() if len(verb.words) > 1}
KNOWN = {flag for verb in BY_WORDS.values() for one in (*verb.arguments, *COMMON) for flag in one.flags}
# Python's own and other programs' (pip-compile, pip, docker), and those of the wrapper that a folder is run with.
OTHERS = {"--help", "--version", "--generate-hashes", "--hash", "--no-deps"}
OTHERS |= {"--no-cache-dir", "--no-compile", "--only-binary", "--require-hashes", "--requirement"}
OTHERS |= {"--cap-drop", "--file", "--network", "--now", "--read-only", "--security-opt", "--tag", "--user", "--volume"}
OTHERS |= set(re.findall(r'"(--[a-z-]+)"', inspect.getsource(wrapper)))
COMMAND = re.compile(r"(?:`|: |^ *|\(|, )surefoot ((?:[^`\n]+?))(?=`|\n|$| {2}|\)|, then)", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def texts() -> Iterator[tuple[str, str]]:
    """Every place that speaks to a user, with its text."""
    for language in LANGUAGES:
        yield from ((f"{language}:{key}", text) for key, text in leaves(_table(language)))
    for folder, pattern in (("docs", "*.md"), ("resources/templates", "**/*"), ("resources/samples", "**/*.md")):
        for path in sorted((ROOT / folder).glob(pattern)):
            if path.is_file():
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    yield "README.md", (ROOT / "README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "core" / "surefoot").rglob("*.py")):
        for number, text in enumerate(re.findall(r'(?<!b)"(surefoot [a-z][^"]*)"', path.read_text(encoding="utf-8"))):
            yield f"{path.relative_to(ROOT)}#{number}", text


def verb_of(words: list[str]) -> Verb | None:
    """The verb that a command names."""
    return BY_WORDS.get(tuple(words[:2])) or BY_WORDS.get(tuple(words[:1]))


def faults(text: str) -> Iterator[str]:
    """What a text names and what is not there."""
    for match in COMMAND.finditer(text):
        command = match.group(1)
        words = re.sub(r"\{[^}]*\}", "X", command).split()
        if words[0].startswith("-") or words[0] in {"VERB", "pin"} or not re.match(r"[a-z]", words[0]):
            continue
        verb = verb_of(words)
        if verb is None:
            if not (words[0] in NOUNS and len(words) == 1):
                yield f"no verb: surefoot {command}"
            continue
        flags = {flag for one in (*verb.arguments, *COMMON) for flag in one.flags} | OTHERS
        yield from (f"no option {one}: surefoot {command}" for one in OPTION.findall(command) if one not in flags)
        if verb.words == ("explain",) and len(words) > 1:
            topic = words[1]
            is_known = topic in {"TOPIC", "CHỦ_ĐỀ", "X"} or re.fullmatch(r"SF-\d{4}", topic)
            if not is_known and not any(Words().has(f"{part}.{topic}") for part in ("why", "topic")):
                yield f"no topic: surefoot {command}"
    yield from (f"no option {one}" for one in OPTION.findall(text) if one not in KNOWN | OTHERS)


TEXTS = [(place, text) for place, text in texts() if "surefoot" in text or "--" in text]


def test_the_scan_sees_commands_and_options() -> None:
    assert sum(len(COMMAND.findall(text)) for _, text in TEXTS) > 150
    assert list(faults("Try `surefoot dataset destroy`, or --nonsense, or `surefoot run list --to X`.")) == [
        "no verb: surefoot dataset destroy",
        "no option --to: surefoot run list --to X",
        "no option --nonsense",
    ]


@pytest.mark.parametrize(("place", "text"), TEXTS, ids=[place for place, _ in TEXTS])
def test_what_a_text_names_is_there(place: str, text: str) -> None:
    assert list(faults(text)) == [], place
