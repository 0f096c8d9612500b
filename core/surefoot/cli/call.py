"""What every verb is given and what it gives back.

A verb takes a `Call` (the parsed words, the language, the open project) and returns an `Answer`: data for `--json`
and lines for people. It never prints its result itself; only progress, told through `Call.tell`, comes before.
"""

import getpass
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from surefoot.errors import Code, IncompleteError, UsageError
from surefoot.people import passphrase_from_file
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb found or did.

    Attributes:
        data: the machine-readable answer of `--json`.
        lines: the same for people.
        exit_code: see docs/command-line.md; 0 unless the verb says otherwise.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    exit_code: int = 0


class Call:
    """One call of a verb.

    Attributes:
        options: the parsed arguments, by name.
        words: the texts in the caller's language.
    """

    def __init__(self, options: Mapping[str, Any], words: Words) -> None:
        self.options = options
        self.words = words

    def __getitem__(self, name: str) -> Any:
        return self.options[name]

    def tell(self, key: str, **values: object) -> None:
        """Says what goes on, at once: on standard error, so that the answer stays clean."""
        print(self.words(key, **values), file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Hands on what somebody else wrote, as it is."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def say_line(self, text: str) -> None:
        """Tells a story as it happens: on standard output, or aside where that is kept for `--json`."""
        print(text, file=sys.stderr if self.options["json"] else sys.stdout, flush=True)

    @contextmanager
    def patiently(self, key: str) -> Iterator[Cancel]:
        """Takes the first Ctrl-C as a wish that the act looks at where it can; a second one ends it at once.

        So an act is never cut where it could not say any more what it has done.

        Args:
            key: what to say at the first: what happens now.
        """
        heard = False

        def hear(_number: int, _frame: object) -> None:
            nonlocal heard
            heard = True
            signal.signal(signal.SIGINT, signal.default_int_handler)
            # Not by print: the signal may have come in the middle of one.
            os.write(sys.stderr.fileno(), f"\n{self.words(key)}\n".encode())

        before = signal.getsignal(signal.SIGINT)
        if before is signal.SIG_IGN:  # as under nohup: it stays ignored
            yield lambda: False
            return
        signal.signal(signal.SIGINT, hear)
        try:
            yield lambda: heard
        finally:
            signal.signal(signal.SIGINT, before)

    def ask(self, key: str, *, option: str, verb: str) -> str:
        """Asks for a line on the terminal.

        Args:
            key: the question.
            option: what gives the answer where nobody can be asked.
            verb: whose option it is.

        Raises:
            UsageError: there is no terminal.
        """
        if not sys.stdin.isatty():
            raise UsageError(Code.USAGE, detail=self.words("say.usage.required", names=option), verb=f"{verb} ")
        return input(self.words(key))

    def progress(self, stage: str, done: int, total: int) -> None:
        """Shows how far a long act has come, on a terminal only."""
        if not sys.stderr.isatty():
            return
        key = f"stage.{stage}"
        name = self.words(key) if self.words.has(key) else stage
        end = "\n" if total and done >= total else ""
        whole = f" / {self.words.count(total)}" if total else ""
        print(f"\r{name} {self.words.count(done)}{whole}", end=end, file=sys.stderr, flush=True)

    @property
    def start(self) -> Path:
        """The folder that the caller means: `--project`, or the one they stand in.

        Raises:
            IncompleteError: they stand in a folder that was deleted.
        """
        try:
            return Path(self.options["project"] or ".").absolute()
        except FileNotFoundError as error:
            raise IncompleteError(Code.FILE_MISSING, path=".") from error

    @property
    def folder(self) -> Path:
        """The project's folder.

        Raises:
            IncompleteError: there is none here.
        """
        folder = Workbench.find(self.start)
        if folder is None:
            raise IncompleteError(Code.NO_PROJECT, path=self.start)
        return folder

    @cached_property
    def workbench(self) -> Workbench:
        """The open project.

        Raises:
            IncompleteError: there is none here. RecordBrokenError: its record does not verify.
        """
        return Workbench.open(self.folder, unlock=self.passphrase)

    @property
    def acting(self) -> Workbench:
        """The open project, for an act that takes long and is recorded at its end.

        Raises:
            IncompleteError: as `workbench`, or there is no identity here to record it with.
        """
        self.workbench.recorder.ready()
        return self.workbench

    def passphrase(self) -> str:
        """The passphrase of the person's key: from `--passphrase-file`, else asked for on the terminal.

        Raises:
            UsageError: there is neither a file nor a terminal.
        """
        if self.options["passphrase_file"]:
            return passphrase_from_file(Path(self.options["passphrase_file"]))
        if not sys.stdin.isatty():
            raise UsageError(Code.PASSPHRASE_NEEDED)
        return getpass.getpass(self.words("say.cli.passphrase"))

    def new_passphrase(self) -> str:
        """A passphrase for a key that is about to be made; asked for twice on a terminal.

        Raises:
            UsageError: the two differ, or there is neither a file nor a terminal.
        """
        first = self.passphrase()
        if not self.options["passphrase_file"] and getpass.getpass(self.words("say.cli.again")) != first:
            raise UsageError(Code.PASSPHRASES_DIFFER)
        return first

    def close(self) -> None:
        """Closes the project, where it was opened."""
        if "workbench" in self.__dict__:
            self.workbench.close()


def as_json(data: Mapping[str, Any]) -> str:
    """The text of `--json`: sorted keys, two spaces, as it would be read by a person who debugs."""
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, default=str)
