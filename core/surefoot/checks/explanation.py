"""Which inputs decide, how surely that can be said, and what decided about one person as an example."""

from collections.abc import Mapping

from surefoot.checks import asking
from surefoot.checks.facts import Case, Finding, Parameter
from surefoot.workers import Cancel, Progress

STABILITY = "explanation_stability"
NEEDED = "inputs_for_most"
_TASK = "surefoot.checks.explanation_task:measure"


class Explanation:
    """Permutation importance of every input: how alike it comes out each time (main figure), and how few carry most."""

    kind = "explanation"
    version = 1
    metrics: tuple[str, ...] = (STABILITY, NEEDED)
    needs_rows = True
    parameters: Mapping[str, Parameter] = {"repeats": Parameter(5, least="2", most="50")}

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Asks the model about held-out rows in which one input at a time is swapped between rows, in a worker.

        Raises:
            InputRefusedError: the rows do not fit the model, or it fails on them.
        """
        files = {"rows": case.data.test}
        more = {"protected": list(case.data.protected)}
        return asking.finding_of(asking.run(_TASK, case, files=files, more=more, progress=progress, cancel=cancel))


CHECK = Explanation()
