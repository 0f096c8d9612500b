"""Whether the graph that would be released answers as the code that was trained and evaluated."""

import msgspec

from surefoot import workers
from surefoot.checks.facts import Case, Finding, Limit, Measure
from surefoot.models.facts import Parity, Verdict
from surefoot.workers import Cancel, Limits, Progress

DIFFERENCE = "max_difference"
SHARE = "share_over"
LIMITS = Limits(memory_bytes=4 * 2**30, cpu_seconds=120, wall_seconds=120.0, file_bytes=2**20, reply_bytes=2**24)
_TASK = "surefoot.models.gate:task"


class ParityCheck:
    """Replays the vectors again, with the runtime of today: a newer one may compute otherwise than the gate's did."""

    kind = "parity"
    version = 1
    metrics: tuple[str, ...] = (DIFFERENCE, SHARE)
    needs_rows = False

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Replays every vector in a worker.

        Raises:
            InputRefusedError: the worker died of the model.
        """
        files = {"model": case.onnx, "vectors": case.vectors}
        answer = workers.run(_TASK, {}, limits=LIMITS, files=files, progress=progress, cancel=cancel)
        verdict = msgspec.convert(answer["verdict"], Verdict)
        if verdict.parity is None:
            measures = tuple(Measure(metric, None, why="not_replayed") for metric in self.metrics)
            return Finding(measures, 0, {"reasons": msgspec.json.decode(msgspec.json.encode(verdict.reasons))})
        return _found(verdict.parity)


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
