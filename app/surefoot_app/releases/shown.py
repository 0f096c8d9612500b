"""The steps that show and ask for nothing: data and consent, checks, the package."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from surefoot.releases import capsule
from surefoot.releases.card import taken
from surefoot.releases.facts import RecordedEvent
from surefoot_app.bridge.formatting import number
from surefoot_app.releases.dossier import Dossier, Part
from surefoot_app.releases.gates import gate_list
from surefoot_app.releases.hands import Hands
from surefoot_app.releases.steps import CHECKS, DATA, PACKAGE, gates_of
from surefoot_app.shell.desk import Desk
from surefoot_app.showing import judgements
from surefoot_app.showing.results import Acts, result_row
from surefoot_app.theme import px
from surefoot_app.widgets.boxes import Card, column, holding, row, scrolled
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.table import Column, Rows, Table
from surefoot_app.widgets.text import Text

_SAID = ("owner", "purpose", "legal_basis", "jurisdiction", "expiry")
_MOST = 12
_KINDS = {
    capsule.MODEL: "model", capsule.VECTORS: "vectors", capsule.SIGNATURE: "signature", capsule.SETTINGS: "settings",
    capsule.LOCK: "lock", capsule.SBOM: "sbom", capsule.CARD: "card", capsule.SHEET: "sheet",
    capsule.OPENAPI: "openapi", capsule.DOCKERFILE: "dockerfile", capsule.UNIT: "unit",
}  # fmt: skip


def step(desk: Desk, key: str, parts: Sequence[QWidget], pills: Sequence[Pill] = ()) -> QWidget:
    """A step's body: its title, what it is about, and its parts."""
    words = desk.words
    made = column(
        Text(words(f"app.releases.step_{key}"), "step-title"),
        Text(words(f"app.releases.{key}_lead"), "quiet", wrap=True),
        *([row(*pills, 1)] if pills else []),
        *parts,
        1,
        gap=10,
    )
    made.setContentsMargins(0, 0, 8, 0)
    return scrolled(made)


def data_step(desk: Desk, found: Dossier, hands: Hands) -> QWidget:
    """What the model learned from, whether that may be used today, and what of it travels."""
    parts: list[QWidget] = [gate_list(desk, found, gates_of(found, DATA), hands)]
    if found.candidate is not None:
        parts += [_dataset(desk, event) for _, event in sorted(found.candidate.data.items())]
    for each in () if found.outlook is None else found.outlook.cautions:
        said = desk.words(f"say.releases.caution.{each.key}", **each.values)
        inside = row(Glyph("triangle-alert", "warn", 20), Text(said, wrap=True), gap=12)
        inside.setStretch(1, 1)
        inside.setContentsMargins(12, 10, 12, 10)
        parts.append(holding(inside, "warn"))
    return step(desk, "data", parts)


def _dataset(desk: Desk, event: RecordedEvent) -> QWidget:
    words, body = desk.words, event.body
    unsaid = words("say.releases.card.unsaid")
    ref = f"{body.get('name')}@{body.get('number')}"
    link = Button(ref, name="open-dataset", kind="link", act=lambda: desk.open("dataset", ref))
    facts = [Fact(words("app.releases.fingerprint"), event.sha256, "hash", copies=words("app.shell.copy"))]
    if isinstance(body.get("rows"), int):
        facts.append(Fact(words("app.checks.rows"), number(body["rows"], words)))
    for key in _SAID:
        value = str(body.get(key) or "")
        shown = words.term("legal-basis", value) if key == "legal_basis" and value else value
        facts.append(Fact(words(f"app.releases.said_{key}"), shown or unsaid))
    for key in ("protected", "special"):
        named = ", ".join(str(one) for one in _listed(body.get(key)))
        facts.append(Fact(words(f"app.releases.said_{key}"), named or words("say.releases.sheet.nobody_named")))
    made = FactsList(facts)
    card = Card(kind="sunken")
    card.body.addLayout(row(link, 1))
    card.body.addWidget(made)
    return card


def _listed(value: object) -> Sequence[Any]:
    if isinstance(value, str):
        return [value] if value else []
    return list(value) if isinstance(value, list | tuple) else []


def checks_step(desk: Desk, found: Dossier, hands: Hands) -> QWidget:
    """What the policy asks of this very model: closed gates first, then every check with its evidence."""
    words = desk.words
    required = {gate.name.partition(".")[2]: gate for gate in found.checks}
    asked = [one for one in found.judgements if one.kind in required]
    others = [one for one in found.judgements if one.kind not in required and one.row.result is not None]
    counts: dict[str, int] = {}
    for one in asked:
        counts[one.state] = counts.get(one.state, 0) + 1
    pills = [_pill(desk, state, count) for state, count in counts.items()]
    parts: list[QWidget] = []
    broken = [
        gate for gate in gates_of(found, CHECKS)
        if gate.name == "policy" or gate.why == "gate.check_policy_limit"
    ]  # fmt: skip
    if broken:
        parts.append(gate_list(desk, found, broken, hands))
    may_waive = found.policy.adopted is not None and found.policy.adopted.policy.waiver_days > 0
    acts = Acts(run=hands.run, waive=hands.waive if may_waive else None, why_not=hands.busy)
    rows = [result_row(desk, one, acts) for one in asked]
    parts += rows
    for one, made in zip(asked, rows, strict=True):
        if one.state in {"failed", "undetermined"}:
            made.turn()
    if others:
        parts.append(Text(words("app.releases.not_asked"), "label"))
        parts += [result_row(desk, one, acts) for one in others]
    return step(desk, "checks", parts, pills)


