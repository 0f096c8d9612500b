"""TLS, the one way in which other machines may reach a service.

A renewed certificate is taken up without a restart, by connections that begin after it. One that cannot be used, or a
key that does not belong to it, is logged, and what was in use stays.
"""

import ipaddress
import logging
import ssl
from pathlib import Path

from surefoot.payloads.service.refusals import Reason, RefusedError

HANDSHAKE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Tls:
    """Certificate and key of a service.

    Attributes:
        context: what connections are accepted with.
    """

    def __init__(self, certificate: Path, private_key: Path) -> None:
        """Loads them.

        Raises:
            RefusedError: they cannot be used.
        """
        self._files = (certificate, private_key)
        self._known = self._state()
        try:
            self.context = self._loaded()
        except (OSError, ValueError) as error:
            raise RefusedError(Reason.TLS, f"certificate or key cannot be used ({type(error).__name__})") from error

    def look(self) -> None:
        """Takes up files that changed; called a few times a second."""
        state = self._state()
        if state == self._known:
            return
        self._known = state
        try:
            self._loaded()
            self.context.load_cert_chain(*self._files, password="")
        except (OSError, ValueError) as error:
            _log.warning("the new certificate or key cannot be used (%s); the old one stays", type(error).__name__)

    def _loaded(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        # An encrypted key is refused: nobody is there to be asked for its passphrase.
        context.load_cert_chain(*self._files, password="")
        return context

    def _state(self) -> list[tuple[int, int, int]]:
        try:
            found = [file.stat() for file in self._files]
        except OSError:
            return []
        return [(one.st_mtime_ns, one.st_size, one.st_ino) for one in found]


def of(host: str, certificate: Path | None, private_key: Path | None) -> Tls | None:
    """TLS where there is a certificate; None on loopback without one.

    Raises:
        RefusedError: other machines could reach it without TLS, or the files cannot be used.
    """
    if certificate is not None and private_key is not None:
        return Tls(certificate, private_key)
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback or certificate is not None or private_key is not None:
        raise RefusedError(Reason.TLS, f"{host} is served only over TLS, with a certificate and its key")
    return None
