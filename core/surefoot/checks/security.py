"""What the model file holds beside arithmetic, and what is known of the packages of the run and of a service.

Known vulnerabilities need a list of them, which a project does not fetch: where none was imported they have no figure.
"""

import re
from collections.abc import Mapping
from importlib import metadata

from surefoot import workers
from surefoot.checks import vulnerabilities
from surefoot.checks.asking import LIMITS
from surefoot.checks.facts import FEWEST_ROWS, Case, Finding, Limit, Measure, Parameter
from surefoot.checks.vulnerabilities import AGE, KNOWN, packages_in
from surefoot.trail.canonical import Json
from surefoot.workers import Cancel, Progress

MODEL = "model_findings"
LICENCES = "forbidden_licences"
NONE = Limit("at_most", "0", "check")
_TASK = "surefoot.checks.security_task:scan"
_NAMED = 5
_SHORT = 60


class Security:
    """Findings in the model file (the main figure), forbidden licences, known vulnerabilities, their list's age."""

    kind = "security"
    version = 2
    metrics: tuple[str, ...] = (MODEL, LICENCES, KNOWN, AGE)
    needs_rows = False
    parameters: Mapping[str, Parameter] = {"forbidden": Parameter([])}

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Reads the model file in a worker, looks up packages in another, and reads what licences they state."""
        answer = workers.run(_TASK, {}, limits=LIMITS, files=case.graphs, progress=progress, cancel=cancel)
        found: list[str] = answer["findings"]
        names = {"count": str(len(found)), "findings": "; ".join(found[:_NAMED]) or "–"}
        # A file is looked at whole: there is no sample whose size could matter.
        measures = [Measure(MODEL, str(len(found)), smallest=FEWEST_ROWS, names=names)]
        packages = "" if case.ground is None else case.ground.packages or ""
        licences = licences_of(packages)
        wanted = case.settings["forbidden"]
        forbidden = [str(one) for one in wanted] if isinstance(wanted, list) else []
        if licences:
            measures.append(_judged(licences, forbidden))
        known, told = vulnerabilities.measured(case, names, progress=progress, cancel=cancel)
        evidence: dict[str, Json] = {
            "model": answer,
            "licences": dict(licences),
            "packages": len(packages_in(packages)),
            "known_vulnerabilities": told,
        }
        limits = {MODEL: NONE, KNOWN: NONE, AGE: vulnerabilities.FRESH, **({LICENCES: NONE} if forbidden else {})}
        return Finding((*measures, *known), 0, evidence, limits)


def licences_of(packages: str) -> dict[str, str]:
    """The licence of each package of a frozen list or lock, as that version states it here; "" where it does not."""
    found = {}
    for name, version in packages_in(packages):
        try:
            installed = metadata.distribution(name)
        except (metadata.PackageNotFoundError, ValueError):
            found[f"{name}=={version}"] = ""
            continue
        found[f"{name}=={version}"] = _stated(installed) if installed.version == version else ""
    return found


def _stated(installed: metadata.Distribution) -> str:
    said = installed.metadata
    # Asked for all of a key: where a library put its own reader of packages in, a key that is not there is an error.
    stated = [*(said.get_all("License-Expression") or []), *(said.get_all("License") or [])]
    expression = next(filter(None, stated), "")
    if expression and "\n" not in expression.strip() and len(expression) <= _SHORT:
        return expression.strip()
    classes = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or [] if one.startswith("License ::")]
    return "; ".join(classes)


def _judged(licences: Mapping[str, str], forbidden: list[str]) -> Measure:
    words = [re.compile(rf"(?<![A-Za-z]){re.escape(one)}", re.IGNORECASE) for one in forbidden]
    hit = [f"{name} ({licence})" for name, licence in licences.items() if any(word.search(licence) for word in words)]
    unknown = [name for name, licence in licences.items() if not licence]
    names = {
        "packages": ", ".join(hit[:_NAMED]) or "–",
        "count": str(len(hit)),
        "of": str(len(licences)),
        "unknown": str(len(unknown)),
    }
    return Measure(LICENCES, str(len(hit)), smallest=FEWEST_ROWS, names=names)


CHECK = Security()
