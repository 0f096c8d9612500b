"""How well a model ranks and answers rows that its training never saw, also beside the model that is live."""

from surefoot.checks import asking
from surefoot.checks.facts import Case, Finding
from surefoot.workers import Cancel, Progress

AUC = "auc"
ACCURACY = "accuracy"
GAIN = "auc_gain"
_TASK = "surefoot.checks.accuracy_task:measure"


class Accuracy:
    """AUC with DeLong's interval (the main figure), the share of right answers with Wilson's, the gain in AUC.

    The gain is over the model that is live: only where another was activated before that answers the same question.
    """

    kind = "accuracy"
    version = 1
    metrics: tuple[str, ...] = (AUC, ACCURACY, GAIN)
    needs_rows = True

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Asks the model about every held-out row, in a worker.

        Raises:
            InputRefusedError: the rows do not fit the model, or it fails on them.
        """
        files = {"rows": case.data.test}
        if case.ground is not None:
            files |= {"live": case.ground.live, "live_preprocessing": case.ground.live_preprocessing}
        return asking.finding_of(asking.run(_TASK, case, files=files, progress=progress, cancel=cancel))


CHECK = Accuracy()
