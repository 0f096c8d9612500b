"""Whether the model's probabilities mean what they say: of rows at 70 %, about 70 in 100 should turn out so."""

from surefoot.checks import asking
from surefoot.checks.facts import Case, Finding
from surefoot.workers import Cancel, Progress

ERROR = "calibration_error"
BRIER = "brier"
_TASK = "surefoot.checks.calibration_task:measure"


class Calibration:
    """The expected calibration error over ten bins of equally many rows (the main figure), and the Brier score."""

    kind = "calibration"
    version = 1
    metrics: tuple[str, ...] = (ERROR, BRIER)
    needs_rows = True

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Asks the model about every held-out row, in a worker.

        Raises:
            InputRefusedError: the rows do not fit the model, or it fails on them.
        """
        files = {"rows": case.data.test}
        return asking.finding_of(asking.run(_TASK, case, files=files, progress=progress, cancel=cancel))


CHECK = Calibration()
