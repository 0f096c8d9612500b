"""Deployments: places and models, and the one that is chosen."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from surefoot.deployments.facts import Deployed, Drill, Figures, State
from surefoot.errors import SurefootError
from surefoot_app.bridge.events import Change
from surefoot_app.bridge.formatting import local
from surefoot_app.deployments import ordering, standing
from surefoot_app.deployments.details import Details
from surefoot_app.deployments.matrix import Matrix, Pulse
from surefoot_app.deployments.ordering import DeploySheet, Order, OrderSheet, TokenSheet
from surefoot_app.deployments.standing import Overview, Standing, moment
from surefoot_app.deployments.stopping import StopSheet
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.following import Following
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Page, cleared, column, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.sheet import Sheet

_ACTS = ("stop", "rollback", "lift", "drill", "new")


class DeploymentsPage(Page):
    """What runs where."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.words("app.deployments.title"))
        self._desk = desk
        self._found: Overview | None = None
        self._current = ""
        self._wanted: tuple[str, str] | None = None
        self._details: Details | None = None
        self._laid: tuple[Standing, bool] | None = None
        self.matrix = Matrix(desk)
        self.matrix.chosen.connect(self.choose)
        self.matrix.lifted.connect(self._on_lift_wanted)
        self._content = column(gap=GAP)
        self._below = column(gap=GAP)
        self.body.addWidget(scrolled(self._content))
        self._content.addWidget(EmptyState("loading", desk.words("app.deployments.loading")))
        Following(desk, self, self._on_changed)
        self._pulse = Pulse(self, self._ask_figures)
        self._ask()

    # what is asked

    def _ask(self) -> None:
        self._desk.session.read(standing.overview, owner=self, then=self.show_overview, failed=self._on_failed)

    def _on_failed(self, error: SurefootError) -> None:
        self._wanted = None
        self._desk.error(error)

    def _on_changed(self, change: Change) -> None:
        if change.touches("service", "release", "environment", "drill"):
            self._ask()

    def _ask_figures(self) -> None:
        found = self._found
        serving = (
            [] if found is None else [n for n, s in found.standings.items() if s.deployment.state is State.SERVING]
        )
        if serving:
            self._desk.session.read(
                lambda bench: standing.figures(bench, tuple(serving)),
                owner=self,
                then=self.show_figures,
                failed=lambda _error: None,  # the next look at the whole tells it
            )

    # what is shown

    def show_overview(self, found: Overview) -> None:
        """Shows all of it."""
        self._found = found
        if self._current not in found.standings:
            self._current = next(iter(found.standings), "")
        words = self._desk.words
        self.subtitle.setText(words("app.deployments.count", count=len(found.standings)))
        if not found.standings:
            self._clear()
            self._content.addWidget(self._nothing(found))
        else:
            if self._details is None:
                self._lay()
            self.matrix.show_overview(found, self._current)
            self._show_details()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._act(*wanted)

    def show_figures(self, figures: Mapping[str, Figures | None]) -> None:
        """Shows what is counted now."""
        if self._found is None:
            return
        fresh = {
            name: replace(one, figures=figures[name]) for name, one in self._found.standings.items() if name in figures
        }
        self._found = replace(self._found, standings={**self._found.standings, **fresh})
        self.matrix.update_figures(fresh)
        if self._details is not None and self._current in figures:
            self._details.show_figures(figures[self._current])

    def choose(self, environment: str) -> None:
        """Shows what is active in an environment."""
        self._current = environment
        self._show_details()

    def show_object(self, kind: str, ref: str) -> None:
        """Shows a deployment, or begins an act that another page asks for; what is to be deployed may be named."""
        act = kind.removeprefix("deployment-")
        if act == "new" and ref and self._found is not None and self._found.ref_of(ref) is None:
            self._wanted = act, ref  # it was signed after the last look
            self._ask()
        elif act in _ACTS:
            self._act(act, ref)
        elif self._found is not None and ref in self._found.standings:
            self.matrix.show_overview(self._found, ref)
            self.choose(ref)
        else:
            self._current = ref

    def _clear(self) -> None:
        cleared(self.acts)
        self._details, self._laid = None, None
        self._below = column(gap=GAP)
        self.matrix.setParent(None)
        cleared(self._content)

    def _lay(self) -> None:
        self._clear()
        text = self._desk.words("app.deployments.deploy")
        self.acts.addWidget(Button(text, name="deployment.new", glyph="rocket", act=self._deploy))
        self.matrix.show()
        self._content.addWidget(self.matrix)
        self._content.addLayout(self._below)
        self._content.addStretch(1)

    def _show_details(self) -> None:
        chosen, found = self._chosen(), self._found
        if chosen is None or found is None:
            return
        before, self._laid = self._laid, (replace(chosen, figures=None), found.is_solo)
        if self._details is not None and self._laid == before:
            self._details.show_figures(chosen.figures)
            return
        # What was written and answered in the form is about the release, however that stands by now.
        is_same = before is not None and _form_of(before[0]) == _form_of(chosen)
        trial = self._details.trial if self._details is not None and is_same else None
        details = Details(self._desk, chosen, is_solo=found.is_solo, trial=trial)
        details.asked.connect(self._act)
        cleared(self._below)
        self._below.addWidget(details)
        self._details = details
        if trial is None:
            details.trial.load()

    def _nothing(self, found: Overview) -> QWidget:
        words = self._desk.words
        key = "deploy" if found.ready else "to_releases"
        act: Callable[[], object] = self._deploy if found.ready else lambda: self._desk.go("releases")
        button = Button(words(f"app.deployments.{key}"), name="deployment.new", kind="primary", glyph="rocket", act=act)
        detail = words("app.deployments.nothing_why" if found.ready else "app.deployments.nothing_signed")
        return EmptyState("nothing", words("app.deployments.nothing"), detail, acts=(button,))

    # what is done

    def _chosen(self) -> Standing | None:
        return None if self._found is None else self._found.standings.get(self._current)

    def _act(self, act: str, ref: str = "") -> None:
        chosen = self._chosen()
        if self._found is None:
            self._wanted = act, ref
        elif act == "new":
            self._deploy(ref)
        elif chosen is None:
            self._desk.tell(self._desk.words("app.deployments.nothing"), "info")
        elif act == "stop":
            self._open(StopSheet(self._desk, chosen, self))
        elif act == "rollback" and chosen.back is None:
            self._desk.tell(standing.no_way_back(chosen, self._desk.words), "info")
        else:
            self._order(self._order_of(act, chosen))

    def _order_of(self, act: str, chosen: Standing) -> Order:
        if act == "rollback":
            began = moment(chosen.back.at) if chosen.back is not None else None
            return ordering.rollback(self._desk, chosen, local(began, self._desk.words) if began else "–")
        return ordering.lift(self._desk, chosen) if act == "lift" else ordering.drill(self._desk, chosen)

    def _deploy(self, release: str = "") -> None:
        if self._found is not None:
            sheet = DeploySheet(self._desk, self._found, ended=self._on_ended, parent=self)
            sheet.choose(self._found.ref_of(release))
            self._open(sheet)

    def _on_lift_wanted(self, environment: str, ref: str) -> None:
        self._order(ordering.lift_release(self._desk, environment, ref))

    def _order(self, order: Order) -> None:
        self._open(OrderSheet(self._desk, order, ended=self._on_ended, parent=self))

    def _open(self, sheet: Sheet) -> None:
        sheet.finished.connect(lambda _result: self._ask())
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def _on_ended(self, found: Any) -> None:
        words = self._desk.words
        if isinstance(found, Drill):
            self._desk.tell(ordering.drilled(found, self._desk))
        elif isinstance(found, Deployed):
            active = found.deployment.active
            self._current = active.environment
            key = "handed_over" if active.folder else "answers_now"
            told = words(f"app.deployments.{key}", release=f"{active.name} {active.version}", place=active.environment)
            self._desk.tell(told)
            if found.token:
                self._open(TokenSheet(self._desk, found, self))


def _form_of(standing: Standing) -> tuple[str, str]:
    """What a form to try it belongs to: the place and the release."""
    return standing.deployment.active.environment, standing.deployment.active.digest
