"""Checks of a run, with invented figures."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from surefoot.checks.facts import Judged, Limit, Measure, Result, Row, State, Subject
from surefoot.checks.pictures import Bar, Picture
from surefoot.checks.rules import cannot_show, sentence_of
from surefoot.errors import Code, InputRefusedError
from surefoot_app.checks.listing import Entry, Opened, entry
from surefoot_app.checks.page import ChecksPage
from surefoot_app.shell.desk import Desk
from surefoot_app.showing.judgements import Judgement, ordered

NOW = datetime.now(UTC).replace(tzinfo=None)
AT = "2026-03-02T09:14:00.000Z"


def result(kind: str, state: State, measures: tuple[Measure, ...], limit: Limit | None, rows: int = 1000) -> Result:
    """A result, as the library would tell it."""
    judged = (
        Judged(measures[0], limit, state),
        *(Judged(one, None, "passed") for one in measures[1:]),
    )
    return Result(
        f"chk_{kind}", "", AT, "mod_agrbp57biby6foauuy37jh72hi", "run_41", kind, state, judged, rows, 20260101,
        sentence_of(kind, judged, rows), cannot_show(kind), "ds_1", "3" * 64, "9f86d081884c7d65" * 4,
    )  # fmt: skip


_PAIR = {
    "more": "sex = male", "less": "sex = female", "more_percent": "84.1", "less_percent": "72.2", "positive": "good",
    "claimed": "708",
}  # fmt: skip
_INPUTS = {"count": "5", "of": "20", "inputs": "checking_status, duration, amount, purpose, savings", "protected": "–"}
_POLICY, _TRAINING = Limit("at_most", "0.05", "policy"), Limit("at_most", "0.0001", "vectors")
_GUESS, _CRITERION = Limit("at_most", "0.55", "policy"), Limit("at_least", "0.75", "recipe")
RESULTS = (
    result("fairness", "failed", (Measure("selection_gap", "0.119", "0.062", "0.176", 310, names=_PAIR),), _POLICY),
    result("privacy", "close", (Measure("membership_auc", "0.533", "0.493", "0.573", 292),), _GUESS),
    result("accuracy", "passed", (Measure("auc", "0.803", "0.771", "0.835", 292),), _CRITERION, 292),
    result("parity", "passed", (Measure("max_difference", "7.8e-08", smallest=107),), _TRAINING),
    result("explanation", "passed", (Measure("explanation_stability", "0.97", smallest=292, names=_INPUTS),), None),
)
_GROUPS = (Bar("sex = female", 0.722, 0.67, 0.769, is_worst=True), Bar("sex = male", 0.841, 0.811, 0.866))
_WEIGHTS = tuple(Bar(name, 0.31 - 0.05 * place) for place, name in enumerate(_INPUTS["inputs"].split(", ")))
_ANSWERS = (
    Bar("true_positive", 181),
    Bar("true_negative", 30),
    Bar("false_positive", 60, is_worst=True),
    Bar("false_negative", 21, is_worst=True),
)
PICTURES = {
    "fairness": Picture("groups", "share", _GROUPS),
    "explanation": Picture("inputs", "share", _WEIGHTS),
    "accuracy": Picture("answers", "count", _ANSWERS),
}
JUDGEMENTS = ordered(
    [
        *(
            Judgement(
                Row(one.kind, one.model, one), PICTURES.get(one.kind), "german-credit@3",
                (("run_39", "german-credit/39"), ("run_40", "german-credit/40")) if one.state == "failed" else (),
                2 if one.state == "failed" else 0,
            )
            for one in RESULTS
        ),
        Judgement(Row("drift", "mod", None)),
        Judgement(Row("stress", "mod", None)),
        Judgement(Row("robustness", "mod", None, lacking=("scipy",))),
    ]
)  # fmt: skip
SUBJECT = Subject("run_41", "german-credit/41", RESULTS[0].model, is_refused=False, ended=NOW, results=RESULTS)


def _entry(place: int) -> Entry:
    state, count = (
        ("failed", 1), ("passed", 4), ("close", 2), ("unchecked", 0), ("refused", 0), ("undetermined", 1)
    )[place % 6]  # fmt: skip
    return Entry(f"run_{60 - place}", f"german-credit/{60 - place}", "", NOW - timedelta(hours=3 * place), state, count)


ENTRIES = (entry(SUBJECT), *(_entry(place) for place in range(1, 24)))
FULL = Opened(ENTRIES[0], JUDGEMENTS)
UNCHECKED = Opened(
    Entry("run_12", "a-very-long-name-of-an-experiment-that-somebody-wrote/12", "", NOW, "unchecked", 0),
    tuple(Judgement(Row(kind, "mod", None)) for kind in ("accuracy", "fairness", "parity", "privacy")),
)


def _page(entries: tuple[Entry, ...] | None, opened: Opened | None = None) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = ChecksPage(desk)
        if entries is not None:
            page.show_entries(entries)
        if opened is not None:
            page.show_opened(opened)
        return page

    return build


def _wrong(desk: Desk) -> QWidget:
    page = ChecksPage(desk)
    page.show_entries(ENTRIES)
    page.show_opened(FULL)
    page._pane.show_error(InputRefusedError(Code.CHECK_REPLAY, detail="no-number"))
    return page


STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("checks-loading", _page(None)),
    ("checks-empty", _page(())),
    ("checks-full", _page(ENTRIES, FULL)),
    ("checks-unchecked", _page(ENTRIES, UNCHECKED)),
    ("checks-error", _wrong),
)
