"""What the desktop says in place of what names a command or an option: all of it, and by names that stand on a page."""

import re

import pytest

from surefoot.errors import Code, SurefootError
from surefoot.texts import LANGUAGES, Words, _table
from tests.unit.test_texts import ENGLISH, VIETNAMESE, lacks_a_form, leaves, placeholders
from tests.unit.test_vietnamese import EXACT, FORSAKEN, english

INSTEAD = {language: dict(leaves(_table(language, "instead"))) for language in LANGUAGES}
TEXTS = {"en": ENGLISH, "vi": VIETNAMESE}
_COMMAND = re.compile(r"`surefoot |(?<![\w-])--[a-z]")
# Rooms of texts that the desktop shows; others are the command line's, or are written into files.
_SHOWN = re.compile(r"error\.|say\.(audit|notebook|dataset|checks|models|executors|trial)\.|why\.releases\.|app\.")
# Only a terminal does what these name, or they are about words of a command, or are read elsewhere.
_TERMINAL = {
    "error.SF-1209.do", "error.SF-1401.do", "error.SF-2113.do", "error.SF-2114.do", "error.SF-2714.do",
    "error.SF-2720.what", "error.SF-2720.do", "error.SF-2780.do", "error.SF-2782.do", "error.SF-2785.do",
    "error.SF-2786.do", "error.SF-2903.do", "error.SF-3001.do", "error.SF-3003.do", "error.SF-3005.do",
    "error.SF-3006.do", "error.SF-3007.do", "say.audit.verify_hint", "say.audit.inputs_unknown",
    "say.checks.security.known_vulnerabilities.no_list", "say.checks.security.list_age_days.failed",
    "say.notebook.next",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_desktop_names_a_command_for_what_a_page_does(language: str) -> None:
    found = {key for key, text in TEXTS[language].items() if _SHOWN.match(key) and _COMMAND.search(text)}
    assert found - set(INSTEAD[language]) == _TERMINAL
    assert [text for text in INSTEAD[language].values() if _COMMAND.search(text)] == []


def test_both_languages_stand_in_for_the_same_texts_with_placeholders_they_have() -> None:
    assert sorted(INSTEAD["en"]) == sorted(INSTEAD["vi"])
    for key, text in INSTEAD["en"].items():
        assert placeholders(text) == placeholders(INSTEAD["vi"][key]), key
        # What a rule of the error hands over may be named, also where the command line says it otherwise.
        assert placeholders(text) <= placeholders(" ".join(t for k, t in ENGLISH.items() if _room(k) == _room(key))), (
            key
        )


def _room(key: str) -> str:
    return key if key.startswith("say.") else ".".join(key.split(".")[:2])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_in_quotes_stands_on_a_page(language: str) -> None:
    shown = "\n".join(text for key, text in TEXTS[language].items() if key.startswith("app."))
    quoted = {name for text in INSTEAD[language].values() for name in re.findall(r"“([^”{]+)”", text)}
    assert len(quoted) > 20
    assert {name for name in quoted if name not in shown} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desktop_says_them_and_the_command_line_does_not(language: str) -> None:
    error = SurefootError(Code.NOTHING_TO_ROLL_BACK, environment="local")
    assert "surefoot deploy" in Words(language).error(error).do
    assert Words(language, is_desktop=True).error(error).do == INSTEAD[language]["error.SF-2710.do"]


def test_a_reason_within_an_error_is_said_instead_too() -> None:
    error = SurefootError(
        Code.MIXED_TYPES, column="age", type="number", line=3, value="1,5", count=1, total=2, advice="decimal"
    )
    assert "--decimal" in Words().error(error).do
    told = Words(is_desktop=True).error(error).do
    assert "choose the comma as “Decimal sign”" in told
    assert "“age” read as text" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_code_stands_in_quotes_on_the_desktop_and_what_a_person_wrote_stays(language: str) -> None:
    words = Words(language, is_desktop=True)
    told = words.error(SurefootError(Code.FILTER_NAME, text="a `b` c", name="auk", place=1, near="auc"))
    assert "“a `b` c”" in told.what
    assert "“auk”" in told.what
    assert "`" not in words("say.notebook.risk.hidden-name.what", detail="frame")
    assert "`frame`" in Words(language)("say.notebook.risk.hidden-name.what", detail="frame")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_backtick_has_its_pair(language: str) -> None:
    texts = {**TEXTS[language], **INSTEAD[language]}
    shown = {key: text for key, text in texts.items() if not key.startswith(("topic.", "verb.", "argument."))}
    assert [key for key, text in shown.items() if text.count("`") % 2] == []


def test_they_are_written_as_all_other_texts() -> None:
    found = {
        key: {word.lower() for word in english(text)} - EXACT.get(key, set()) for key, text in INSTEAD["vi"].items()
    }
    assert {key for key, words in found.items() if words} == set()
    assert [key for key, text in INSTEAD["vi"].items() if any(word in text.lower() for word in FORSAKEN)] == []
    assert [key for key, text in INSTEAD["en"].items() if lacks_a_form(text)] == []
