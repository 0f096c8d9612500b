"""Datasets: the list, the ways to be empty, a version by its tabs, each step; invented around the sample's columns."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from surefoot.datasets import profiles
from surefoot.datasets.facts import Change, DatasetVersion, Head, Look
from surefoot.errors import Code, InputRefusedError, SurefootError
from surefoot.releases.uses import User, Users, Uses
from surefoot_app.datasets import draft as drafts
from surefoot_app.datasets.differences import DifferencesTab
from surefoot_app.datasets.draft import Draft
from surefoot_app.datasets.overview import Differences, Opened, Overview, Row
from surefoot_app.datasets.page import DatasetsPage
from surefoot_app.shell.desk import Desk

NOW = datetime.now(UTC)
COLUMNS: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("applicant_id", "text", "key", {"distinct": 1000}),
    ("status", "text", "feature", {"values": {"none": 394, "below 0": 274, "0 to 200": 269, "above 200": 63}}),
    ("duration_months", "integer", "feature", {"deciles": (4, 9, 12, 12, 15, 18, 24, 24, 30, 36, 72)}),
    ("amount", "number", "feature", {"deciles": (250, 932, 1262, 1479, 1906, 2319, 2852, 3590, 4720, 7179, 18424)}),
    ("age_years", "integer", "feature", {"deciles": (19, 23, 26, 28, 30, 33, 36, 39, 45, 52, 75)}),
    ("sex", "text", "feature", {"values": {"male": 690, "female": 310}}),
    ("personal_status", "text", "feature", {"values": {"single": 548, "married": 310, "divorced": 92}, "missing": 50}),
    ("foreign_worker", "boolean", "feature", {"values": {"true": 963, "false": 37}}),
    ("telephone_of_the_applicant_or_of_a_guarantor", "text", "ignore", {"distinct": 404, "missing": 596}),
    ("credit_risk", "text", "target", {"values": {"good": 700, "bad": 300}}),
)
WARNINGS: list[dict[str, Any]] = [
    {"key": "much-missing", "values": {"column": "telephone_of_the_applicant", "share": "0.60", "count": 596}},
    {"key": "personal-data", "values": {"column": "telephone_of_the_applicant", "kind": "phone", "count": 404}},
    {"key": "rows-twice", "values": {"count": 3}},
    {"key": "small-groups", "values": {"column": "foreign_worker", "count": 1, "least": 30}},
]


def version(name: str = "german-credit", number: int = 3, **changed: Any) -> DatasetVersion:
    """One that holds the columns above."""
    columns = tuple({"name": one, "type": kind, "role": role, "confidence": "0.95"} for one, kind, role, _ in COLUMNS)
    usual: dict[str, Any] = {
        "id": f"ds_{name}", "name": name, "version": f"{number}f86d081884c7d65".ljust(64, "9"), "number": number,
        "leaf": "00", "recorded_at": (NOW - timedelta(hours=5)).isoformat(), "kind": "table", "rows": 1000,
        "manifest": "0" * 64, "profile": "1" * 64, "columns": columns,
        "target": {"column": "credit_risk", "positive": "good"}, "key": ("applicant_id",), "group": None, "time": None,
        "subject": "applicant_id", "protected": ("sex", "age_years", "foreign_worker"), "special": (),
        "owner": "Risk department", "purpose": "Judge applications for credit", "legal_basis": "contract",
        "jurisdiction": "DE", "expiry": "2099-12-31", "quality": {"rows": 1000, "warnings": WARNINGS},
        "split": {"by": "key", "columns": ["applicant_id"], "salt": name, "sides": {"train": "0.7", "test": "0.3"},
                  "counts": {"train": 694, "test": 306}},
        "storage": "stored", "sources": ({"name": "german_credit.csv", "size": 161_203, "sha256": "ab12" * 16},),
        "place": None, "data": {"train": "2" * 64, "test": "3" * 64},
        "replaces": None if number == 1 else f"{number - 1}f86d081884c7d65".ljust(64, "9"), "sandbox": 1, "plan": {},
        "request": "4" * 64,
    }  # fmt: skip
    return DatasetVersion(**{**usual, **changed})


def _column(name: str, kind: str, known: Mapping[str, Any]) -> dict[str, Any]:
    edges = known.get("deciles", ())
    ends = {"min": str(edges[0]), "max": str(edges[-1])} if edges else {}
    usual = {"name": name, "type": kind, "missing": 0, "distinct": len(known.get("values", edges)), **ends}
    return {**usual, **known}


PROFILE = profiles.read({"rows": 1000, "columns": [_column(name, kind, known) for name, kind, _, known in COLUMNS]})
HEAD = Head(
    tuple(name for name, _, _, _ in COLUMNS),
    tuple(
        (f"a{n:04}", "below 0", str(6 + n % 60), f"{1169 + 37 * n}", str(22 + n % 50), "male" if n % 3 else "female",
         "single", "true", None if n % 4 else "+49 30 1234", "good" if n % 3 else "bad")
        for n in range(200)
    ),
    len(COLUMNS),
)  # fmt: skip
OLD = version(number=2, recorded_at=(NOW - timedelta(days=40)).isoformat())
ROWS = (
    Row(
        version("churn-of-customers-by-region-and-month", 1, owner=None, legal_basis=None, rows=1_204_332,
                special=("health",)),
        Uses(),
    ),
    Row(version("german-credit", 3), Uses(12, 2)),
    Row(replace(OLD, expiry="2026-01-31"), Uses(24, 1)),
    Row(version("german-credit", 1, expiry=(NOW + timedelta(days=9)).date().isoformat()), Uses(1)),
    Row(version("x-rays", 1, kind="files", columns=(), rows=4120, protected=(), legal_basis="not-personal", expiry=None,
                owner="Clinic"), Uses(3)),
)  # fmt: skip
USERS = Users(
    tuple(User(f"run_{n}", f"german-credit/{n}") for n in (12, 11, 9, 4)),
    (User("rel_2", "credit 2.4.0"), User("rel_1", "credit 2.3.1", is_signed=True)),
)
OPENED = Opened(version(), USERS, (OLD, version(number=1)), PROFILE)
LOOK = Look(
    replace(version(number=4), leaf="", recorded_at=""), 161_203, PROFILE, HEAD,
    {"key": "unique-name", "target": "target-name", "positive": "positive", "subject": "person",
     "protected:sex": "sex", "protected:age_years": "age", "protected:foreign_worker": "origin"},
    before=version(),
    shifts=(Change("added", "telephone", after="text"), Change("missing", "status", "0.00", "0.13"),
            Change("drift", "amount", after="0.31")),
)  # fmt: skip
DRAFT = Draft(
    source="/data/incoming/german_credit.csv", name="german-credit", owner="Risk department",
    purpose="Judge applications for credit",
)  # fmt: skip
CHANGES = (
    Change("rows", "", "982", "1000"), Change("permission", "expiry", "2026-01-31", "2099-12-31"),
    Change("added", "telephone", after="text"), Change("retyped", "amount", "text", "number"),
    Change("missing", "status", "0.00", "0.13"), Change("drift", "amount", after="0.31"),
)  # fmt: skip


def _list(found: Overview | None, *, text: str = "") -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = DatasetsPage(desk)
        if found is not None:
            page.show_overview(found)
        if text and page._list is not None:
            page._list.filter(text)
        return page

    return build


def _refused(desk: Desk) -> QWidget:
    page = DatasetsPage(desk)
    page._on_failed(InputRefusedError(Code.NO_RIGHT, path=Path("/projects/credit/.surefoot")))
    return page


def _version(tab: str, opened: Opened = OPENED) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = DatasetsPage(desk)
        page.show_overview(Overview(ROWS))
        page.show_version(opened)
        view = page._view
        assert view is not None
        view.show_tab(tab)
        if tab == "preview":
            view.show_rows(HEAD if opened.version.data is not None else None)
        for differences in view.findChildren(DifferencesTab):
            differences.show_differences(Differences("german-credit@2", "german-credit@3", CHANGES))
        return page

    return build


def _steps(
    draft: Draft, step: int, *, look: Look | None = LOOK, error: SurefootError | None = None, is_looking: bool = False
) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = DatasetsPage(desk)
        page.show_overview(Overview(ROWS))
        page.show_steps(replace(draft, step=step, seen=tuple(range(step + 1))))
        wizard = page._wizard
        assert wizard is not None
        if not is_looking and draft.source:
            wizard._on_looked(wizard._asked, look, error)
            if look is not None and look.before is not None:
                wizard._bodies[-1].show_users(USERS)  # type: ignore[attr-defined] # the last step's own
        return page

    return build


BROKEN = InputRefusedError(Code.ENCODING, line=214, found="windows-1252")
MIXED = InputRefusedError(
    Code.MIXED_TYPES, column="amount", type="number", count=3, total=1000, line=17, value="n.a.", advice="mixed"
)
STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("datasets-loading", _list(None)),
    ("datasets-nothing", _list(Overview(()))),
    ("datasets-full", _list(Overview(ROWS))),
    ("datasets-draft", _list(Overview(ROWS, replace(DRAFT, step=2)))),
    ("datasets-no-match", _list(Overview(ROWS), text="nothing of this name")),
    ("datasets-refused", _refused),
    *((f"datasets-version-{tab}", _version(tab)) for tab in
      ("overview", "preview", "columns", "split", "used", "differences")),
    ("datasets-version-unused", _version("used", replace(OPENED, users=Users()))),
    ("datasets-version-elsewhere",
     _version("preview", replace(OPENED, version=version(data=None, place="/data/a.csv")))),
    ("datasets-version-only", _version("differences", replace(OPENED, others=()))),
    ("datasets-step-empty", _steps(Draft(), 0)),
    ("datasets-step-wrong", _steps(DRAFT, 0, look=None, error=BROKEN)),
    ("datasets-step-mixed", _steps(DRAFT, 1, look=None, error=MIXED)),
    *((f"datasets-step-{number + 1}-{key}",
       _steps(replace(DRAFT, legal_basis="contract" if number > drafts.CONSENT else ""), number))
      for number, key in enumerate(drafts.STEPS)),
)  # fmt: skip
