"""What somebody who may only ask the model could find out about the people it was trained on."""

from collections.abc import Mapping

from surefoot.checks import asking
from surefoot.checks.facts import Case, Finding, Limit, Measure, Parameter
from surefoot.workers import Cancel, Progress

MEMBERSHIP = "membership_auc"
ATTRIBUTE = "attribute_gain"
EXTRACTION = "extraction_agreement"
LIMIT = Limit("at_most", "0.55", "check")
_TASK = "surefoot.checks.privacy_task:measure"


class Privacy:
    """Guessing who was in the data (the main figure), guessing a protected attribute, and copying the model.

    All three attack the very model that would be released, by its answers alone.
    """

    kind = "privacy"
    version = 1
    metrics: tuple[str, ...] = (MEMBERSHIP, ATTRIBUTE, EXTRACTION)
    needs_rows = True
    needs: tuple[str, ...] = ("sklearn",)
    parameters: Mapping[str, Parameter] = {
        "groups": Parameter([]),
        "queries": Parameter(1000, least="100", most="100000"),
    }

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Asks the model about rows it was trained on and rows it never saw, in a worker, and compares the answers.

        Raises:
            InputRefusedError: the rows do not fit the model, or a chosen column is not there.
        """
        if case.data.train is None:
            return Finding((Measure(MEMBERSHIP, None, why="no_rows"),), 0, {})
        columns = case.settings["groups"] or list(case.data.protected)
        files = {"rows": case.data.test, "train": case.data.train}
        answer = asking.run(_TASK, case, files=files, more={"columns": columns}, progress=progress, cancel=cancel)
        return asking.finding_of(answer, {MEMBERSHIP: LIMIT})


CHECK = Privacy()
