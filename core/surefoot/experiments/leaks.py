"""Finds what looks like a secret before it is recorded (trail.md E5).

A record is kept for good and shown to others, so parameters, commands and training code that seem to hold a password
or a key are refused, and what can only be copied (a patch, a list of packages) is masked. This finds the known shapes
of keys and plainly named passwords; it cannot find every secret, which is why bodies can be erased as well.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping

MASK = "[masked]"
_SHAPES = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"),
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255})\b"),
    "GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,64}"),
    "Slack token": re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}"),
    "Google key": re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b"),
    "Hugging Face token": re.compile(r"\bhf_[A-Za-z]{30,64}\b"),
    "API key": re.compile(r"\bsk-[A-Za-z0-9_-]{20,255}"),
    "JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "password in an address": re.compile(r"\b[a-z][a-z0-9+.-]{0,15}://[^\s/:@'\"]{1,100}:[^\s/@'\"{}$<]{3,100}@"),
}
_KEY_ENDS = re.compile(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----(?!.*-----BEGIN )")
_WORD = (
    r"(?:passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key"
    r"|auth[_-]?token|access[_-]?token|bearer|token)"
)
_NAMED = re.compile(rf"(?i)(?:^|[_.-]){_WORD}(?:$|[_.-])")
_ASSIGNED = re.compile(rf"(?i)[\w.-]*{_WORD}[\"']?\s{{0,3}}[=:]\s{{0,3}}[\"']([^\"'\s]{{8,200}})[\"']")
_OPTION = re.compile(rf"(?i)^-{{1,2}}[\w-]*{_WORD}(?:=(.+))?$")
_SHORTEST = 6
_BITS = 2.5


def _is_random(text: str) -> bool:
    """Whether a text is varied enough to be a secret and no word such as `changeme` or `aaaaaaaa`."""
    if len(text) < _SHORTEST:
        return False
    counts = Counter(text)
    bits = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
    mixed = any(letter.isdigit() for letter in text) and any(letter.isalpha() for letter in text)
    return bits > _BITS and mixed


def _tells(name: str, value: str) -> bool:
    """Whether a value under a telling name is one. A `token` is a common word of language models, so more is asked."""
    return _is_random(value) if "token" in name.lower() else len(value) >= _SHORTEST


def in_text(text: str) -> tuple[int, str] | None:
    """The first thing in a text that looks like a secret: its line (from 1) and its kind; None where nothing does."""
    for number, line in enumerate(text.splitlines(), start=1):
        for kind, shape in _SHAPES.items():
            if shape.search(line):
                return number, kind
        found = _ASSIGNED.search(line)
        if found and _is_random(found[1]):
            return number, "password"
    return None


def in_values(values: Mapping[str, object]) -> tuple[str, str] | None:
    """The name and kind of the first parameter that looks like a secret, by its name or by its value."""
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        found = in_text(value)
        if found:
            return name, found[1]
        if _NAMED.search(name) and _tells(name, value):
            return name, "password"
    return None


def in_command(command: tuple[str, ...]) -> tuple[str, str] | None:
    """The word and kind of the first part of a command that looks like a secret."""
    for place, word in enumerate(command):
        found = in_text(word)
        if found:
            return f"[{place}]", found[1]
        option = _OPTION.match(word)
        following = command[place + 1] if place + 1 < len(command) else ""
        value = (option[1] or (following if not following.startswith("-") else "")) if option else ""
        if option and _tells(word, value):
            return f"[{place}]", "password"
    return None


def masked(text: str) -> str:
    """The text with every line that seems to hold a secret replaced by a mark (its sign in a patch is kept).

    Of a private key these are all its lines; where its end does not follow, all to the next file of a patch.
    """
    kept = []
    is_key = False
    for line in text.splitlines(keepends=True):
        begins = _SHAPES["private key"].search(line) is not None
        is_key = begins or (is_key and not line.startswith("diff --git "))
        sign = line[:1] if line[:1] in "+- " else ""
        kept.append(f"{sign}{MASK}{line[len(line.rstrip()) :]}" if is_key or in_text(line) else line)
        is_key = is_key and _KEY_ENDS.search(line) is None
    return "".join(kept)