def _pill(desk: Desk, state: str, count: int) -> Pill:
    key = "app.releases.list_not_run" if state == judgements.NOT_RUN else f"app.checks.list_{state}"
    return Pill(desk.words(key, count=count), judgements.tone_of(state))


def package_step(desk: Desk, found: Dossier, hands: Hands) -> QWidget:
    """What leaves the house: files, packages, licences, known vulnerabilities, what a service takes."""
    words = desk.words
    parts: list[QWidget] = [gate_list(desk, found, gates_of(found, PACKAGE), hands, here="draft")]
    if found.package is None:
        act = ReasonedButton(Button(words("app.releases.propose"), name="release.propose", glyph="package-check"))
        desk.guard(act).set_reason(hands.busy or _why_not_propose(desk, found))
        act.pressed.connect(hands.propose)
        parts += [Text(words("app.releases.propose_why"), "quiet", wrap=True), holding(row(act, 1))]
    else:
        parts += [_files(desk, found.package.files), _packages(desk, found.package.parts, found.package.licences)]
        parts.append(_known(desk, found))
        again = Button(words("app.releases.propose_again"), name="release.propose", kind="quiet", act=hands.propose)
        parts.append(holding(row(again, 1)))
    if found.outlook is not None:
        parts.append(_taken(desk, found.outlook.inputs))
    return step(desk, "package", parts)


def _why_not_propose(desk: Desk, found: Dossier) -> str:
    missing = [gate for gate in gates_of(found, CHECKS) if gate.why in {"gate.check_missing", "gate.check_other_model"}]
    if found.policy.adopted is None:
        return desk.words("app.releases.policy_first")
    return desk.words("app.releases.checks_first", count=len(missing)) if missing else ""


def _files(desk: Desk, files: Sequence[tuple[str, str]]) -> QWidget:
    words = desk.words
    card = Card(words("app.releases.files", count=len(files)), kind="sunken")
    facts = []
    for path, sha256 in files:
        name = words(f"app.releases.file_{_KINDS[path]}") if path in _KINDS else path
        facts.append(Fact(f"{name} ({path})", sha256, "hash", copies=words("app.shell.copy")))
    card.body.addWidget(FactsList(facts))
    return card


def _packages(desk: Desk, parts: Sequence[Part], licences: Mapping[str, int]) -> QWidget:
    words = desk.words
    card = Card(words("app.releases.packages", count=len(parts)), kind="sunken")
    unsaid = words("app.releases.licence_unsaid")
    said = ", ".join(f"{name or unsaid} ({count})" for name, count in licences.items())
    card.body.addWidget(Text(words("app.releases.licences", licences=said), "secondary", wrap=True))
    columns = (
        Column[Part](words("app.releases.package"), lambda one: one.name, look="strong"),
        Column[Part](words("app.releases.version"), lambda one: one.version, look="mono", width=120),
        Column[Part](words("app.releases.licence"), lambda one: one.licence or unsaid, look="quiet", width=220),
    )
    rows = Rows[Part](columns, parts)
    table = Table("release.packages", words("app.releases.packages", count=len(parts)))
    rows.setParent(table)
    table.set_model(rows, columns)
    table.setFixedHeight(px(36) + px(34) * min(6, len(parts)) + 2)
    card.body.addWidget(table)
    return card


def _known(desk: Desk, found: Dossier) -> QWidget:
    one = next((one for one in found.judgements if one.kind == "security"), None)
    if one is None or one.row.result is None:
        return Text(desk.words("app.releases.vulnerabilities_unknown"), "secondary", wrap=True)
    return Text(judgements.sentence(one, desk.words), "secondary", wrap=True)


def _taken(desk: Desk, inputs: Sequence[Mapping[str, Any]]) -> QWidget:
    words = desk.words
    card = Card(kind="sunken")
    card.body.addWidget(Text(words("say.releases.takes.head"), "card-title", wrap=True))
    facts = [Fact(str(one["name"]), taken(one, words, str)) for one in inputs[:_MOST]]
    card.body.addWidget(FactsList(facts))
    if len(inputs) > _MOST:
        card.body.addWidget(Text(words("say.releases.takes.more", count=len(inputs) - _MOST).strip(), "secondary"))
    return card
