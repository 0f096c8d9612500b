"""The wrapper over TLS: what others may reach, what they are shown, and what is refused before a port is opened."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import certificates
from tests.fakes.service import Site, content

ROW = {"age": 41, "amount": 1000, "job": "skilled"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "site").build(content())
    yield site
    site.end()


def words(certificate: Path) -> tuple[str, ...]:
    return ("--certificate", str(certificate), "--private-key", str(certificate.with_suffix(".key")))


def asked(site: Site, certificate: Path) -> int:
    """The status of one scored row, by a client that trusts this certificate and nothing else."""
    context = ssl.create_default_context(cafile=str(certificate))
    connection = http.client.HTTPSConnection("127.0.0.1", site.port, timeout=15, context=context)
    try:
        headers = {"Authorization": f"Bearer {site.token}"}
        connection.request("POST", "/predict", json.dumps({"rows": [ROW]}), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_client_that_trusts_the_certificate_is_answered(place: Site, tmp_path: Path) -> None:
    certificate = certificates.make(tmp_path)
    place.start("--host", "0.0.0.0", *words(certificate))  # noqa: S104 - what is tried
    assert asked(place, certificate) == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        asked(place, certificates.make(tmp_path, "stranger"))


def test_without_tls_nothing_is_said_and_old_tls_is_refused(place: Site, tmp_path: Path) -> None:
    certificate = certificates.make(tmp_path)
    place.start(*words(certificate))
    with pytest.raises((http.client.HTTPException, OSError)):
        place.ask(body={"rows": [ROW]})
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", place.port), timeout=15) as plain,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        old.wrap_socket(plain)
    assert asked(place, certificate) == 200


def test_whoever_does_not_shake_hands_is_let_go(place: Site, tmp_path: Path) -> None:
    place.start(*words(certificates.make(tmp_path)))
    with socket.create_connection(("127.0.0.1", place.port), timeout=30) as silent:
        assert silent.recv(1) == b""


def test_a_renewed_certificate_is_shown_without_a_restart_and_a_wrong_one_is_not(place: Site, tmp_path: Path) -> None:
    certificate = certificates.make(tmp_path)
    place.start(*words(certificate))
    assert asked(place, certificate) == 200
    old = certificate.read_bytes()
    certificates.make(tmp_path)
    until = time.monotonic() + 20
    while True:
        try:
            assert asked(place, certificate) == 200
            break
        except ssl.SSLCertVerificationError:
            assert time.monotonic() < until
    renewed = certificate.read_bytes()
    certificate.write_bytes(old)  # whose key is no longer there
    log = place.root / "wrapper.log"
    while b"cannot be used" not in log.read_bytes():
        assert time.monotonic() < until
        time.sleep(0.05)
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(renewed)
    assert asked(place, trusted) == 200


def test_other_machines_are_served_over_tls_only(place: Site, tmp_path: Path) -> None:
    said = place.refusal("--host", "0.0.0.0")  # noqa: S104 - what is tried
    assert said["reason"] == "tls"
    certificate = certificates.make(tmp_path)
    assert place.refusal(*words(certificate)[:2])["reason"] == "tls"
    certificates.make(tmp_path / "locked", secret=b"secret")
    assert place.refusal(*words(tmp_path / "locked" / "server.pem"))["reason"] == "tls"
    assert place.refusal(*words(tmp_path / "nowhere.pem"))["reason"] == "tls"
