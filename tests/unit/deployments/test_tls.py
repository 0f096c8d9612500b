"""An environment that others may reach: over TLS, with a certificate that was found to be usable beforehand."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from surefoot.deployments import State
from surefoot.deployments.environments import read
from surefoot.deployments.facts import Address
from surefoot.deployments.probes import ask
from surefoot.errors import Code, InputRefusedError
from surefoot.texts import LANGUAGES, Words
from tests.fakes import certificates
from tests.unit.deployments.conftest import ROW, Yard

TABLE = '[environment.clinic]\nhost = "0.0.0.0"\ncertificate = "tls/server.pem"\nprivate_key = "tls/server.key"\n'


def declared(yard: Yard) -> Path:
    (yard.project / "surefoot.toml").write_text(TABLE, encoding="utf-8")
    return certificates.make(yard.project / "tls")


def test_a_release_is_deployed_stopped_and_lifted_over_tls(yard: Yard) -> None:
    certificate = declared(yard)
    deployed = yard.deployments.deploy(yard.first, "clinic")
    active = deployed.deployment.active
    assert active.url.startswith("https://")
    assert deployed.answer["label"] == "clerk"
    assert yard.deployments.status()[0].state is State.SERVING
    assert yard.deployments.stop("clinic", reason="wrong").seen == "refuses"
    assert yard.deployments.lift("clinic").deployment.state is State.SERVING
    yard.deployments.deploy(yard.second, "clinic")
    token, _ = yard.places.environment("clinic").token()
    at = Address("0.0.0.0", str(certificate))  # noqa: S104 - what is tried
    assert ask(yard.active("clinic").port, "/predict", body={"rows": [ROW]}, token=token, at=at).status == 200


def test_the_record_holds_the_certificate_and_not_where_its_key_lies(yard: Yard) -> None:
    der = x509.load_pem_x509_certificate(declared(yard).read_bytes()).public_bytes(Encoding.DER)
    yard.deployments.deploy(yard.first, "clinic")
    body = yard.recorder.of_type("environment.declared")[0].body
    assert body is not None
    assert (body["host"], body["certificate"]) == ("0.0.0.0", hashlib.sha256(der).hexdigest())  # noqa: S104
    assert "server.key" not in json.dumps([event.body for event in yard.recorder.log])


def test_a_token_is_not_sent_to_whoever_shows_another_certificate(yard: Yard, tmp_path: Path) -> None:
    declared(yard)
    yard.deployments.deploy(yard.first, "clinic")
    stranger = certificates.make(tmp_path / "other")
    answer = ask(yard.active("clinic").port, "/v2/health/ready", at=Address(certificate=str(stranger)))
    assert answer.status == -1


def remove(certificate: Path) -> None:
    certificate.unlink()


def garble(certificate: Path) -> None:
    certificate.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


def open_key(certificate: Path) -> None:
    certificate.with_suffix(".key").chmod(0o644)


def other_key(certificate: Path) -> None:
    certificates.make(certificate.parent, "other")
    (certificate.parent / "other.key").replace(certificate.with_suffix(".key"))


def lock_key(certificate: Path) -> None:
    certificates.make(certificate.parent, secret=b"secret")


def let_expire(certificate: Path) -> None:
    certificates.make(certificate.parent, begins=-9, days=-1)


def postpone(certificate: Path) -> None:
    certificates.make(certificate.parent, begins=2)


@pytest.mark.parametrize(
    ("spoil", "detail"),
    [(remove, "missing"), (garble, "unreadable"), (open_key, "open-key"), (other_key, "no-pair"),
     (lock_key, "no-pair"), (let_expire, "expired"), (postpone, "not-yet")],
)  # fmt: skip
def test_what_cannot_be_used_is_told_before_anything_is_replaced(
    yard: Yard, spoil: Callable[[Path], None], detail: str
) -> None:
    spoil(declared(yard))
    events = len(yard.recorder.log)
    with pytest.raises(InputRefusedError) as caught:
        yard.deployments.deploy(yard.first, "clinic")
    assert (caught.value.code, caught.value.values["detail"]) == (Code.CERTIFICATE_UNUSABLE, detail)
    assert len(yard.recorder.log) == events
    for language in LANGUAGES:
        assert detail not in Words(language).error(caught.value).what


@pytest.mark.parametrize(
    "text",
    ['host = "0.0.0.0"', 'host = "::"', 'host = "example.org"', "host = 1", 'host = "192.0.2.7"\ncertificate = "a"',
     'certificate = "a.pem"', 'private_key = "a.key"', 'certificate = 1\nprivate_key = "b"'],
)  # fmt: skip
def test_an_address_without_certificate_and_key_is_refused_where_it_is_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "surefoot.toml"
    path.write_text(f"[environment.clinic]\n{text}\n", encoding="utf-8")
    with pytest.raises(InputRefusedError) as caught:
        read(path)
    assert caught.value.code is Code.SETTINGS_UNREADABLE
    assert "clinic" in str(caught.value.values["detail"])
