"""How well a model ranks and answers rows that its training never saw."""

from typing import Any

import msgspec

from surefoot import workers
from surefoot.checks.facts import Case, Finding, Measure
from surefoot.workers import Cancel, Limits, Progress

AUC = "auc"
ACCURACY = "accuracy"
LIMITS = Limits(memory_bytes=8 * 2**30, cpu_seconds=1800, wall_seconds=1800.0, reply_bytes=2**20)
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
        if case.data.test is None or case.model.signature is None:
            raise ValueError("the service asks only with rows and an accepted model")
        request = {
            "signature": msgspec.to_builtins(case.model.signature),
            "target": case.data.target,
            "positive": case.data.positive,
        }
        files = {"model": case.onnx, "rows": case.data.test}
        answer = workers.run(_TASK, request, limits=LIMITS, files=files, progress=progress, cancel=cancel)
        return finding_of(answer)


def finding_of(answer: dict[str, Any]) -> Finding:
    """What the worker measured, as a finding."""
    measures = tuple(msgspec.convert(one, Measure) for one in answer["measures"])
    return Finding(measures, int(answer["rows"]), answer["evidence"])


CHECK = Accuracy()
