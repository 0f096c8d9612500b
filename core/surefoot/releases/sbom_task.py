"""Holds a bill of materials against CycloneDX's strict schema; runs in a worker, for its imports take long."""

from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from surefoot.workers import Request


def problem(text: str) -> str | None:
    """What is wrong with a CycloneDX 1.7 text, or None.

    Strict: a key that the schema does not know is wrong.
    """
    found = JsonStrictValidator(SchemaVersion.V1_7).validate_str(text)
    return None if found is None else str(found)[:500]


def validate(request: Request) -> dict[str, Any]:
    """The worker's task.

    Args:
        request: `text`, the bill.

    Returns:
        `problem`: what is wrong with it, or None.
    """
    return {"problem": problem(str(request["text"]))}
