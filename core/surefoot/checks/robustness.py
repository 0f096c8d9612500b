"""Whether decisions hold when rows change a little, by chance or on purpose, or are not as they should be."""

from collections.abc import Mapping

from surefoot.checks import asking
from surefoot.checks.facts import Case, Finding, Limit, Parameter
from surefoot.workers import Cancel, Progress

FLIPPED = "flipped_by_noise"
ATTACKED = "flipped_by_attack"
BROKEN = "broken_answers"
NONE_BROKEN = Limit("at_most", "0", "check")
_TASK = "surefoot.checks.robustness_task:measure"


class Robustness:
    """Decisions flipped by small noise (the main figure), by an attack of the same size, and odd rows not answered."""

    kind = "robustness"
    version = 1
    metrics: tuple[str, ...] = (FLIPPED, ATTACKED, BROKEN)
    needs_rows = True
    needs: tuple[str, ...] = ("art",)
    parameters: Mapping[str, Parameter] = {
        "noise": Parameter("0.05", least="0.0001", most="0.5"),
        "attacked": Parameter(30, least="30", most="1000"),
    }

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Asks the model about held-out rows and about rows made from them, in a worker.

        Raises:
            InputRefusedError: the rows do not fit the model, or it fails on them as they are.
        """
        files = {"rows": case.data.test}
        answer = asking.run(_TASK, case, files=files, progress=progress, cancel=cancel)
        return asking.finding_of(answer, {BROKEN: NONE_BROKEN})


CHECK = Robustness()
