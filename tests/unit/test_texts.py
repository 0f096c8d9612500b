"""Every error has words, in both languages, with the same placeholders; every placeholder is one that can be filled."""

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from surefoot.errors import Code, SurefootError
from surefoot.texts import COUNTS, FIGURES, LANGUAGES, Words, _table, figure


def leaves(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, Mapping):
            yield from leaves(value, path)
        else:
            yield path, value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


# All texts by their keys; those of the desktop begin with `app.` and lie in files of their own.
ENGLISH = dict(leaves(_table("en"))) | dict(leaves(_table("en", "app"), "app"))
VIETNAMESE = dict(leaves(_table("vi"))) | dict(leaves(_table("vi", "app"), "app"))


@pytest.mark.parametrize(("language", "told"), [("en", "1,234,567"), ("vi", "1.234.567")])
def test_thousands_are_parted_as_the_language_does(language: str, told: str) -> None:
    assert Words(language).count(1_234_567) == told
    assert Words(language).count(999) == "999"


def test_whoever_speaks_to_people_leaves_thousands_to_the_language() -> None:
    spoken = [path for room in ("cli", "guide", "audit") for path in (CORE / room).glob("*.py")]
    assert [path.name for path in spoken if re.search(r":,[}.d]", path.read_text(encoding="utf-8"))] == []


def test_both_languages_hold_the_same_keys() -> None:
    assert sorted(ENGLISH) == sorted(VIETNAMESE)


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_a_text_has_the_same_placeholders_in_both_languages(key: str) -> None:
    assert placeholders(ENGLISH[key]) == placeholders(VIETNAMESE[key])


_FORM = re.compile(r"\{(\w+):([^{}]*)\}")
_COUNTING = COUNTS | {name for text in ENGLISH.values() for name, _ in _FORM.findall(text)}
_COUNTED = re.compile(r"\{(\w+)\} (?:(?!of )[a-z-]+ ){0,2}?([a-z]+s)\b")
_NOT_SEVERAL = {"is", "was", "has", "does", "its", "this", "as", "gets", "stands"}


def lacks_a_form(text: str) -> list[str]:
    """Counts right before a word for several, which would also stand beside a 1."""
    return [f"{name} {word}" for name, word in _COUNTED.findall(text) if name in _COUNTING and word not in _NOT_SEVERAL]


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("{count} runs", ["count runs"]), ("Judged on {rows} held-out rows.", ["rows rows"]),
        ("{count} {count:run|runs}", []), ("{name} has rows", []), ("{rows} signed {rows:line|lines}", []),
        ("at most {limit} bytes", []),
    ],
)  # fmt: skip
def test_the_scan_knows_a_count_before_several(text: str, lacking: list[str]) -> None:
    assert lacks_a_form(text) == lacking


def test_what_is_counted_has_a_form_for_one_and_one_for_more() -> None:
    assert {key: found for key, text in ENGLISH.items() if (found := lacks_a_form(text))} == {}
    assert [key for key, text in ENGLISH.items() if "(s)" in text] == []


def test_forms_differ_and_stand_beside_their_count() -> None:
    found = [(text, name, *forms.split("|")) for text in ENGLISH.values() for name, forms in _FORM.findall(text)]
    assert len(found) > 100
    assert [text for text, name, one, more in found if one == more or f"{{{name}}}" not in text] == []


def test_vietnamese_has_one_form() -> None:
    assert [key for key, text in VIETNAMESE.items() if _FORM.search(text)] == []


@pytest.mark.parametrize(
    ("count", "told"), [(1, "1 run"), (0, "0 runs"), (2, "2 runs"), ("1", "1 run"), (1234, "1,234 runs")]
)
def test_one_is_told_as_one(count: object, told: str) -> None:
    assert Words("en")("app.runs.count", count=count) == told


def test_a_form_may_bend_the_verb() -> None:
    said = [Words("en")("say.dataset.warning.rows-twice", count=count) for count in (1, 2)]
    assert [text.split(" in ")[0] for text in said] == ["1 row repeats another row", "2 rows repeat another row"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0.781", "0,781"), ("≥ 0.75", "≥ 0,75"), ("-3.5 %", "-3,5 %"), ("8.5e-8", "8,5e-8"),
        ("auc 0.8, f1 0.7", "auc 0,8, f1 0,7"),
        ("12", "12"), ("1.234,5", "1.234,5"), ("1.4.0", "1.4.0"), ("v1.2", "v1.2"), ("f1.5x", "f1.5x"), ("–", "–"),
    ],
)  # fmt: skip
def test_vietnamese_writes_a_decimal_comma(text: str, told: str) -> None:
    assert Words("vi").decimal(text) == told
    assert Words("en").decimal(text) == text


