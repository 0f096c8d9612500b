"""Releases: the list, each of the seven steps, a signed one, the policy; with invented content."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from surefoot.checks.facts import Limit, Measure, Subject
from surefoot.errors import Code, InputRefusedError
from surefoot.releases import AdoptedPolicy, Gate, PolicyView, Release, State
from surefoot.releases.facts import (
    Candidate,
    Caution,
    Change,
    Loosening,
    Outline,
    Outlook,
    Policy,
    RecordedEvent,
    Requirement,
)
from surefoot_app.releases.dossier import Dossier, Live, Package, Part
from surefoot_app.releases.drafts import Draft
from surefoot_app.releases.listing import Entry, Listed
from surefoot_app.releases.page import POLICY, SIGNED, WIZARD, ReleasesPage
from surefoot_app.releases.policy import Policies, Proposal
from surefoot_app.releases.sheets import AdoptSheet, SignSheet, WaiveSheet
from surefoot_app.releases.signed import Signed
from surefoot_app.releases.steps import APPROVALS, CANDIDATE, CHECKS, DATA, PACKAGE, SIGN, WEIGHED
from surefoot_app.shell.desk import Desk
from tests.gallery.checks import JUDGEMENTS, NOW, SUBJECT, result

SHA, ADA, AT = "9f86d081884c7d65" * 4, "per_ada", "2026-03-02T09:14:00.000Z"
NAMES = {ADA: "Ada Lovelace", "per_bao": "Trần Quốc Bảo"}
REQUIRED = tuple(
    Requirement(kind, at_most=None if limit is None else Decimal(limit))
    for kind, limit in (("accuracy", None), ("fairness", "0.05"), ("parity", None), ("privacy", "0.55"))
)  # fmt: skip
RULES = Policy("german-credit", REQUIRED, 2, ("approver", "owner"), 30)
ADOPTED = AdoptedPolicy("pol_1", "", SHA, 1, RULES, AT, ADA)
VIEW = PolicyView(ADOPTED, Path("policies/german-credit.toml"), is_edited=False)


def event(kind: str, body: dict[str, Any], *, actor: str = ADA, is_self: bool = False) -> RecordedEvent:
    """A line of the record."""
    return RecordedEvent(SHA, kind, AT, actor, "owner", "rel_1", SHA, (), body, is_self)


DATA_BODY = {
    "name": "german-credit", "number": 3, "rows": 1000, "owner": "Ada Lovelace", "purpose": "credit decisions",
    "legal_basis": "contract", "jurisdiction": "EU", "expiry": "2027-12-31", "protected": ["sex", "age_years"],
    "special": [],
}  # fmt: skip
MODEL = event("model.accepted", {"run": "run_41"})
CANDIDATE_FACTS = Candidate(
    MODEL, event("run.finished", {}), None, None, {"table": event("asset.registered", DATA_BODY)},
    {one.kind: event("check.passed", {}) for one in JUDGEMENTS if one.row.result is not None},
)  # fmt: skip
GATES = (
    Gate("run", State.PASSED, "gate.run_ok", {"run": "run_41"}),
    Gate("criteria", State.PASSED, "gate.criteria_met", {"criteria": "auc 0.803 (≥ 0.75)"}),
    Gate("model", State.PASSED, "gate.model_accepted", {"model": "mod_x", "sha256": SHA[:12]}),
    Gate("check.accuracy", State.PASSED, "gate.check_passed", {"kind": "accuracy", "figure": "0.803"}),
    Gate("check.fairness", State.FAILED, "gate.check_failed", {"kind": "fairness", "figure": "0.119"}, "x"),
    Gate("check.parity", State.PASSED, "gate.check_passed", {"kind": "parity", "figure": "0"}),
    Gate("check.privacy", State.PASSED, "gate.check_close", {"kind": "privacy", "figure": "0.533"}),
    Gate("data", State.PASSED, "gate.data_ok", {"data": "german-credit@3"}),
    Gate("policy", State.PASSED, "gate.policy_in_force", {"policy": "german-credit", "sha256": SHA[:12]}),
    Gate("content", State.MISSING, "gate.content_undrafted", {}, "x"),
    Gate("approvals", State.MISSING, "gate.approvals_undrafted", {}, "x"),
)
INPUTS = (
    {"name": "age_years", "type": "float32", "minimum": "19", "maximum": "75", "unit": "years"},
    {"name": "purpose", "type": "string", "categories": ["car", "education", "repairs"]},
    {"name": "amount", "type": "float32", "minimum": "250", "maximum": "18424", "nullable": True},
)
CHANGE = Change("minor", "minor", ("data", "parameters"), "german-credit@2.3.1")
OUTLINE = Outline("german-credit", "2.4.0", CHANGE, {"inputs": INPUTS}, ("2.3.1",), "Say how likely a good risk is")
FILES = tuple(
    (path, SHA)
    for path in (
        "data-sheet.md", "dockerfile", "lock.txt", "model-card.md", "model.onnx", "openapi.json", "sbom.cdx.json",
        "settings.json", "signature.json", "systemd.service", "vectors.json",
    )
)  # fmt: skip
PARTS = (
    Part("numpy", "2.2.6", "BSD-3-Clause"), Part("onnxruntime", "1.22.0", "MIT"), Part("protobuf", "6.31.1", ""),
    Part("cryptography", "45.0.3", "Apache-2.0"),
)  # fmt: skip
PACKAGE_FACTS = Package(FILES, PARTS)


def _subject(place: int) -> Subject:
    area, gap = 0.74 + 0.011 * (place * 7 % 9), 0.02 + 0.013 * (place * 5 % 11)
    measures = (Measure("auc", f"{area}", smallest=292), Measure("crossed_gap", f"{gap}", smallest=292))
    results = (
        result("accuracy", "passed", measures[:1], Limit("at_least", "0.75", "recipe")),
        result("fairness", "passed", measures[1:], Limit("at_most", "0.05", "policy")),
    )
    gaps = tuple(replace(one, measure=replace(one.measure, metric="selection_gap")) for one in results[1].judged)
    name = f"german-credit/{40 - place}"
    checked = (results[0], replace(results[1], judged=gaps))
    return Subject(f"run_{40 - place}", name, f"mod_{place}", is_refused=False, ended=NOW, results=checked)


SUBJECTS = (SUBJECT, *(_subject(place) for place in range(9)))
DRAFT = Draft("d1", "run_41", environments=("local",))
BEGUN = Dossier(
    DRAFT, SUBJECTS, ("local", "production"), VIEW, NAMES, (Live("local", "rel_0", "german-credit", "2.3.1", "mod_3"),),
    candidate=CANDIDATE_FACTS, outline=OUTLINE, gates=GATES, judgements=JUDGEMENTS,
    outlook=Outlook(INPUTS, (Caution("examples_real", {"data": "german-credit", "real": "31", "rows": "107"}),)),
)  # fmt: skip
WEIGHED_DRAFT = replace(DRAFT, trade_off="We accept 0.004 AUC less for a gap below 5 points.", release="rel_1")
PROPOSED_EVENT = event(
    "release.proposed",
    {"run": "run_41", "environments": ["local"], "trade_off": WEIGHED_DRAFT.trade_off, "files": dict(FILES)},
)
AGREED = event("approval.given", {"reason": "The gap is within the limit, and I read the card."}, actor="per_bao")
OWN = event("approval.given", {"reason": "I am alone here, and I have checked it twice."}, is_self=True)
RELEASE = Release("rel_1", "german-credit", "2.4.0", SHA, PROPOSED_EVENT, (AGREED,))
_FAIR = {"kind": "fairness", "figure": "0.021"}
_NOW_OPEN = {
    "check.fairness": Gate("check.fairness", State.PASSED, "gate.check_passed", _FAIR),
    "content": Gate("content", State.PASSED, "gate.content_ok", {"sha256": SHA[:12]}),
    "approvals": Gate(
        "approvals", State.MISSING, "gate.approvals_few", {"given": "1", "needed": "2", "roles": "approver, owner"}, "x"
    ),
}  # fmt: skip
WELL = tuple(one for one in JUDGEMENTS if one.state != "failed")
PROPOSED = replace(
    BEGUN, draft=WEIGHED_DRAFT, release=RELEASE, package=PACKAGE_FACTS, judgements=WELL,
    gates=tuple(_NOW_OPEN.get(gate.name, gate) for gate in GATES),
)  # fmt: skip
_DONE = Gate("approvals", State.PASSED, "gate.approvals_self", {"given": "1", "needed": "1", "roles": "owner"})
READY = replace(
    PROPOSED,
    release=replace(RELEASE, approvals=(OWN,)),
    gates=tuple(_DONE if gate.name == "approvals" else gate for gate in PROPOSED.gates),
)
PROOFS = {f"statements/{name}.dsse": SHA for name in ("release", "provenance", "check-accuracy")}
SIGNED_RELEASE = replace(
    READY.release or RELEASE,
    approved=event("release.approved", {"solo": True, "proofs": PROOFS}),
)  # fmt: skip
CARD = (
    "# german-credit 2.4.0\n\n> Say how likely it is that an applicant is a good risk\n\n"
    "## What it does\n\nFrom 3 values about one person it says whether `credit_risk` is good.\n\n"
    "## How it was judged\n\n- The gap in AUC between training and test is 0.018; at most 0.03 was allowed.\n"
    "- The largest gap between groups is 4.1 points; at most 5.0 were allowed.\n\n"
    "## Inputs\n\n| name | type | range |\n| --- | --- | --- |\n| duration\\_months | integer | 4 to 72 |\n"
    "| amount | number | 250 to 18424 |\n| purpose | text | 10 values |\n"
)
SIGNED_FACTS = Signed(SIGNED_RELEASE, PACKAGE_FACTS, CARD, READY, ())
_FEBRUARY, _JANUARY = datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC)
_LONG = "churn-of-customers-with-a-very-long-name-that-has-to-be-cut"
LISTED = Listed(
    (
        Entry("d1", "german-credit/41", "", "draft"),
        Entry("rel_1", "german-credit", "2.4.0", "proposed", (1, 2), digest=SHA),
        Entry("rel_0", "german-credit", "2.3.1", "signed", (2, 2), ("local",), _FEBRUARY, SHA),
        Entry("rel_9", "german-credit", "2.3.0", "signed", (2, 2), (), _JANUARY, SHA[8:] + SHA[:8]),
        Entry("rel_8", _LONG, "1.0.0", "replaced", (0, 2), digest=SHA),
    ),
    "german-credit",
    is_edited=True,
)  # fmt: skip


def _list(found: Listed | None) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = ReleasesPage(desk)
        if found is not None:
            page.show_listed(found)
        return page

    return build


def _step(found: Dossier, place: int) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = ReleasesPage(desk)
        page._go(WIZARD)
        page._wizard.open(replace(found.draft, step=place))
        page._wizard._file.stop()
        page._wizard.show_dossier(found)
        return page

    return build


def _signed(desk: Desk) -> QWidget:
    page = ReleasesPage(desk)
    page._go(SIGNED)
    page._signed.show_signed(SIGNED_FACTS)
    page._signed.show_proof(("layout", "manifest", "files", "founder", "statements", "bill"))
    return page


LOOSER = replace(RULES, name="german-credit", count=1)
_FILE = Path("policies/german-credit.toml")
POLICIES = Policies(
    ADOPTED,
    (
        Proposal(_FILE, PolicyView(ADOPTED, _FILE, True, LOOSER, (Loosening("approvals.count", "2", "1"),))),
        Proposal(
            Path("policies/odd.toml"), None,
            InputRefusedError(Code.POLICY_KEY, path="odd.toml", key="at_leest", known="at_least, at_most"),
        ),
    ),
    NAMES,
)  # fmt: skip


def _policy(found: Policies) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = ReleasesPage(desk)
        page._go(POLICY)
        page._policy.show_policies(found)
        return page

    return build


def _waive(desk: Desk) -> QWidget:
    return WaiveSheet(desk.words, check="Fairness", most=30)


def _sign(desk: Desk) -> QWidget:
    return SignSheet(desk.words, title="german-credit 2.4.0", files=11, digest=SHA)


def _adopt(desk: Desk) -> QWidget:
    return AdoptSheet(desk.words, name="german-credit", loosened=(Loosening("approvals.count", "2", "1"),))


NOTHING = Dossier(replace(DRAFT, run=""), (), ("local",), PolicyView(None, None, is_edited=False), {})
WRONG = replace(BEGUN, problem=InputRefusedError(Code.RELEASE_NAME, name="No Name!"), gates=(), outline=None)
STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("releases-loading", _list(None)),
    ("releases-empty", _list(Listed(()))),
    ("releases-full", _list(LISTED)),
    ("release-1-none", _step(NOTHING, CANDIDATE)),
    ("release-1-candidate", _step(BEGUN, CANDIDATE)),
    ("release-1-error", _step(WRONG, CANDIDATE)),
    ("release-2-data", _step(BEGUN, DATA)),
    ("release-3-checks", _step(BEGUN, CHECKS)),
    ("release-4-weighed", _step(BEGUN, WEIGHED)),
    ("release-5-undrafted", _step(BEGUN, PACKAGE)),
    ("release-5-package", _step(PROPOSED, PACKAGE)),
    ("release-6-approvals", _step(PROPOSED, APPROVALS)),
    ("release-7-sign", _step(READY, SIGN)),
    ("release-signed", _signed),
    ("release-policy", _policy(POLICIES)),
    ("release-policy-none", _policy(Policies(None, POLICIES.files[:1], {}))),
    ("release-sheet-waive", _waive),
    ("release-sheet-sign", _sign),
    ("release-sheet-adopt", _adopt),
)
