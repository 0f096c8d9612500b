"""Frozen facts of deployments: environments, what answers there, how an act came out.

Times are RFC 3339 UTC; `*_ms` are milliseconds; a leaf is the SHA-256 that names an event of the trail.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from surefoot.texts import Words
from surefoot.trail import Recorder, Signer

WEEK_MS = 604_800_000
DEFAULT_ENVIRONMENT = "local"
LOOPBACK = "127.0.0.1"
EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 - what stands for all addresses, and how we reach it
ACTIVE_FORMAT = 1
OK = 200
"""The status of a request that got an answer."""


class State(StrEnum):
    """What a deployment is doing."""

    SERVING = "serving"
    STOPPED = "stopped"
    BLOCKED = "blocked"
    """It runs and answers nothing, for instance because its lease ended."""
    ENDED = "ended"
    LOST = "lost"
    """It should run, and its process is gone."""
    HANDED = "handed-over"
    """A folder that nobody has been seen to run yet, or that runs where it is not seen."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service listens, beside its port.

    Attributes:
        host: an IP address of this machine; 0.0.0.0 or :: for all of them.
        certificate: PEM file of what it shows over TLS; empty where it speaks HTTP, which it does on loopback alone.
    """

    host: str = LOOPBACK
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a release may run; a table `[environment.<name>]` of surefoot.toml.

    Attributes:
        name: as used on the command line.
        port: 0 lets the system choose one, which is then kept.
        lease_ms: how long a lease lasts before it has to be renewed.
        host: an IP address of this machine; other than loopback only with a certificate.
        certificate, private_key: PEM files for TLS, or empty.
        fingerprint: SHA-256 of the certificate, once it was found to be usable.
    """

    name: str
    port: int = 0
    lease_ms: int = WEEK_MS
    host: str = LOOPBACK
    certificate: str = ""
    private_key: str = ""
    fingerprint: str = ""

    def as_body(self) -> dict[str, Any]:
        """What `environment.declared` says: which certificate, and never where its key lies."""
        body = {"name": self.name, "kind": "process", "port": self.port, "lease_ms": self.lease_ms}
        return {**body, "host": self.host, "certificate": self.fingerprint} if self.fingerprint else body


@dataclass(frozen=True, slots=True)
class Handover:
    """Where a release is handed over to.

    Attributes:
        folder: new, or empty.
        words: the language of its README.
    """

    folder: Path
    words: Words


@dataclass(frozen=True, slots=True)
class Hand:
    """A key with both its uses: recording events, signing documents that leave the record."""

    recorder: Recorder
    signer: Signer


@dataclass(frozen=True, slots=True)
class Active:
    """What was last activated in an environment, as kept in the state folder for verbs and keeper alike.

    Attributes:
        environment: its name. activation: `act_…`. leaf: of release.activated.
        release: `rel_…`. name, version: of the release. digest: the release digest.
        service: `svc_…`, one for each wrapper process. started: leaf of service.started, or empty.
        port, pid: of the process. born: when the process began, to tell it from a later one of the same number.
        since: when it began to answer.
        grant: SHA-256 of the grant's payload. lease_version, lease_issued, lease_expires, lease_ms: the lease in force.
        stop: id of the stop in force, or empty. stop_leaf: of the event that tells of it; empty where none does yet.
        is_ordered: whether a person's name stands under the stop in the record, not only what the machine saw.
        ended: why it ended, or empty.
        replaced: what it takes the place of, until that has ended and the record says so.
        host, certificate, private_key: where it listens and what it shows there, as the environment said.
        folder: where it was handed over to (`handing`); empty for a process of ours.
        format: of the file that it was read from.
    """

    environment: str
    activation: str
    leaf: str
    release: str
    name: str
    version: str
    digest: str
    service: str
    started: str = ""
    port: int = 0
    pid: int = 0
    born: str = ""
    since: str = ""
    grant: str = ""
    lease_version: int = 0
    lease_issued: int = 0
    lease_expires: int = 0
    lease_ms: int = WEEK_MS
    stop: str = ""
    stop_leaf: str = ""
    is_ordered: bool = False
    ended: str = ""
    replaced: "Active | None" = None
    host: str = LOOPBACK
    certificate: str = ""
    private_key: str = ""
    folder: str = ""
    format: int = ACTIVE_FORMAT

    @property
    def target(self) -> str:
        """`folder` or `process`."""
        return "folder" if self.folder else "process"

    @property
    def address(self) -> Address:
        """Where it listens, beside its port."""
        return Address(self.host, self.certificate)

    @property
    def url(self) -> str:
        """Where it answers."""
        host = socket.gethostname() if self.host in EVERYWHERE else self.host
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://[{host}]:{self.port}" if ":" in host else f"{scheme}://{host}:{self.port}"

    def about(self) -> dict[str, Any]:
        """What every event about it says."""
        return {"environment": self.environment, "release": self.release, "name": self.name, "version": self.version}


