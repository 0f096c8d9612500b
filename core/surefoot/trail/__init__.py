"""The record: signed lines in append-only feeds, checkpoints, pins and recovery."""

from surefoot.trail.canonical import Json
from surefoot.trail.facts import Draft, Event, Followed, Head, Page, Recorder, Signer, Subject
from surefoot.trail.report import Report, Verdict
from surefoot.trail.service import Trail
from surefoot.trail.verifying import verify

__all__ = [
    "Draft",
    "Event",
    "Followed",
    "Head",
    "Json",
    "Page",
    "Recorder",
    "Report",
    "Signer",
    "Subject",
    "Trail",
    "Verdict",
    "verify",
]
