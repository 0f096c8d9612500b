"""Gates as lines: how each stands, in a sentence, and the act that mends it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from surefoot.releases import Gate, State
from surefoot_app.releases.dossier import Dossier
from surefoot_app.releases.hands import Hands
from surefoot_app.releases.steps import APPROVALS, CANDIDATE, Mend, is_close, mend
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import Tone
from surefoot_app.widgets.boxes import column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import GLYPHS, Glyph
from surefoot_app.widgets.text import Text, line


def gate_list(desk: Desk, found: Dossier, gates: Sequence[Gate], hands: Hands, *, here: Mend = "") -> QWidget:
    """Gates under each other; what can be done `here` needs no way to it."""
    made = column(gap=0)
    for place, gate in enumerate(gates):
        if place:
            made.addWidget(line())
        made.addWidget(_line(desk, found, gate, hands, here))
    return holding(made)


def tone_of(gate: Gate) -> Tone:
    """The meaning of how a gate stands."""
    if gate.is_open:
        return "warn" if is_close(gate) else "ok"
    return "bad" if gate.state is State.FAILED else "neutral"


def state_word(desk: Desk, gate: Gate) -> str:
    """How a gate stands, in a word."""
    if gate.is_open and is_close(gate):
        return desk.words("app.checks.state_waived" if gate.state is State.WAIVED else "app.checks.state_close")
    return desk.words.term("gate-state", gate.state)


def told(desk: Desk, found: Dossier, gate: Gate) -> str:
    """A gate's sentence, with people by their names."""
    values = dict(gate.values)
    if "actor" in values:
        values["actor"] = found.person(values["actor"])
    if found.subject is not None and values.get("run") == found.subject.run:
        values["run"] = found.subject.name
    if values.get("model", "").startswith("mod_"):
        values["model"] = desk.words("app.releases.the_model")
    said = desk.words.told(f"why.releases.{gate.why}", **values)
    return said[0].upper() + said[1:] if said.startswith(desk.words("app.releases.the_model")) else said


def _line(desk: Desk, found: Dossier, gate: Gate, hands: Hands, here: Mend) -> QWidget:
    tone = tone_of(gate)
    glyph = Glyph(GLYPHS[tone], "muted" if tone == "neutral" else tone, 20)
    heading = row(Text(_title(desk, gate), "strong"), Text(f"· {state_word(desk, gate)}", "secondary"), 1, gap=6)
    inside = row(glyph, column(heading, Text(told(desk, found, gate), "secondary", wrap=True), gap=1), gap=12)
    inside.setStretch(1, 1)
    inside.setContentsMargins(12, 10, 12, 10)
    act = None if here and mend(gate) == here else _act(desk, gate, hands)
    if act is not None:
        word, do = act
        button = Button(word, name=f"gate.{gate.name}.mend")
        button.clicked.connect(lambda _checked=False: do())
        button.setEnabled(not hands.busy)
        button.setAccessibleDescription(hands.busy)
        inside.addWidget(button)
    return holding(inside, "bad" if tone == "bad" else "bare")


def _title(desk: Desk, gate: Gate) -> str:
    kind = gate.name.partition(".")[2]
    if kind:
        key = f"say.checks.kind.{kind}"
        return desk.words(key) if desk.words.has(key) else kind
    return desk.words(f"app.releases.gate_{gate.name}")


def _act(desk: Desk, gate: Gate, hands: Hands) -> tuple[str, Callable[[], object]] | None:
    kind = gate.name.partition(".")[2]
    acts: dict[str, Callable[[], object]] = {
        "choose": lambda: hands.go(CANDIDATE),
        "run": lambda: hands.run(kind),
        "policy": hands.policy,
        "draft": hands.propose,
        "approve": lambda: hands.go(APPROVALS),
        "data": lambda: desk.go("datasets"),
        "experiment": lambda: desk.go("experiments"),
    }
    needed = mend(gate)
    return (desk.words(f"app.releases.mend_{needed}"), acts[needed]) if needed else None
