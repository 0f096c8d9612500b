"""The command line: finds the verb, loads its module, prints its answer or the error in words.

This is the one place (with the thread door of the desktop) where every error is caught: an error of ours is told in
the caller's language with its exit code; anything else is a fault of ours, is logged with its trace, and exits 1.
"""

import argparse
import importlib
import json
import locale
import logging
import os
import re
import sys
import traceback
from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any, NoReturn, cast

from surefoot import __version__
from surefoot.cli.table import COMMON, VERBS, Argument, Verb
from surefoot.errors import CancelledError, Code, InputRefusedError, SurefootError, UsageError
from surefoot.texts import LANGUAGES, Words

_log = logging.getLogger("surefoot.cli")
logging.getLogger("surefoot").addHandler(logging.NullHandler())


# What argparse says of words that are off, and the text that says it in the caller's language.
_USAGE = (
    ("required", re.compile(r"the following arguments are required: (?P<names>.+)")),
    ("unknown", re.compile(r"unrecognized arguments: (?P<names>.+)")),
    (
        "choice",
        re.compile(r"(?:argument (?P<name>.+?): )?invalid choice: (?P<value>.+?) \(choose from (?P<known>.+)\)"),
    ),
    ("lacks", re.compile(r"argument (?P<name>.+?): expected .*argument.*")),
    ("value", re.compile(r"argument (?P<name>.+?): invalid \w+ value: (?P<value>.+)")),
)


# Verbs that are ours alone are not offered where a word is off.
_HIDDEN = frozenset(verb.words[0] for verb in VERBS if verb.hidden)


def _choices(listed: str) -> str:
    """What could have been written, as argparse lists it (with quotes or, since Python 3.13, without)."""
    names = [name.strip("'") for name in listed.split(", ")]
    return ", ".join(name for name in names if name not in _HIDDEN)


class _Parser(argparse.ArgumentParser):
    """Argparse that raises our usage error instead of printing and leaving, and has our words in its help."""

    def __init__(self, *, words: Words, **settings: Any) -> None:
        usage = words("say.usage.usage")
        formatter = partial(_Formatter, usage=usage)
        super().__init__(**settings, add_help=False, allow_abbrev=False, formatter_class=formatter)
        self._words = words
        self._positionals.title, self._optionals.title = words("say.usage.words"), words("say.usage.options")
        self.add_argument("-h", "--help", action="help", help=words("say.usage.help"))

    def error(self, message: str) -> NoReturn:
        verb = self.prog.partition(" ")[2]
        raise UsageError(Code.USAGE, detail=self._told(message), verb=f"{verb} " if verb else "")

    def _told(self, message: str) -> str:
        for key, pattern in _USAGE:
            match = pattern.fullmatch(message)
            if match is not None:
                named = {name: value or "VERB" for name, value in match.groupdict().items()}
                if key == "choice":
                    named["known"] = _choices(named["known"])
                return self._words(f"say.usage.{key}", **named)
        return message[:1].upper() + message[1:]


class _Formatter(argparse.HelpFormatter):
    """Help that begins with our word for "usage"."""

    def __init__(self, *given: Any, usage: str, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self._usage = usage

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, f"{self._usage}: " if prefix is None else prefix)


def _language(words: Sequence[str]) -> str:
    for index, text in enumerate(words):
        chosen = text.partition("=")[2] if text.startswith("--lang=") else None
        if text == "--lang" and index + 1 < len(words):
            chosen = words[index + 1]
        if chosen in LANGUAGES:
            return chosen
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "vi" if os.environ[name].startswith("vi") else "en"
    return "en"


def _joined(given: Sequence[str]) -> list[str]:
    """The words with `--sort -auc` as `--sort=-auc`: after an option that takes a value, one dash begins a value."""
    arguments = (*COMMON, *(argument for verb in VERBS for argument in verb.arguments))
    valued = {flag for one in arguments if one.settings.get("action") != "store_true" for flag in one.flags}
    words: list[str] = []
    for text in _turned(given, valued):
        if words and words[-1] in valued and text.startswith("-") and not text.startswith("--") and text != "-h":
            words[-1] += f"={text}"
        else:
            words.append(text)
    return words


def _turned(given: Sequence[str], valued: Container[str]) -> list[str]:
    """The words with options that every verb has after the verb, where they stand before it."""
    common = {flag for one in COMMON for flag in one.flags}
    place = 0
    while place < len(given) and given[place].partition("=")[0] in common:
        place += 2 if given[place] in valued else 1
    return [*given[place:], *given[:place]]


