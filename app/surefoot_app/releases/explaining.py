"""Why a step of a release exists, and why an act could not be done, in words."""

from surefoot.errors import SurefootError
from surefoot_app.releases import steps
from surefoot_app.releases.dossier import Dossier
from surefoot_app.shell.desk import Desk
from surefoot_app.showing import judgements
from surefoot_app.showing.judgements import Judgement
from surefoot_app.widgets.boxes import Card
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.text import Text
from surefoot_app.widgets.why import Why


def why_of(desk: Desk, found: Dossier, place: int) -> tuple[Why, tuple[Button, ...]]:
    """What the pane at the right says of a step; of the check that failed, where one did."""
    words, key = desk.words, steps.STEPS[place]
    about = words("app.releases.why_about", step=words(f"app.releases.step_{key}"))
    why = words(f"app.releases.why_{key}")
    acts: tuple[Button, ...] = ()
    failed = next((one for one in found.judgements if one.state == "failed"), None)
    if place == steps.CHECKS and failed is not None:
        about = words("app.releases.why_check", check=judgements.title(failed.kind, words))
        own = f"say.checks.{failed.kind}.why"
        why = words(own) if words.has(own) else why
        acts = _passing(desk, failed)
    compare = (words("app.releases.why_compare"), words(f"app.releases.compare_{key}"))
    do = (words("app.releases.why_do"), words(f"app.releases.do_{key}"))
    return Why(about, (("", why), compare, do)), acts


def told(desk: Desk, error: SurefootError) -> Card:
    """An error: what happened, what it means, what to do."""
    said = desk.words.error(error)
    card = Card(kind="bad")
    card.body.addWidget(Text(said.what, "strong", wrap=True))
    card.body.addWidget(Text(f"{said.means} {said.do} ({said.code})", "quiet", wrap=True))
    return card


def _passing(desk: Desk, failed: Judgement) -> tuple[Button, ...]:
    if not failed.passing:
        return ()
    act = Button(desk.words("app.releases.show_passing", count=failed.passing_count), name="release.passing")
    act.clicked.connect(lambda _checked=False: desk.open("check", failed.passing[0][0]))
    return (act,)
