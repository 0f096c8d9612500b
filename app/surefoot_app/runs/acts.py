"""What can be done with a run: cancel, reproduce, check, release; and why not, in words."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QGuiApplication

from surefoot.runs.facts import Run
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel, Progress
from surefoot_app.runs.choice import choice
from surefoot_app.runs.doing import doing
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk


def actions(desk: Desk) -> Sequence[Action]:
    """The acts of this panel, for the palette and the list of keys; they are for the run that is current."""

    def on_current(act: Callable[[Desk, Run], object]) -> Callable[[], None]:
        def run() -> None:
            current = choice(desk).current
            if current is not None:
                act(desk, current)

        return run

    def why(reason: Callable[[Desk, Run | None], str]) -> Callable[[], str]:
        return lambda: reason(desk, choice(desk).current)

    return (
        Action("run.checks", "list-checks", on_current(check), "R", "check run", why(why_no_checks)),
        Action("run.release", "package-check", on_current(release), "L", "release draft", why(why_no_model)),
        Action("run.reproduce", "rotate-ccw", on_current(reproduce), "", "run reproduce", why(why_not_again)),
        Action("run.cancel", "ban", on_current(cancel), "", "run cancel", why(why_no_cancel)),
        Action("run.plan", "flask-conical", lambda: desk.go("experiments"), "", "experiment start"),
    )


def why_no_cancel(desk: Desk, run: Run | None) -> str:
    """Why a run cannot be cancelled; empty where it can."""
    if run is None:
        return desk.words("app.runs.choose_first")
    return desk.words("app.runs.has_ended") if run.has_ended else _why_busy(desk, run) or desk.hindrance


def why_not_again(desk: Desk, run: Run | None) -> str:
    """Why a run cannot be run again."""
    if run is None:
        return desk.words("app.runs.choose_first")
    return _why_busy(desk, run) or desk.hindrance if run.has_ended else desk.words("app.runs.still_going")


def why_no_checks(desk: Desk, run: Run | None) -> str:
    """Why a run's model cannot be checked."""
    return why_no_model(desk, run) or ("" if run is None else _why_busy(desk, run))


def why_no_model(desk: Desk, run: Run | None) -> str:
    """Why a run has no model to be checked or released."""
    if run is None:
        return desk.words("app.runs.choose_first")
    return "" if run.state == "finished" else desk.words("app.runs.no_model")


def _why_busy(desk: Desk, run: Run) -> str:
    return desk.words("app.runs.busy") if doing(desk).of(run.run) is not None else ""


def cancel(desk: Desk, run: Run) -> None:
    """Stops a run."""

    def work(bench: Workbench, _progress: Progress, leave: Cancel) -> Run:
        return bench.runs.cancel(run.run, leave=leave)

    doing(desk).act(run, work, then=lambda _run: desk.tell(desk.words("app.runs.cancelled", run=run.name)))


def reproduce(desk: Desk, run: Run) -> None:
    """Runs a run again from its record alone; what comes of it is a run like any other."""

    def work(bench: Workbench, progress: Progress, leave: Cancel) -> str:
        return bench.runs.reproduce(run.run, progress=progress, cancel=leave).runs[0]

    project = desk.session.project

    def then(again: str) -> None:
        desk.tell(desk.words("app.runs.again", run=run.name))
        if desk.session.project is project:
            desk.open("run", again)

    doing(desk).act(run, work, then=then)


def check(desk: Desk, run: Run) -> None:
    """Lets the gate judge a run's model and runs every check that can run here."""

    def work(bench: Workbench, progress: Progress, leave: Cancel) -> int:
        return len(bench.checks.run(run.run, progress=progress, cancel=leave))

    doing(desk).act(
        run, work, then=lambda count: desk.tell(desk.words("app.runs.checked", run=run.name, count=count))
    )  # fmt: skip


def release(desk: Desk, run: Run) -> None:
    """Goes on to the release of a run."""
    desk.go("releases")
    desk.open("candidate", run.run)


def copy(text: str) -> None:
    """Puts a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)
