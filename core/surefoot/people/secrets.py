"""Secret keys in files, and the words that open them.

A person's key file is PKCS#8 encrypted with AES-256 under scrypt (RFC 5958, 8018, 7914), which any library of these
standards reads (openssl's own command does not: it caps scrypt at 32 MiB). Its passphrase is the person's, or a random
one that the OS key store keeps. Machine and sample keys are plain PKCS#8 in files of mode 0600. No secret ever comes
from an argument or the environment.
"""

import base64
import hashlib
import importlib
import logging
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from nacl.signing import SigningKey

from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.files import write_whole

log = logging.getLogger(__name__)

_SERVICE = "surefoot"
_N, _R, _P = 2**16, 8, 1  # 64 MiB and about a fifth of a second for every guess
_MEMORY = 128 * 2**20
_OTHERS = 0o077
_LONGEST = 4096
# Object identifiers, as DER: PBES2, scrypt, AES-256-CBC.
_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_AES256 = bytes.fromhex("060960864801650304012a")
_BEGIN, _END = "-----BEGIN {}-----\n", "\n-----END {}-----\n"
_PLAIN, _WRAPPED = "PRIVATE KEY", "ENCRYPTED PRIVATE KEY"


def write_key(path: Path, key: SigningKey, passphrase: str | None) -> None:
    """Writes a key file, mode 0600, wrapped where there is a passphrase."""
    secret = Ed25519PrivateKey.from_private_bytes(bytes(key))
    data = secret.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    label = _PLAIN
    if passphrase is not None:
        data, label = _wrapped(data, passphrase.encode()), _WRAPPED
    text = base64.encodebytes(data).decode().strip()
    write_whole(path, (_BEGIN.format(label) + text + _END.format(label)).encode(), mode=0o600)


def read_key(path: Path, passphrase: str | None) -> SigningKey:
    """Reads a key file. A wrapped one that others can read is tightened; a plain one is refused, its secret is out.

    Raises:
        IncompleteError: there is no such file.
        InputRefusedError: others can read it, it is damaged, or the passphrase is wrong.
    """
    text = _private_text(path, tighten=passphrase is not None)
    label = _WRAPPED if passphrase is not None else _PLAIN
    body = text.removeprefix(_BEGIN.format(label)).removesuffix(_END.format(label))
    if len(text) - len(body) != len(_BEGIN.format(label) + _END.format(label)):
        raise InputRefusedError(Code.KEY_UNREADABLE, path=path, detail="no-key-file")
    try:
        data = base64.b64decode("".join(body.split()), validate=True)
        key = load_der_private_key(data, passphrase.encode() if passphrase is not None else None)
    except (ValueError, TypeError) as error:
        if passphrase is not None and "password" in str(error).lower():
            raise InputRefusedError(Code.PASSPHRASE_WRONG) from error
        raise InputRefusedError(Code.KEY_UNREADABLE, path=path, detail=str(error)[:80]) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputRefusedError(Code.KEY_UNREADABLE, path=path, detail="other-kind")
    return SigningKey(key.private_bytes_raw())


def passphrase_from_file(path: Path) -> str:
    """A passphrase from a file that only its owner can read; one line end at its end does not count.

    Raises:
        IncompleteError: there is no such file.
        InputRefusedError: others can read it, or it is no plain small text file.
    """
    return _private_text(path, tighten=False).removesuffix("\n").removesuffix("\r")


def has_store() -> bool:
    """Whether this machine has a key store that deserves the name."""
    try:
        return _store() is not None
    except InputRefusedError:
        return False


def put_in_store(name: str) -> str:
    """Makes a random passphrase, puts it into the OS key store under a name, and returns it.

    Raises:
        InputRefusedError: there is no store, it is locked, or it does not give back what it took.
    """
    passphrase = secrets.token_urlsafe(32)
    store = _store()
    if store is None:
        raise InputRefusedError(Code.KEYRING_UNUSABLE, detail="none")
    try:
        store.set_password(_SERVICE, name, passphrase)
        kept = store.get_password(_SERVICE, name)
    except Exception as error:
        raise InputRefusedError(Code.KEYRING_UNUSABLE, detail=type(error).__name__) from error
    if kept != passphrase:
        raise InputRefusedError(Code.KEYRING_UNUSABLE, detail="not-kept")
    return passphrase


def drop_from_store(name: str) -> None:
    """Takes a passphrase out of the OS key store again; one that will not go opens nothing any more."""
    with suppress(Exception):
        store = _store()
        if store is not None:
            store.delete_password(_SERVICE, name)


def get_from_store(name: str) -> str:
    """The passphrase that was put into the OS key store under a name.

    Raises:
        InputRefusedError: there is no store, it is locked, or it has no such key.
    """
    store = _store()
    if store is None:
        raise InputRefusedError(Code.KEYRING_UNUSABLE, detail="none")
    try:
        kept = store.get_password(_SERVICE, name)
    except Exception as error:
        raise InputRefusedError(Code.KEYRING_UNUSABLE, detail=type(error).__name__) from error
    if not isinstance(kept, str):
        raise InputRefusedError(Code.KEYRING_UNUSABLE, detail="no-key")
    return kept


def _store() -> Any:
    """The back end of `keyring` in use, or None. It is imported when asked for: it looks for back ends at import."""
    try:
        backend = importlib.import_module("keyring").get_keyring()
        priority = backend.priority
    except Exception as error:
        raise InputRefusedError(Code.KEYRING_UNUSABLE, detail=type(error).__name__) from error
    # keyrings.alt keeps secrets in the open or under a password of its own: no store.
    is_open = type(backend).__module__.startswith("keyrings.alt")
    return backend if priority > 0 and not is_open else None


def _private_text(path: Path, *, tighten: bool) -> str:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise IncompleteError(Code.FILE_MISSING, path=path) from error
    except OSError as error:
        raise InputRefusedError(Code.KEY_UNREADABLE, path=path, detail=error.strerror or "") from error
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LONGEST:
            raise InputRefusedError(Code.KEY_UNREADABLE, path=path, detail="not-plain")
        if found.st_mode & _OTHERS:
            if not tighten or found.st_uid != os.geteuid():
                raise InputRefusedError(Code.FILE_OPEN_TO_OTHERS, path=path)
            log.warning("%s was open to others and is not any more", path)
            os.fchmod(handle, 0o600)
        return os.read(handle, _LONGEST).decode()
    except UnicodeDecodeError as error:
        raise InputRefusedError(Code.KEY_UNREADABLE, path=path, detail="not-text") from error
    finally:
        os.close(handle)


def _wrapped(data: bytes, passphrase: bytes) -> bytes:
    """EncryptedPrivateKeyInfo (RFC 5958) with PBES2 (RFC 8018), scrypt (RFC 7914) and AES-256-CBC."""
    salt, vector = secrets.token_bytes(16), secrets.token_bytes(16)
    key = hashlib.scrypt(passphrase, salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    sealed = encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
    cost = _octets(salt) + _integer(_N) + _integer(_R) + _integer(_P) + _integer(32)
    derivation = _sequence(_SCRYPT + _sequence(cost))
    cipher = _sequence(_AES256 + _octets(vector))
    return _sequence(_sequence(_PBES2 + _sequence(derivation + cipher)) + _octets(sealed))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x81, size])  # noqa: PLR2004 - DER: short and long form
    return bytes([tag]) + length + content


def _sequence(content: bytes) -> bytes:
    return _der(0x30, content)


def _octets(content: bytes) -> bytes:
    return _der(0x04, content)


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1))
