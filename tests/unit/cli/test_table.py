"""The table of verbs against the texts, the modules it names and the documentation."""

import importlib
import inspect
from pathlib import Path

import pytest

from surefoot.cli.__main__ import _parser, main
from surefoot.cli.table import COMMON, VERBS, Verb
from surefoot.texts import LANGUAGES, Words

SHOWN = [verb for verb in VERBS if not verb.hidden]
README = Path(__file__).resolve().parents[3] / "README.md"


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.key)
def test_a_verb_names_a_function_that_takes_a_call(verb: Verb) -> None:
    module, _, function = verb.place.partition(":")
    act = getattr(importlib.import_module(module), function)
    assert list(inspect.signature(act).parameters) == ["call"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", SHOWN, ids=lambda verb: verb.key)
def test_a_verb_and_its_words_are_explained(verb: Verb, language: str) -> None:
    words = Words(language)
    assert words(f"verb.{verb.key}")
    assert all(words(f"argument.{argument.name}") for argument in (*verb.arguments, *COMMON))


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_there_in_every_language(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], *([list(verb.words)] for verb in SHOWN)):
        with pytest.raises(SystemExit) as left:
            main([*(words[0] if words else []), "--help", "--lang", language])
        assert left.value.code == 0
    assert Words(language)("verb.surefoot") in capsys.readouterr().out


@pytest.mark.parametrize(
    "given", [["nonsense"], ["dataset"], ["dataset", "nonsense"], ["run", "show"], ["run", "list", "--limit", "many"]]
)
def test_words_that_are_off_end_with_2_and_say_what_to_do(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(given) == 2
    told = capsys.readouterr().err
    assert "--help" in told
    assert "SF-3001" in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["run", "show"], "Còn thiếu: RUN."),
        (["run", "list", "--where"], "--where cần một giá trị."),
        (["run", "list", "--limit", "many"], "--limit không thể là 'many'."),
        (["dataset", "add", "x", "--split-by", "y"], "--split-by không thể là 'y'"),
        (["run", "list", "--nonsense"], "Những từ này không có nghĩa ở đây: --nonsense."),
    ],
)
def test_words_that_are_off_are_told_in_the_caller_s_language(
    given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", "vi", *given]) == 2
    assert told in capsys.readouterr().err


WITHOUT = {"lesson", "notebook_check"}  # they need no project


@pytest.mark.parametrize(
    "verb", [v for v in SHOWN if "project" not in v.place and v.key not in WITHOUT], ids=lambda verb: verb.key
)
def test_a_verb_outside_a_project_says_so(
    verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if verb.words in {("sample", "run"), ("release", "verify")}:  # they need none
        return
    monkeypatch.chdir(tmp_path)
    given = ["x" for argument in verb.arguments if not argument.flags and argument.settings.get("nargs") != "?"]
    assert main([*verb.words, *given]) == 9
    assert "SF-1001" in capsys.readouterr().err


def test_every_command_of_the_readme_can_be_parsed() -> None:
    lines = [line.split("#")[0].strip() for line in README.read_text(encoding="utf-8").splitlines()]
    joined = "\n".join(lines).replace("\\\n", " ")
    commands = [line.split()[1:] for line in joined.splitlines() if line.startswith("surefoot ")]
    assert len(commands) > 8
    parser = _parser(Words("en"))
    for words in commands:
        plain = [word.strip('"') for word in words]
        keep = plain[: next((i for i, word in enumerate(words) if word.startswith('"')), len(plain))]
        parser.parse_known_args(keep if keep[-1:] != ["--person"] and not keep[-1].startswith("--") else keep[:-1])
