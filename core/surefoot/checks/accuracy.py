"""How well a model ranks and answers rows that its training never saw."""

from surefoot.checks import asking
from surefoot.checks.facts import Case, Finding
from surefoot.workers import Cancel, Progress

AUC = "auc"
ACCURACY = "accuracy"
_TASK = "surefoot.checks.accuracy_task:measure"


class Accuracy:
    """AUC with DeLong's interval (the main figure), and the share of right answers with Wilson's."""

    kind = "accuracy"
    version = 1
    metrics: tuple[str, ...] = (AUC, ACCURACY)
    needs_rows = True

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Asks the model about every held-out row, in a worker.

        Raises:
            InputRefusedError: the rows do not fit the model, or it fails on them.
        """
        files = {"rows": case.data.test}
        return asking.finding_of(asking.run(_TASK, case, files=files, progress=progress, cancel=cancel))


CHECK = Accuracy()
