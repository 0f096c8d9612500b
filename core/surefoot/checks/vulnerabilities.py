"""Known vulnerabilities of the packages that a run had and that a service of its model would get.

They are looked up in the list that was imported last, in a worker; nothing is fetched. What nobody has looked up has no
figure, and so never passes.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from surefoot import workers
from surefoot.checks.asking import LIMITS
from surefoot.checks.facts import FEWEST_ROWS, Case, Limit, Measure
from surefoot.trail.canonical import Json
from surefoot.workers import Cancel, Progress

KNOWN = "known_vulnerabilities"
AGE = "list_age_days"
FRESH = Limit("at_most", "30", "check")
NOT_CHECKED = "not checked"
_TASK = "surefoot.advisories.matching_task:match"
_PACKAGE = re.compile(r"(?m)^\s*([A-Za-z0-9][\w.-]*)==([\w.!+-]+)")
_NAMED = 5


def packages_in(text: str) -> list[tuple[str, str]]:
    """Name and version of each package of a frozen list or a lock."""
    return _PACKAGE.findall(text)


def measured(
    case: Case, names: Mapping[str, str], *, progress: Progress, cancel: Cancel | None
) -> tuple[list[Measure], Json]:
    """How many vulnerabilities are known and how old the list is, and what evidence keeps of it.

    Args:
        case: what is checked.
        names: what the sentence says besides, where there is no figure.
        progress: told how far it is.
        cancel: asked whether to stop.
    """
    ground = case.ground
    run, wrapper = (None, "") if ground is None else (ground.packages, ground.wrapper)
    packages = sorted({*packages_in(run or ""), *packages_in(wrapper)})
    of = {**names, "of": str(len(packages))}
    if ground is None or ground.advice is None:
        return [Measure(KNOWN, None, why="no_list", names=of)], NOT_CHECKED
    if not packages_in(run or ""):
        return [Measure(KNOWN, None, why="no_packages", names=of)], NOT_CHECKED
    listing = ground.advice.listing
    files = {"list": ground.advice.path}
    answer = workers.run(_TASK, {"packages": packages}, limits=LIMITS, files=files, progress=progress, cancel=cancel)
    found: list[dict[str, Any]] = answer["found"]
    days = max(0, (datetime.now(UTC).date() - date.fromisoformat(listing.date)).days)
    said = {
        "count": str(len(found)),
        "of": str(len(packages)),
        "found": "; ".join(_told(one) for one in found[:_NAMED]) + ("; …" if len(found) > _NAMED else "") or "–",
        "date": listing.date,
        "records": str(listing.records),
    }
    evidence: dict[str, Json] = {
        "list": {"sha256": listing.sha256, "source": listing.source, "date": listing.date, "event": listing.leaf},
        "packages": {"run": len(packages_in(run or "")), "service": len(packages_in(wrapper)), "both": len(packages)},
        "found": [dict(one) for one in found],
    }
    # Packages are looked up one and all, and a date is a date: there is no sample whose size could matter.
    return [
        Measure(KNOWN, str(len(found)), smallest=FEWEST_ROWS, names=said),
        Measure(AGE, str(days), smallest=FEWEST_ROWS, names={"date": listing.date}),
    ], evidence


def _told(one: Mapping[str, Any]) -> str:
    """`numpy 1.0: CVE-2021-1 (high) → 1.2`: signs instead of words, since names are in no language."""
    severity = f" ({one['severity']})" if one["severity"] else ""
    fixed = f" → {one['fixed']}" if one["fixed"] else ""
    return f"{one['package']} {one['version']}: {one['ids'][0]}{severity}{fixed}"
