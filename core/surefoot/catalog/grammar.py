"""The filter language's words and sentences: text in, tree out. It knows no table.

    filter      = all {"or" all}
    all         = one {"and" one}
    one         = "not" one | "(" filter ")" | name sign value
    sign        = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~"
    name        = word {"." (word | quoted)}            metric.auc, state, param."learning rate"
    value       = number | date | "true" | "false" | word | quoted

Places in errors count characters from 1. What is expected is shown by examples, which need no translation.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from surefoot.errors import Code, InputRefusedError

LONGEST = 4000  # characters
DEEPEST = 50  # brackets and nots within each other

A_NAME = "metric.auc"
A_SIGN = "= != < <= > >= ~"
A_VALUE = '0.89 "text" 2026-11-01 true'
_A_JOINT = "and or )"
_CLOSED = ")"

Value: TypeAlias = float | str | bool | datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """One name against one value.

    Attributes:
        parts: the name, split at its dots.
        sign: one of `= != < <= > >= ~`.
        value: what it is compared with.
        place: where the name begins, from 1. value_place: where the value does.
        shown: the value as the user wrote it.
    """

    parts: tuple[str, ...]
    sign: str
    value: Value
    place: int
    value_place: int
    shown: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Several conditions: `how` is `and` or `or`."""

    how: str
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """A condition that must not hold."""

    part: "Condition"


Condition: TypeAlias = Comparison | Joined | Negated

_TOKENS = re.compile(
    r"""(?P<space>\s+)
      | (?P<bracket>[()])
      | (?P<sign>!=|<=|>=|[=<>~])
      | (?P<time>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?Z?)?(?![\w.]))
      | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
      | (?P<word>[^\W\d][\w/:@-]*(?:\.(?:[\w/:@-]+|"[^"]*"|`[^`]*`))*)
      | (?P<quoted>"[^"]*"|'[^']*')""",
    re.VERBOSE,
)
_PARTS = re.compile(r'"[^"]*"|`[^`]*`|[^.]+')


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text.lower() in words


def parse(text: str) -> Condition:
    """Reads a filter.

    Raises:
        InputRefusedError: it is no filter; the error says where, what stands there and what could.
    """
    return _Reader(text).whole()


def parts_of(name: str) -> tuple[str, ...]:
    """A name split at its dots, quotes taken off."""
    return tuple(part.strip('"`') if part[0] in '"`' else part for part in _PARTS.findall(name))


class _Reader:
    """Reads one text from left to right, one token ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        if len(text) > LONGEST:
            raise self._refused(_Token("end", text[LONGEST], LONGEST + 1), "…")
        self._tokens = self._tokens_of(text)
        self._next = next(self._tokens)
        self._depth = 0

    def whole(self) -> Condition:
        found = self._any()
        if self._next.kind != "end":
            raise self._refused(self._next, "and or")
        return found

    def _any(self) -> Condition:
        return self._joined("or", self._all)

    def _all(self) -> Condition:
        return self._joined("and", self._one)

    def _joined(self, how: str, part: Callable[[], Condition]) -> Condition:
        parts = [part()]
        while self._next.is_word(how):
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(how, tuple(parts))

    def _one(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refused(self._next, A_NAME)
        try:
            if self._next.is_word("not"):
                self._take()
                return Negated(self._one())
            if self._next.text == "(":
                self._take()
                inner = self._any()
                if self._next.text != _CLOSED:
                    raise self._refused(self._next, _A_JOINT)
                self._take()
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Comparison:
        name = self._take_kind(("word", "quoted"), A_NAME)
        if name.is_word("and", "or"):
            raise self._refused(name, A_NAME)
        sign = self._take_kind(("sign",), A_SIGN)
        value = self._take_kind(("number", "time", "word", "quoted"), A_VALUE)
        parts = (name.text[1:-1],) if name.kind == "quoted" else parts_of(name.text)
        return Comparison(parts, sign.text, self._value(value), name.place, value.place, value.text)

    def _value(self, token: _Token) -> Value:
        if token.kind == "number":
            return float(token.text)
        if token.kind == "time":
            try:
                return datetime.fromisoformat(token.text.removesuffix("Z")).replace(tzinfo=UTC)
            except ValueError:
                raise self._refused(token, "2026-11-01") from None
        if token.is_word("true", "false"):
            return token.text.lower() == "true"
        return token.text[1:-1] if token.kind == "quoted" else token.text

    def _take_kind(self, kinds: tuple[str, ...], expected: str) -> _Token:
        if self._next.kind not in kinds:
            raise self._refused(self._next, expected)
        return self._take()

    def _take(self) -> _Token:
        token = self._next
        self._next = next(self._tokens)
        return token

    def _tokens_of(self, text: str) -> Iterator[_Token]:
        place = 0
        while place < len(text):
            match = _TOKENS.match(text, place)
            if match is None:
                raise self._refused(_Token("other", text[place], place + 1), f"{A_NAME} {A_SIGN} {A_VALUE}")
            if match.lastgroup != "space":
                yield _Token(str(match.lastgroup), match.group(), place + 1)
            place = match.end()
        while True:
            yield _Token("end", "", len(text) + 1)

    def _refused(self, token: _Token, expected: str) -> InputRefusedError:
        shown = self._text if len(self._text) <= LONGEST else self._text[:60] + "…"
        if token.kind == "end" and not token.text:
            return InputRefusedError(Code.FILTER_ENDS, text=shown, place=token.place, expected=expected)
        return InputRefusedError(
            Code.FILTER_SYNTAX, text=shown, place=token.place, found=f"`{token.text}`", expected=expected
        )
