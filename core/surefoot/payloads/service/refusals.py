"""Why the wrapper does not serve, in a closed list of words.

A word travels in `status.json`, in the answer 503 and into the record, so it never changes its meaning. The detail
beside it names files and figures for the person who reads it, never a value of a request and never a stack trace.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Every reason, once."""

    ANCHOR = "anchor"
    """The anchor is missing or cannot be read."""
    CAPSULE = "capsule"
    """The capsule is not the released one: a file changed, is missing, is too much, or is a link."""
    SIGNATURE = "signature"
    """A statement of the capsule is not signed by a person the anchor names, or speaks of something else."""
    ENVIRONMENT = "environment"
    """The release is not allowed in this environment, or the installed packages are not the locked ones."""
    PARITY = "parity"
    """The model does not give the answers that training wrote down."""
    MODEL = "model"
    """The model cannot be loaded, or is not what its signature says."""
    LEASE = "lease"
    """There is no lease, or none that may be believed."""
    LEASE_ENDED = "lease-ended"
    """The lease has run out."""
    LEASE_WITHDRAWN = "lease-withdrawn"
    """A newer lease no longer allows this release."""
    STOPPED = "stopped"
    """Somebody stopped the service."""
    LOG = "log"
    """The request log cannot be written, and nothing is answered that cannot be logged."""
    TLS = "tls"
    """It was to be reached from other machines without TLS, or certificate and key cannot be used."""
    ABANDONED = "abandoned"
    """It was held back until told to go, and nobody told it."""
    PORT = "port"
    """The port is taken."""
    INTERNAL = "internal"
    """Something inside the wrapper went wrong."""


class RefusedError(Exception):
    """The wrapper must not serve.

    Attributes:
        reason: the word.
        detail: what exactly, for a person.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")
