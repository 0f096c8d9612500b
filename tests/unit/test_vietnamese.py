"""Vietnamese is Vietnamese: texts and closed lists are translated; no English is left but names and commands."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from surefoot.datasets.facts import LEGAL_BASES, ROLES, SIDES, TYPES
from surefoot.deployments.facts import State as DeploymentState
from surefoot.releases import policies
from surefoot.releases.facts import State as GateState
from surefoot.runs.facts import Agreement
from surefoot.runs.facts import State as RunState
from surefoot.texts import LANGUAGES, Words
from surefoot.trail import Verdict
from tests.unit.test_texts import ENGLISH, VIETNAMESE

CORE = Path(__file__).resolve().parents[2] / "core" / "surefoot"
# Names, and words that Vietnamese writes as English does.
NAMES = frozenset(
    """
    surefoot onnx json cyclonedx slsa tensor commit byte utf latin workbench lock parquet excel html toml ctrl iban auc
    dsse spdx duckdb sqlite arrow numpy avro zstandard bzip pickle osv pypi python
    recipe experiment executor environment waivers project data name opset zipmap true false linux landlock seccomp
    kolmogorov smirnov brier chmod jupyter kernel shift enter gzip gdpr
    """.split()  # noqa: SIM905 - three lines are read sooner than forty
)
# What stands for itself in one text: values that a user types, names in a file.
EXACT = {
    "argument.encoding": {"windows"},
    "error.SF-2509.do": {"repeat", "probability"},
    "say.releases.takes.nullable": {"null"},
    "say.releases.card.model": {"build"},
    "topic.settings": {"local", "production", "port", "lease", "churn"},
    "app.runs.filter_hint": {"depth"},
    "app.datasets.drop_detail": {"lines"},
    "argument.handed": {"folder", "process"},
    "argument.handed_to": {"folder"},
    "error.SF-2718.do": {"state", "stop"},
    "argument.request": {"request"},  # the name of a header
    "argument.split_by": {"group", "time"},
    "argument.template": {"tabular", "classification", "plain", "command"},
    "argument.topic": {"dataset"},
    "argument.type": {"number", "code", "text"},
    "argument.split": {"train", "test", "validation"},
    "error.SF-2012.do": {"text"},
    "say.models.reason.vectors-unreadable": {"format", "tolerance", "inputs", "outputs"},
    "say.sample.dataset_done": {"german", "credit"},
    "verb.run_list": {"param", "model", "logistic"},
}


def literals(call: str, room: str = ".") -> Iterator[str]:
    """The first words that the library hands to a call, as in `Finding("gone")`."""
    for path in sorted((CORE / room).rglob("*.py")):
        yield from re.findall(rf'\b{call}\("([a-z.-]+)"', path.read_text(encoding="utf-8"))


LISTS = {
    "run-state": get_args(RunState),
    "release-state": ("proposed", "signed", "replaced"),
    "deployment-state": [str(state.value) for state in DeploymentState],
    "gate-state": [str(state.value) for state in GateState],
    "check-state": ("passed", "close", "failed", "undetermined"),
    "agreement": get_args(Agreement),
    "type": TYPES,
    "role": (*ROLES, *policies.ROLES),
    "side": SIDES,
    "legal-basis": LEGAL_BASES,
    "verdict": [str(verdict.value) for verdict in Verdict],
    "finding": sorted(set(literals("Finding", "datasets"))),
    "change": sorted(set(literals("Change", "datasets"))),
    "storage": ("stored", "referenced"),
    "rule": ("at_least", "at_most"),
    "kind": ("accuracy", "parity"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_word_of_a_closed_list_has_a_word(name: str, language: str) -> None:
    words = Words(language)
    keys = [re.sub(r"[ _.]", "-", word) for word in LISTS[name]]
    assert keys
    assert [key for key in keys if not words.has(f"say.term.{name}.{key}")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stage_of_long_work_has_words(language: str) -> None:
    stages = set(literals("progress"))
    assert len(stages) > 10
    assert [stage for stage in sorted(stages) if not Words(language).has(f"stage.{stage}")] == []


def prose(text: str) -> str:
    """A text without placeholders, commands, options, file names and what stands in quotes or brackets."""
    text = re.sub(r"`[^`]*`|\{[^}]*\}|“[^”]*”|\[[^\]]*\]", " ", text)
    return re.sub(r"(?m)(?:surefoot|pip) [a-z].*$|--[a-z-]+|\S+[._/=@]\S+|^[a-z]+ = .*$", " ", text)


def english(text: str) -> list[str]:
    """The words of a text that are English and no names."""
    return [word for word in re.findall(r"[^\W\d_]+", prose(text)) if word.lower() in LEXICON]


LEXICON = {word.lower() for text in ENGLISH.values() for word in re.findall(r"[^\W\d_]{4,}", prose(text))} - NAMES


def test_the_scan_knows_english_when_it_sees_it() -> None:
    assert english("Lượt chạy finished sau 3 giây") == ["finished"]
    assert english("Lượt chạy đã kết thúc; xem `surefoot run show`") == []


@pytest.mark.parametrize("key", sorted(VIETNAMESE))
def test_a_vietnamese_text_holds_no_english(key: str) -> None:
    found = {word.lower() for word in english(VIETNAMESE[key])}
    assert found - EXACT.get(key, set()) == set(), VIETNAMESE[key]


@pytest.mark.parametrize("key", sorted(VIETNAMESE))
def test_a_text_is_not_left_as_it_is_in_english(key: str) -> None:
    if english(ENGLISH[key]):
        assert VIETNAMESE[key] != ENGLISH[key]


# One word for one thing: what was tried before and is not to come back (docs/contributing.md has the glossary).
FORSAKEN = (
    "bản ghi",
    "sổ ghi",
    "tập dữ liệu",
    "chấp thuận",
    "phép kiểm tra",
    "căn cứ pháp lý",
    "mỏ neo",
    "bộ thực thi",
)


@pytest.mark.parametrize("word", FORSAKEN)
def test_one_thing_has_one_word(word: str) -> None:
    assert [key for key, text in VIETNAMESE.items() if word in text.lower()] == []
