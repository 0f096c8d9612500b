"""The checks of one model, with all that is needed to show them: asked of the workbench in one go. No Qt here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surefoot.checks import rules
from surefoot.checks.facts import Result, Row, Subject
from surefoot.checks.pictures import Picture, picture
from surefoot.checks.telling import UNLIMITED, state_of, tell
from surefoot.errors import IncompleteError
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.theme.tokens import Tone

NOT_RUN, WAIVED = "not_run", "waived"
_TONES: dict[str, Tone] = {
    "passed": "ok", "close": "warn", "failed": "bad", "undetermined": "warn", UNLIMITED: "neutral", WAIVED: "warn",
    NOT_RUN: "neutral",
}  # fmt: skip
_ORDER = ("failed", "undetermined", WAIVED, "close", "passed", UNLIMITED, NOT_RUN)
_MOST_PASSING = 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """A check on one model.

    Attributes:
        row: what the library says of it. picture: what of its evidence can be drawn.
        data: the dataset version it was measured on, as people call it.
        passing: other runs whose models pass it, `(run, name)`, the clearest first; how many there are in all.
        waived: who lets it be, why and until when, in words; empty where nobody does.
    """

    row: Row
    picture: Picture | None = None
    data: str = ""
    passing: tuple[tuple[str, str], ...] = ()
    passing_count: int = 0
    waived: str = ""

    @property
    def kind(self) -> str:
        """The check."""
        return self.row.kind

    @property
    def state(self) -> str:
        """As recorded, or `unlimited`, `waived`, `not_run`."""
        result = self.row.result
        if result is None:
            return NOT_RUN
        if self.waived and not rules.is_well(result.state):
            return WAIVED
        return state_of(result)

    @property
    def tone(self) -> Tone:
        """The meaning of its state."""
        return tone_of(self.state)


def tone_of(state: str) -> Tone:
    """The meaning of a state."""
    return _TONES.get(state, "neutral")


def judgements(bench: Workbench, ref: str, subjects: Sequence[Subject]) -> tuple[Judgement, ...]:
    """Every check of a model, the worst first.

    Args:
        bench: the open project.
        ref: a model, or a run that the gate has seen.
        subjects: what else was checked, for those that pass.

    Raises:
        IncompleteError: the gate has not seen it.
    """
    made = [_judgement(bench, row, subjects) for row in bench.checks.list(ref)]
    return ordered(made)


def ordered(made: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Judgements with the worst first."""
    return tuple(sorted(made, key=lambda one: (_ORDER.index(one.state), one.kind)))


def unrun(bench: Workbench) -> tuple[Judgement, ...]:
    """The checks that there are, none of which has run: for a run that the gate has not seen."""
    return tuple(
        Judgement(replace(row, result=None)) for row in bench.checks.list() if row.is_known
    )  # fmt: skip


def _judgement(bench: Workbench, row: Row, subjects: Sequence[Subject]) -> Judgement:
    if row.result is None:
        return Judgement(row)
    evidence = bench.checks.evidence(row.result)
    passing = _passing(row.result, subjects)
    return Judgement(
        row, picture(row.kind, evidence), _data(bench, row.result), passing[:_MOST_PASSING], len(passing)
    )  # fmt: skip


def _passing(result: Result, subjects: Sequence[Subject]) -> tuple[tuple[str, str], ...]:
    """Runs whose models fare better in a check; none where this one passes itself.

    Where it fails, a run that is close to the limit passes, too, as its gate does; after those that are clear of it.
    """
    wanted = {"failed": ("passed", "close"), "undetermined": ("passed", "close"), "close": ("passed",)}
    found: dict[str, list[tuple[str, str]]] = {state: [] for state in wanted.get(result.state, ())}
    for subject in subjects:
        stood = {state_of(one) for one in subject.results if one.kind == result.kind}
        best = next((state for state in found if state in stood), "")
        if best and subject.model != result.model:
            found[best].append((subject.run, subject.name))
    return tuple(each for runs in found.values() for each in runs)


def _data(bench: Workbench, result: Result) -> str:
    try:
        return bench.datasets.show(f"{result.data}@{result.data_version}").ref if result.data else ""
    except IncompleteError:  # a record that came without its dataset
        return ""


def title(kind: str, words: Words) -> str:
    """What a check is called; a plug-in by its own name."""
    key = f"say.checks.kind.{kind}"
    return words(key) if words.has(key) else kind


def word(state: str, words: Words) -> str:
    """A state in a word."""
    return words(f"app.checks.state_{state}")


def sentence(judgement: Judgement, words: Words) -> str:
    """What is said of a check in one sentence: what came out, or why it has not run."""
    row = judgement.row
    if row.result is not None:
        return tell(row.result, words).sentence
    if row.lacking:
        return words("app.checks.lacking", modules=", ".join(row.lacking))
    where = f"say.checks.{row.kind}.runs_where"
    return words("app.checks.not_run_where", where=words(where)) if words.has(where) else words("app.checks.not_run")