def test_figures_in_a_sentence_are_written_as_the_language_does() -> None:
    values = {"figure": "0.0713", "low": "0.05", "high": 0.09, "asked": "≤ 0.1", "kind": "v", "metric": "m-1.5"}
    told = Words("vi")("say.checks.any.passed", **values)
    assert all(part in told for part in ("0,0713", "0,05", "0,09", "≤ 0,1", "m-1.5"))
    assert "≤ 0.1" in Words("en")("say.checks.any.passed", **values)


def test_an_error_shows_what_was_typed_as_it_was_typed() -> None:
    assert "1.5" in Words("vi").error(SurefootError(Code.TRIAL_SHARE, share="1.5")).what


def test_what_is_written_as_a_figure_or_a_count_stands_in_some_text() -> None:
    named = set().union(*(placeholders(text) for text in ENGLISH.values()))
    assert named >= FIGURES | COUNTS
    assert FIGURES.isdisjoint(COUNTS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(Code))
def test_every_error_says_what_happened_what_it_means_and_what_to_do(code: Code, language: str) -> None:
    table = ENGLISH if language == "en" else VIETNAMESE
    parts = [table[f"error.{code}.{part}"] for part in ("what", "means", "do")]
    assert all(part.strip() for part in parts)
    names = set().union(*(placeholders(part) for part in parts))
    told = Words(language).error(SurefootError(code, **{name: name.upper() for name in names}))
    assert told.code == code.value


# Reasons have texts of their own: `error.SF-2018.detail.no-side` tells what `detail="no-side"` stands for.
REASONS = {key: text for key, text in ENGLISH.items() if re.fullmatch(r"error\.SF-\d{4}\.[a-z]+\.[a-z0-9-]+", key)}
CORE = Path(__file__).resolve().parents[2] / "core" / "surefoot"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(REASONS))
def test_a_reason_is_told_in_the_reader_s_language(key: str, language: str) -> None:
    _, code, name, reason = key.split(".")
    others = {part: ENGLISH[f"error.{code}.{part}"] for part in ("what", "means", "do")}
    names = set().union(*(placeholders(text) for text in (REASONS[key], *others.values())))
    values: dict[str, object] = {**{one: one.upper() for one in names}, name: reason}
    told = Words(language).error(SurefootError(Code(code), **values))
    assert Words(language)(key, **values) in told.what + told.do


def raised() -> Iterator[tuple[str, set[str], str]]:
    """Every error of the library that names a reason: the key of its text, what it hands over, and where."""
    for path in sorted(CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not ast.unparse(node.args[0]).startswith("Code."):
                continue
            code = Code[ast.unparse(node.args[0]).removeprefix("Code.")]
            names = {one.arg for one in node.keywords if one.arg}
            for one in node.keywords:
                if isinstance(one.value, ast.Constant) and None not in {each.arg for each in node.keywords}:
                    yield f"error.{code}.{one.arg}.{one.value.value!s}", names, path.name


def test_who_names_a_reason_hands_over_what_its_text_says() -> None:
    found = [(key, names, place) for key, names, place in raised() if key in REASONS]
    assert len(found) > 40
    assert [(key, place) for key, names, place in found if not placeholders(REASONS[key]) <= names] == []


def test_no_text_stands_for_a_code_that_does_not_exist() -> None:
    known = {code.value for code in Code}
    assert {key.split(".")[1] for key in ENGLISH if key.startswith("error.")} <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_terminal_would_obey_is_shown_in_an_error(language: str) -> None:
    told = Words(language).error(SurefootError(Code.FILE_MISSING, path="\x1b[31m\nred\x9b\r.csv"))
    assert "\\x1b[31m\\x0ared\\x9b\\x0d.csv" in told.what
    assert (told.what + told.means + told.do).isprintable()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.78123", "0.781"), ("0.7", "0.7"), ("0", "0"), ("8.5e-08", "8.5e-8"), ("1.0", "1"), ("-0.00040", "-4.0e-4"),
        ("1200", "1200"), (0.5, "0.5"), ("NaN", "NaN"), ("–", "–"), (None, "-"),
    ],
)  # fmt: skip
def test_a_figure_is_rounded_for_reading(number: object, text: str) -> None:
    assert figure(number) == text


def test_a_figure_in_a_text_is_rounded_and_nothing_else_in_it_is() -> None:
    told = Words().told("why.releases.gate.check_passed", kind="accuracy", figure="0.7812345")
    assert "0.781." in told
    assert "0.78123" not in told


def test_the_desktop_s_texts_are_read_when_the_first_of_them_is_asked_for() -> None:
    program = """
from surefoot import texts
texts.Words()("error.SF-1001.what", path=".")
before = texts._table.cache_info().currsize
texts.Words()("app.home.title")
print(before, texts._table.cache_info().currsize)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "2"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_of_the_desktop_is_found_by_its_key(language: str) -> None:
    table = ENGLISH if language == "en" else VIETNAMESE
    assert Words(language)("app.home.title") == table["app.home.title"]
    assert Words(language).has("app.home.title")
    assert not Words(language).has("app.home.nothing")
