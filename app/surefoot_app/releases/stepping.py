"""The seven steps of a release as they are laid out: three that stay for what is typed in them, four made anew."""

from surefoot_app.releases import steps
from surefoot_app.releases.choosing import CandidateStep
from surefoot_app.releases.deciding import ApprovalsStep, sign_step
from surefoot_app.releases.dossier import Dossier
from surefoot_app.releases.explaining import why_of
from surefoot_app.releases.hands import Hands
from surefoot_app.releases.shown import checks_step, data_step, package_step
from surefoot_app.releases.tradeoffs import WeighStep
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.stepper import Stepper, StepperWords

_SHOWN = {
    steps.DATA: data_step, steps.CHECKS: checks_step, steps.PACKAGE: package_step, steps.SIGN: sign_step
}  # fmt: skip
_WORDS = ("back", "save_and_close", "continue", "why", "steps")


class ReleaseStepper(Stepper):
    """Shows a dossier step by step.

    Attributes:
        choosing, weighing, approving: the steps that stay.
    """

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(
            [words(f"app.releases.step_{key}") for key in steps.STEPS],
            StepperWords(*(words(f"app.shell.{key}") for key in _WORDS)),
            last=words("app.releases.sign_act"),
        )
        self._desk = desk
        self._laid: tuple[Dossier, int, str] | None = None
        self.choosing, self.weighing, self.approving = CandidateStep(desk), WeighStep(desk), ApprovalsStep(desk)
        self.set_body(steps.CANDIDATE, self.choosing)
        self.set_body(steps.WEIGHED, self.weighing)
        self.set_body(steps.APPROVALS, self.approving)

    def show_dossier(self, found: Dossier, hands: Hands) -> None:
        """Shows the current step, and how far each is."""
        place = self.current
        # What is the same stays: laid anew, it would go from under the hand of whoever is on it by keyboard.
        if (found, place, hands.busy) != self._laid:
            self._laid = found, place, hands.busy
            for part in (self.choosing, self.weighing, self.approving):
                part.show_dossier(found, hands)
            shown = _SHOWN.get(place)
            if shown is not None:
                self.set_body(place, shown(self._desk, found, hands))
        self.show_standings(found, hands)

    def show_standings(self, found: Dossier, hands: Hands) -> None:
        """Shows how far each step is, and leaves what is in them."""
        place, made = self.current, steps.standings(found, self._desk.words)
        for number, one in enumerate(made):
            is_here = number == place and one.state == "todo"
            self.set_state(number, "now" if is_here else one.state, one.words)
        self.set_reason(hands.busy or made[place].reason)
        self.set_why(*why_of(self._desk, found, place))
