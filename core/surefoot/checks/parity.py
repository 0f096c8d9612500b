"""Whether the graph that would be released answers as the code that was trained and evaluated."""

from dataclasses import replace

import msgspec

from surefoot import workers
from surefoot.checks import asking
from surefoot.checks.facts import Case, Finding, Limit, Measure
from surefoot.checks.ground import OWN
from surefoot.models.facts import Parity, Verdict
from surefoot.workers import Cancel, Limits, Progress

DIFFERENCE = "max_difference"
SHARE = "share_over"
AUC = "auc_difference"
ACCURACY = "accuracy_difference"
SAME = Limit("at_most", "0.001", "check")
LIMITS = Limits(memory_bytes=4 * 2**30, cpu_seconds=120, wall_seconds=120.0, file_bytes=2**20, reply_bytes=2**24)
_TASK = "surefoot.models.gate:task"
_BOTH = "surefoot.checks.parity_task:measure"


class ParityCheck:
    """Replays the vectors again, with the runtime of today: a newer one may compute otherwise than the gate's did.

    Where the run handed in what its own code answered about its training rows, both sides are held to one metric.
    """

    kind = "parity"
    version = 2
    metrics: tuple[str, ...] = (DIFFERENCE, SHARE, AUC, ACCURACY)
    needs_rows = False

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Replays every vector in a worker.

        Raises:
            InputRefusedError: the worker died of the model.
        """
        files = {**case.graphs, "vectors": case.vectors}
        answer = workers.run(_TASK, {}, limits=LIMITS, files=files, progress=progress, cancel=cancel)
        verdict = msgspec.convert(answer["verdict"], Verdict)
        if verdict.parity is None:
            measures = tuple(Measure(metric, None, why="not_replayed") for metric in (DIFFERENCE, SHARE))
            return Finding(measures, 0, {"reasons": msgspec.json.decode(msgspec.json.encode(verdict.reasons))})
        return _with_both(case, _found(verdict.parity), progress, cancel)


def _with_both(case: Case, finding: Finding, progress: Progress, cancel: Cancel | None) -> Finding:
    """The finding with the figures of both sides, where the run says what its own code answered."""
    ground = case.ground
    if ground is None or ground.own is None or case.data.target is None:
        return finding
    rows = case.data.train or ground.trained
    if rows is None:
        return finding
    files = {"rows": rows, "own": ground.own}
    answer = asking.run(_BOTH, case, files=files, more={"own": OWN}, progress=progress, cancel=cancel)
    measures = tuple(msgspec.convert(one, Measure) for one in answer["measures"])
    return replace(
        finding,
        measures=(*finding.measures, *measures),
        evidence={**finding.evidence, "both_sides": answer["evidence"]},
        limits={**finding.limits, AUC: SAME, ACCURACY: SAME},
    )


def _found(parity: Parity) -> Finding:
    return Finding(
        measures=(
            Measure(DIFFERENCE, parity.max_difference, smallest=parity.rows),
            Measure(SHARE, parity.share_over, smallest=parity.rows),
        ),
        rows=parity.rows,
        evidence=msgspec.json.decode(msgspec.json.encode(parity)),
        limits={
            DIFFERENCE: Limit("at_most", parity.tolerance, "vectors"),
            SHARE: Limit("at_most", "0", "vectors"),
        },
    )


CHECK = ParityCheck()