def _add(parser: argparse.ArgumentParser, argument: Argument, words: Words) -> None:
    settings = dict(argument.settings)
    settings["help"] = words(f"argument.{argument.name}").replace("%", "%%")
    if argument.flags:
        if "action" not in settings or settings["action"] == "append":
            settings.setdefault("metavar", argument.name.rpartition("_")[2].upper())
        parser.add_argument(*argument.flags, dest=argument.name, **settings)
    else:
        parser.add_argument(argument.name, metavar=argument.name.upper(), **settings)


def _fill(parser: argparse.ArgumentParser, verb: Verb, words: Words) -> None:
    for argument in (*verb.arguments, *COMMON):
        _add(parser, argument, words)
    parser.set_defaults(verb=verb)


def _parser(words: Words) -> argparse.ArgumentParser:
    top = _Parser(prog="surefoot", description=words("verb.surefoot"), epilog=words("verb.epilog"), words=words)
    top.add_argument("--version", action="version", version=f"surefoot {__version__}", help=words("argument.version"))
    made = cast("type[_Parser]", partial(_Parser, words=words))
    first = top.add_subparsers(metavar="VERB", required=True, parser_class=made)
    nouns: dict[str, argparse._SubParsersAction[_Parser]] = {}
    for verb in VERBS:
        noun = verb.words[0]
        place = first
        if len(verb.words) > 1:
            if noun not in nouns:
                text = words(f"verb.{noun}")
                group = first.add_parser(noun, help=text, description=text)
                nouns[noun] = group.add_subparsers(metavar="VERB", required=True, parser_class=made)
            place = nouns[noun]
        if verb.hidden:
            _fill(place.add_parser(verb.words[-1]), verb, words)
            continue
        text = words(f"verb.{verb.key}")
        parser = place.add_parser(verb.words[-1], help=text, description=text)
        _fill(parser, verb, words)
    return top


def _carry_out(options: argparse.Namespace, words: Words) -> int:
    verb: Verb = options.verb
    call_room = importlib.import_module("surefoot.cli.call")
    module, _, function = verb.place.partition(":")
    act = getattr(importlib.import_module(module), function)
    call = call_room.Call(vars(options), words)
    try:
        why = f"why.{verb.key}"
        if options.explain and words.has(why):
            print(words(why), end="\n\n", file=sys.stderr)
        answer = act(call)
    finally:
        call.close()
    _print(call_room.as_json(answer.data) if options.json else "\n".join(answer.lines))
    return int(answer.exit_code)


def _print(text: str) -> None:
    """Prints an answer. A reader that has left (`surefoot run list | head`) does not change what the answer was."""
    try:
        if text:
            print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _keep_trace() -> None:
    """Keeps the trace of a fault of ours where a report can take it from; it is of no use on a user's screen."""
    _log.error("%s", traceback.format_exc())
    state = importlib.import_module("surefoot.workbench").state_folder()
    with suppress(OSError), (state / "faults.log").open("a", encoding="utf-8") as file:
        file.write(f"surefoot {__version__}\n{traceback.format_exc()}\n")


def _tell(error: SurefootError, words: Words, *, as_json: bool) -> int:
    """Tells an error: to people aside, to scripts where they look for the answer."""
    told = words.error(error)
    if as_json:
        values = {name: str(value) for name, value in error.values.items()}
        whole = {**asdict(told), "exit": error.exit_code, "values": values}
        _print(json.dumps({"error": whole}, indent=2, sort_keys=True, ensure_ascii=False))
    else:
        print(f"{told.what}\n{told.means}\n{told.do}\n({told.code})", file=sys.stderr)
    return error.exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command. Returns its exit code (docs/command-line.md lists them)."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    with suppress(locale.Error):  # a locale that is not installed here; its name still says the language
        locale.setlocale(locale.LC_CTYPE, "")
    words = Words(_language(given))
    tell = partial(_tell, words=words, as_json="--json" in given)
    try:
        return _carry_out(_parser(words).parse_args(_joined(given)), words)
    except SurefootError as error:
        return tell(error)
    except KeyboardInterrupt:
        return tell(CancelledError(Code.CANCELLED))
    except PermissionError as error:
        # A right that is lacking is told by whoever meets it; here end those that nobody foresaw.
        return tell(InputRefusedError(Code.NO_RIGHT, path=error.filename))
    except Exception as error:  # noqa: BLE001 (the door: whatever gets here is a fault of ours, and is told as one)
        _keep_trace()
        return tell(SurefootError(Code.INTERNAL, detail=f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    sys.exit(main())
