"""A real project of one person: real keys, trail, store and catalog, with a run whose model was checked."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from surefoot.checks.facts import Judged, Limit, Measure, Rule, State
from surefoot.checks.rules import cannot_show, sentence_of
from surefoot.workbench import Workbench
from tests.fakes.releases import Story

MAIN: Mapping[str, tuple[str, str, Rule]] = {
    "accuracy": ("auc", "0.78", "at_least"),
    "parity": ("max_difference", "0.0", "at_most"),
}
PARITY = {
    "rows": 50,
    "max_difference": "0.0",
    "share_over": "0.0",
    "tolerance": "0.0001",
    "worst_row": 0,
    "rows_over": [],
}
WEIGHED = "We accept 0.004 AUC less for a smaller gap."
PASSPHRASE = "a long passphrase of ours"


@dataclass
class Project:
    """The open project, and what was recorded in it."""

    bench: Workbench
    story: Story

    @property
    def policy(self) -> Path:
        """The policy that a new project begins with."""
        return self.bench.project / "policies" / "baseline.toml"

    def check(self, kind: str, state: State = "passed") -> None:
        """A result of a check on the model, as the library records it."""
        name, figure, rule = MAIN[kind]
        limit = Limit(rule, "0.7" if rule == "at_least" else "0.0001", "recipe")
        judged = (Judged(Measure(name, figure, smallest=300), limit, state),)
        said = sentence_of(kind, judged, 300)
        told = json.loads(msgspec.json.encode({"judged": judged, "sentence": said}))
        self.story.check(kind, state, cannot_show=cannot_show(kind), **told)

    def checked(self) -> "Project":
        """With both required checks passed, and the policy adopted."""
        self.check("accuracy")
        self.check("parity")
        self.bench.releases.adopt(self.policy)
        return self

    def signed(self) -> str:
        """With a release that was proposed, approved and signed; its id."""
        self.checked()
        release = self.bench.releases.draft(self.story.run, trade_off=WEIGHED)
        self.bench.releases.approve(release.id, reason="I have read the card.")
        return self.bench.releases.sign(release.id).id


@contextmanager
def laid(folder: Path) -> Iterator[Project]:
    """A project in a folder; the state folder is whatever the environment says."""
    with Workbench.create(folder / "credit", name="credit", person="Ada Lovelace", passphrase=PASSPHRASE) as bench:
        bench.enrol_machine()
        change = {"model.accepted": {"parity": PARITY}}
        story = Story(bench.recorder, bench.machine().recorder, bench.objects, change)
        story.dataset()
        story.trained()
        story.accept()
        yield Project(bench, story)
