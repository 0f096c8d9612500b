"""What the page of checks lists and shows: runs that can be checked, and one of them opened. No Qt here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from surefoot.checks.facts import Result, Subject
from surefoot.checks.telling import state_of
from surefoot.errors import Code, IncompleteError
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel, Progress
from surefoot_app.showing.judgements import Judgement, judgements, unrun

_WORST = ("failed", "undetermined", "close", "passed", "unlimited")
FILTERS = ("all", "look", "well", "unchecked")


@dataclass(frozen=True, slots=True)
class Entry:
    """A run in the list.

    Attributes:
        run, name, model, ended: as `Subject` has them. state: the worst of its checks, `refused`, or `unchecked`.
        count: how many checks there are in that state.
    """

    run: str
    name: str
    model: str
    ended: datetime | None
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A run with its checks, the worst first."""

    entry: Entry
    judgements: tuple[Judgement, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many checks are in each state, the worst first."""
        states = [one.state for one in self.judgements]
        return {state: states.count(state) for state in dict.fromkeys(states)}


def entry(subject: Subject) -> Entry:
    """A run as it is listed."""
    states = [state_of(one) for one in subject.results]
    state = next((one for one in _WORST if one in states), "refused" if subject.is_refused else "unchecked")
    return Entry(subject.run, subject.name, subject.model, subject.ended, state, states.count(state))


def entries(bench: Workbench) -> tuple[Entry, ...]:
    """The runs that can be checked, newest first; not on the GUI thread."""
    return tuple(entry(one) for one in bench.checks.subjects())


def matching(found: Sequence[Entry], text: str, kind: str) -> tuple[Entry, ...]:
    """Those whose name or id holds a text, and that are of a kind: `all`, `look`, `well` or `unchecked`."""
    states = {
        "look": {"failed", "undetermined", "close", "refused"},
        "well": {"passed", "unlimited"},
        "unchecked": {"unchecked"},
    }.get(kind)
    asked = text.strip().casefold()
    return tuple(
        one
        for one in found
        if (states is None or one.state in states)
        and (not asked or asked in one.name.casefold() or asked in one.run or asked in one.model)
    )


def opened(bench: Workbench, ref: str) -> Opened:
    """A run with its checks; not on the GUI thread.

    Args:
        bench: the open project.
        ref: a run, a model or a result.

    Raises:
        IncompleteError: there is no such run that has finished.
    """
    subjects = bench.checks.subjects()
    subject = next((one for one in subjects if _means(one, ref)), None)
    if subject is None:
        raise IncompleteError(Code.MODEL_UNKNOWN, ref=ref)
    has_model = bool(subject.model) and not subject.is_refused
    return Opened(entry(subject), judgements(bench, subject.model, subjects) if has_model else unrun(bench))


def _means(subject: Subject, ref: str) -> bool:
    return ref in {subject.run, subject.model, subject.name, *(one.id for one in subject.results)}


def check(
    bench: Workbench, run: str, kinds: Sequence[str] | None, progress: Progress, cancel: Cancel
) -> tuple[Result, ...]:
    """Lets the gate judge a run's model where it has not, then checks it; in the lane of acts.

    Raises:
        SurefootError: as `Checks.run`.
    """
    return bench.checks.run(run, kinds, progress=progress, cancel=cancel)
