"""Experiments: the list, the ways to be empty, a recipe that cannot be read, each step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtWidgets import QWidget

from surefoot.errors import Code, InputRefusedError
from surefoot.executors.facts import End
from surefoot.experiments import templates
from surefoot.experiments.recipe import read
from surefoot.runs.facts import Trial
from surefoot.runs.tallies import Best, Tally
from surefoot_app.experiments import draft as drafts
from surefoot_app.experiments.draft import Draft, Known
from surefoot_app.experiments.overview import Experiment, Overview
from surefoot_app.experiments.page import ExperimentsPage
from surefoot_app.experiments.trying import TryCard
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.fields import FilterLine

NOW = datetime.now(UTC)
KNOWN = Known(
    datasets=("churn", "german-credit"), names=frozenset({"taken"}), metrics=("accuracy", "auc", "log_loss"), cores=8,
    memory=16 * 2**30, waiting=3,
)  # fmt: skip
BROKEN = '[experiment]\nname = "fraud-2"\ngoal = "Find stolen cards\n\n[run]\ncommand = ["python", "train.py"]\n'


def experiment(name: str, goal: str, *, template: str = "tabular-classification", **changed: object) -> Experiment:
    """One that stands on a template, invented otherwise."""
    text = templates.text(template, name=name, dataset="german-credit")
    recipe = replace(read(text.encode(), name=name), goal=goal)
    return replace(Experiment(f"{name}.toml", text, name, recipe), **changed)  # type: ignore[arg-type] # of our own


UNREADABLE = Experiment(
    "fraud-2.toml", BROKEN, "fraud-2",
    error=InputRefusedError(
        Code.RECIPE_UNREADABLE, path="experiments/fraud-2.toml", line=3, detail="Illegal character '\\n'"
    ),
)  # fmt: skip
LIST = (
    experiment(
        "german-credit", "Tell who is likely to pay back a loan, and say why",
        tally=Tally(12, 0, 7, NOW - timedelta(hours=3)), best=Best("run_1", 9, "0.78631"),
    ),
    experiment(
        "churn-of-customers-by-region-and-month", "Who leaves next month?",
        tally=Tally(24, 5, 0, NOW - timedelta(minutes=2)), best=Best("run_2", 3, "0.6412"),
    ),
    experiment("forest", "Does a forest do better?", tally=Tally(6, 0, 0, NOW - timedelta(days=2)),
               best=Best("run_3", 1, "0.69")),
    UNREADABLE,
    experiment("pi", "How close do random points come?", template="plain-command"),
)  # fmt: skip
DRAFT = drafts.changed(
    drafts.fresh(drafts.TEMPLATES[0], KNOWN),
    {
        "goal": "Tell who is likely to pay back a loan",
        "name": "credit-2",
        "data": (("table", "german-credit"),),
        "criteria": (("auc", "at_least", "0.75"), ("log_loss", "at_most", "0.6")),
        "parameters": (("model", "logistic, random-forest"), ("trees", "50, 100, 200"), ("drop", '""')),
        "seeds": "1, 2, 3",
    },
)


def _page(found: Overview | None, *, shown: str = "") -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = ExperimentsPage(desk)
        if found is not None:
            page.show_overview(found)
        if shown:
            page.show_object("experiment", shown)
        return page

    return build


def _no_match(desk: Desk) -> QWidget:
    page = ExperimentsPage(desk)
    page.show_overview(Overview(LIST))
    line = page.findChild(FilterLine)
    assert isinstance(line, FilterLine)
    line.setText("nothing of this name")
    line.returnPressed.emit()
    return page


def _refused(desk: Desk) -> QWidget:
    page = ExperimentsPage(desk)
    page._on_failed(InputRefusedError(Code.NO_RIGHT, path=Path("/projects/credit/experiments")))
    return page


def _steps(draft: Draft, step: int) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = ExperimentsPage(desk)
        page.show_overview(Overview(LIST))
        seen = tuple(range(step + 1))
        page.show_steps(replace(draft, step=step, seen=seen, again=()), KNOWN)
        return page

    return build


def _tried(found: Trial) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = _steps(DRAFT, 1)(desk)
        card = page.findChild(TryCard)
        assert isinstance(card, TryCard)
        card.show_trial(found)
        return page

    return build


END = End("finished", "", "2026-03-02T09:00:00.000Z", "2026-03-02T09:00:03.400Z", "3.400", "3.1", 2**28)
WELL = Trial(
    END, {"auc": 0.7786, "log_loss": 0.5412}, "1000 rows, 20 columns to learn from; asks for 'bad'\n", 500, 1000,
    ("model.onnx", "vectors.json"),
)  # fmt: skip
ILL = Trial(
    replace(END, state="failed", reason="exit-code", exit_code=1), {},
    'Traceback (most recent call last):\n  File "train.py", line 12, in <module>\n    import lightgbm\n'
    "ModuleNotFoundError: No module named 'lightgbm'\n", 500, 1000, (),
)  # fmt: skip
STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("experiments-loading", _page(None)),
    ("experiments-nothing", _page(Overview(()))),
    ("experiments-draft", _page(Overview(LIST, DRAFT))),
    ("experiments-full", _page(Overview(LIST))),
    ("experiments-unreadable", _page(Overview(LIST), shown="fraud-2")),
    ("experiments-no-match", _no_match),
    ("experiments-refused", _refused),
    ("experiments-step-empty", _steps(drafts.fresh(drafts.TEMPLATES[0], KNOWN), 0)),
    ("experiments-step-own", _steps(drafts.fresh(templates.OWN, KNOWN), 1)),
    ("experiments-tried-well", _tried(WELL)),
    ("experiments-tried-ill", _tried(ILL)),
    *((f"experiments-step-{number + 1}-{key}", _steps(DRAFT, number)) for number, key in enumerate(drafts.STEPS)),
)