@dataclass(frozen=True, slots=True)
class Deployment:
    """What somebody who asks is told of an environment.

    Attributes:
        active: what was activated there.
        state: what it is doing now.
        reason: why it does not serve, in the wrapper's words; empty while it does.
        log: the wrapper's own output.
        token_file: where the bearer token lies (0600).
    """

    active: Active
    state: State
    reason: str
    log: str
    token_file: str


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment that answers.

    Attributes:
        deployment: what answers now, and where.
        token: the bearer token where it was made just now, to be shown once; else None.
        example: one row that the model was released with, ready to be sent to `/predict`.
        answer: what the service said to that row when it was asked, before anybody was told that it answers.
        seconds: from the order to the first answer.
    """

    deployment: Deployment
    token: str | None
    example: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    seconds: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stop whose effect was seen.

    Attributes:
        active: what was stopped.
        seconds: from the order to the first refusal, decimal.
        seen: `refuses` (503 with the reason), `closed` (nothing listens), `killed` (it had to be), or `unseen` (the
            order lies where a folder was handed over to, and nothing there has confirmed it).
        is_new: False where it was stopped already.
    """

    active: Active
    seconds: str
    seen: str
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that was held.

    Attributes:
        environment: where. at: when.
        stop_seconds: from the order to the first refusal.
        lift_seconds: from lifting to the first answer; None where it could not be lifted.
    """

    environment: str
    at: str
    stop_seconds: str
    lift_seconds: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a service counts of itself since its process began.

    Attributes:
        requests: how many requests ended with each status. rows: how many rows were scored.
        in_flight: how many are being answered. lease_seconds: how long it may go on serving.
    """

    requests: Mapping[int, int]
    rows: int
    in_flight: int
    lease_seconds: float

    @property
    def asked(self) -> int:
        """How many requests there were."""
        return sum(self.requests.values())

    @property
    def answered(self) -> int:
        """How many of them got an answer."""
        return self.requests.get(OK, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 means that nothing listens, -1 that nothing came back in time."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StopInForce:
    """A stop on the record that nobody has lifted.

    Attributes:
        leaf: of the event that tells of it. activation: leaf of the release.activated that it stopped.
        service: `svc_…`. digest: the release digest. release: `rel_…`. name, version: of the release.
        stop: its id. by: the id of who ordered it. at: when.
    """

    leaf: str
    activation: str
    service: str
    digest: str
    release: str
    name: str
    version: str
    stop: str
    by: str = ""
    at: str = ""

    @property
    def ref(self) -> str:
        """How commands name the release."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The release that rolling back would bring back: its name, version and id, and when it was put into service.

    Attributes:
        stop: the stop that keeps it from coming back; None where it may. It is the newest one then: all are stopped.
    """

    name: str
    version: str
    release: str
    at: str
    stop: StopInForce | None = None


@dataclass(frozen=True, slots=True)
class Lifted:
    """A lifted stop of a release that something else took the place of: it may be deployed again, and nothing started.

    Attributes:
        environment: where. stop: what was in force.
    """

    environment: str
    stop: StopInForce
