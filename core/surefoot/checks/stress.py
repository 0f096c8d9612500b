"""How fast the model answers at a given rate, and how much memory it takes: on this machine, now."""

from collections.abc import Mapping

from surefoot.checks import asking
from surefoot.checks.facts import Case, Finding, Parameter
from surefoot.workers import Cancel, Progress

LATENCY = "latency_p95_ms"
MEMORY = "memory_mib"
_TASK = "surefoot.checks.stress_task:measure"


class Stress:
    """The time within which 95 in 100 answers come (the main figure), and the memory that the asking process takes."""

    kind = "stress"
    version = 1
    metrics: tuple[str, ...] = (LATENCY, MEMORY)
    needs_rows = True
    parameters: Mapping[str, Parameter] = {
        "rate": Parameter(100, least="1", most="5000"),
        "seconds": Parameter(3, least="1", most="60"),
    }

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Asks the model about one held-out row after another, at the rate that is asked for, in a worker.

        Raises:
            InputRefusedError: the rows do not fit the model, or it fails on them.
        """
        files = {"rows": case.data.test}
        return asking.finding_of(asking.run(_TASK, case, files=files, progress=progress, cancel=cancel))


CHECK = Stress()
