"""The documents that the wrapper obeys, as bytes; it describes them in `surefoot.payloads.service.documents`.

A grant is what a person allows at deploy: these releases, this environment, leases no longer than this, written by
this keeper. A lease is what the keeper makes of it, and can only be the same or less.
"""

import base64
import hashlib
import time
from collections.abc import Sequence

from surefoot.deployments.facts import Active
from surefoot.payloads.service.documents import GRANT, LEASE, STOP
from surefoot.trail import Signer, dsse
from surefoot.trail.canonical import Json, encode
from surefoot.trail.clock import text_of

FORMAT = 1


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def moment(ms: int) -> str:
    """Milliseconds since 1970 as RFC 3339."""
    return text_of(ms * 1000)


def digest(value: Json) -> str:
    """SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(encode(value)).hexdigest()


def key(signer: Signer) -> str:
    """The public key of a signer as documents hold it."""
    return base64.b64encode(signer.public).decode()


def anchor(ws: str, active: Active, persons: Sequence[bytes]) -> bytes:
    """What the wrapper compares its capsule with; `persons` are the keys whose signatures count."""
    return encode(
        {
            "format": FORMAT,
            "ws": ws,
            "environment": active.environment,
            "activation": active.activation,
            "release": active.digest,
            "persons": [base64.b64encode(each).decode() for each in persons],
        }
    )


def grant(ws: str, active: Active, *, person: Signer, keeper: Signer, lifts: Sequence[str] = ()) -> tuple[bytes, str]:
    """A grant signed by a person, and the SHA-256 of its payload; `lifts` are ids of stops that no longer count."""
    payload = encode(
        {
            "format": FORMAT,
            "ws": ws,
            "environment": active.environment,
            "activation": active.activation,
            "releases": [active.digest],
            "keeper": key(keeper),
            "lease_ms": active.lease_ms,
            "issued": moment(now_ms()),
            "until": None,
            "lifts": list(lifts),
        }
    )
    return dsse.sign(payload, GRANT, [person]), hashlib.sha256(payload).hexdigest()


def lease(ws: str, active: Active, *, keeper: Signer, releases: Sequence[str] | None = None) -> bytes:
    """The lease that `active` describes, signed by the keeper; for no release at all it withdraws the one before."""
    payload = encode(
        {
            "format": FORMAT,
            "ws": ws,
            "environment": active.environment,
            "activation": active.activation,
            "grant": active.grant,
            "version": active.lease_version,
            "issued": moment(active.lease_issued),
            "expires": moment(active.lease_expires),
            "releases": [active.digest] if releases is None else list(releases),
            "stopped": [],
        }
    )
    return dsse.sign(payload, LEASE, [keeper])


def stop(ws: str, active: Active, *, order: str, reason: str, person: Signer) -> bytes:
    """One person's order to stop."""
    payload = encode(
        {
            "format": FORMAT,
            "ws": ws,
            "environment": active.environment,
            "release": active.digest,
            "stop": order,
            "issued": moment(now_ms()),
            "reason": reason,
        }
    )
    return dsse.sign(payload, STOP, [person])


def access(token: str) -> bytes:
    """The tokens that may ask, by their SHA-256."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return encode({"format": FORMAT, "tokens": [{"name": "owner", "sha256": digest}]})
