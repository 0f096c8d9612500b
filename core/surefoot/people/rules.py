"""What a name and a passphrase have to be."""

import unicodedata

from surefoot.errors import Code, InputRefusedError

LEAST_PASSPHRASE = 8
LONGEST_NAME = 100
# Alphabets with letters that look alike. A name that mixes them is made to be mistaken for another.
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})


def checked_name(name: str) -> str:
    """The name, composed (NFC) and without spaces around it.

    Raises:
        InputRefusedError: empty, too long, unreadable characters, or letters of scripts that look alike.
    """
    clean = unicodedata.normalize("NFC", name.strip())
    if not clean or len(clean) > LONGEST_NAME:
        raise _refused(name, "length")
    # Cc controls, Cf invisible and direction marks, Cs half pairs, Co private, Cn nothing, Zl and Zp line ends.
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for letter in clean):
        raise _refused(name, "invisible")
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in clean if letter.isalpha()}
    if len(scripts & _ALIKE) > 1:
        raise _refused(name, "mixed")
    return clean


def check_passphrase(passphrase: str) -> None:
    """Refuses a passphrase that is too short to protect a key file.

    Raises:
        InputRefusedError: fewer than 8 characters.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise InputRefusedError(Code.PASSPHRASE_SHORT, count=len(passphrase), least=LEAST_PASSPHRASE)


def _refused(name: str, detail: str) -> InputRefusedError:
    return InputRefusedError(Code.NAME_REFUSED, name=ascii(name[:LONGEST_NAME]), detail=detail, most=LONGEST_NAME)
