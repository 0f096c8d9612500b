"""Whether groups of people are answered differently, under a definition that the policy chooses in words."""

import math
from collections.abc import Mapping, Sequence

from surefoot.checks import asking
from surefoot.checks.facts import Case, Finding, Limit, Measure, Parameter
from surefoot.errors import Code, InputRefusedError
from surefoot.workers import Cancel, Progress

METRICS: Mapping[str, str] = {
    "selection-rate": "selection_gap",
    "equal-opportunity": "opportunity_gap",
    "equalised-odds": "odds_gap",
}
CROSSED = "crossed_gap"
SIZE = "group_size"
LIMIT = Limit("at_most", "0.05", "check")
_TASK = "surefoot.checks.fairness_task:measure"


class Fairness:
    """The largest gap between two groups of one protected column; beside it, groups of two columns at once.

    Everybody counts: training rows with what the run's cross-fitting answered about them, where the run handed that
    in, and held-out rows with this model's own answers. Without such a claim, the held-out rows alone.
    """

    kind = "fairness"
    version = 1
    metrics: tuple[str, ...] = (*METRICS.values(), CROSSED, SIZE)
    needs_rows = True
    parameters: Mapping[str, Parameter] = {
        "definition": Parameter("selection-rate", tuple(METRICS)),
        "groups": Parameter([]),
        "bands": Parameter([]),
        "approve": Parameter("0", least="0", most="1"),
    }

    def applies(self, case: Case) -> bool:
        """Where groups are named, by the dataset or the policy."""
        return bool(case.settings["groups"] or case.data.protected)

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Asks the model about every held-out row, in a worker, and compares the answers group by group.

        Raises:
            InputRefusedError: the rows do not fit the model, a chosen column is not there, or the run's own answers
                cannot be used; or a band that the policy chose is no number.
        """
        main = METRICS[str(case.settings["definition"])]
        columns = case.settings["groups"] or list(case.data.protected)
        if not columns:
            return Finding((Measure(main, None, why="no_groups"),), 0, {"columns": []})
        bands = case.settings["bands"]
        _refuse_bands(bands if isinstance(bands, list) else [])
        claimed = None if case.ground is None or case.data.train is None else case.ground.answers
        files = {"rows": case.data.test, "answers": claimed, "train": case.data.train if claimed else None}
        more = {"columns": columns}
        answer = asking.run(_TASK, case, files=files, more=more, progress=progress, cancel=cancel)
        return asking.finding_of(answer, {main: LIMIT})


def _refuse_bands(bands: Sequence[object]) -> None:
    """Refuses an edge that is no number."""
    for edge in bands:
        try:
            is_number = math.isfinite(float(str(edge)))
        except ValueError:
            is_number = False
        if not is_number:
            raise InputRefusedError(
                Code.CHECK_SETTING, kind="fairness", key="bands", value=str(edge)[:80], expected='["25", "40", "60"]'
            )


CHECK = Fairness()
