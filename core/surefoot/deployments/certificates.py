"""Certificates of services that others may reach: usable, or refused before anything is replaced.

The key never leaves its file: it is read here only to see that it belongs to the certificate.
"""

import dataclasses
import hashlib
import ssl
import stat
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from surefoot.deployments.facts import Environment
from surefoot.errors import Code, InputRefusedError

_MOST_BYTES = 2**20
_OTHERS = 0o077


def checked(environment: Environment) -> Environment:
    """The environment with the fingerprint of its certificate; as it is where it has none.

    Raises:
        InputRefusedError: certificate or key cannot be used; nothing was changed.
    """
    if not environment.certificate:
        return environment
    certificate, key = Path(environment.certificate), Path(environment.private_key)
    leaf = _leaf(certificate)
    if _mode(key) & _OTHERS:
        raise _unusable(key, "open-key")
    now = datetime.now(UTC)
    if now >= leaf.not_valid_after_utc:
        raise _unusable(certificate, "expired")
    if now < leaf.not_valid_before_utc:
        raise _unusable(certificate, "not-yet")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:  # ssl.SSLError among them
        raise _unusable(key, "no-pair") from error
    return dataclasses.replace(environment, fingerprint=_digest(leaf))


def fingerprint(path: Path) -> str:
    """SHA-256 of the first certificate of a PEM file, over its DER bytes.

    Raises:
        InputRefusedError: there is none.
    """
    return _digest(_leaf(path))


def _digest(leaf: x509.Certificate) -> str:
    return hashlib.sha256(leaf.public_bytes(Encoding.DER)).hexdigest()


def _leaf(path: Path) -> x509.Certificate:
    _mode(path)
    try:
        with path.open("rb") as file:
            return x509.load_pem_x509_certificates(file.read(_MOST_BYTES))[0]
    except (OSError, ValueError) as error:
        raise _unusable(path, "unreadable") from error


def _mode(path: Path) -> int:
    try:
        found = path.stat()
    except OSError as error:
        raise _unusable(path, "missing") from error
    if not stat.S_ISREG(found.st_mode):
        raise _unusable(path, "unreadable")
    return found.st_mode


def _unusable(path: Path, detail: str) -> InputRefusedError:
    return InputRefusedError(Code.CERTIFICATE_UNUSABLE, path=path, detail=detail)
