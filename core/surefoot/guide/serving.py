"""The sample's services: one answers, a second takes its place and is stopped, and the first comes back."""

from surefoot.deployments import tables
from surefoot.deployments.facts import Deployed, Deployment, State
from surefoot.errors import Code, GuardrailError
from surefoot.guide.candidates import Candidate, Trials
from surefoot.guide.telling import Story
from surefoot.models.facts import Model
from surefoot.releases import Release
from surefoot.runs.facts import Run
from surefoot.workbench import Workbench

ENVIRONMENT = "local"


class Services:
    """Releases, deploys, replaces, stops and rolls back.

    Args:
        bench: the project. story: where it is told. product: what releases are called.
    """

    def __init__(self, bench: Workbench, story: Story, product: str) -> None:
        self._bench = bench
        self._story = story
        self._product = product

    def released(self, model: Model, *, reason: str, is_told: bool = True) -> Release:
        """The signed release of a model: drafted, judged, approved and signed."""
        for release in self._bench.releases.list():
            if release.state == "signed" and release.proposed.body["model"] == model.id:
                self._story.say("already", what=f"{release.name} {release.version}")
                return release
        release = self._bench.releases.draft(model.run, name=self._product, words=self._story.words)
        release = self._bench.releases.approve(release.id, reason=self._story.words(f"say.sample.{reason}"))
        if is_told:
            self._tell_gates(release)
        release = self._bench.releases.sign(release.id)
        self._story.say("release_done", name=release.name, version=release.version, digest=release.digest[:8])
        return release

    def deployed(self, release: Release) -> Deployment:
        """The release's service, answering; what was left off by an earlier walk goes on."""
        self._story.step("deploy")
        now = self._current()
        if now is not None and (now.active.digest != release.digest or now.state is State.SERVING):
            self._story.say("already", what=now.active.url)
            return now
        if now is not None and now.active.stop:
            deployed = self._bench.deployments.lift(ENVIRONMENT, reason=self._story.words("say.sample.reason_lift"))
        else:
            deployed = self._bench.deployments.deploy(release.id, ENVIRONMENT)
        self._answers("deploy_done", deployed)
        return deployed.deployment

    def again(self, first: Candidate, trials: Trials) -> Release:
        """The same model made again from the record alone, and released as the next version."""
        self._story.step("again")
        run = self._made_again(first.run)
        same = self._bench.runs.agreement(run.run)
        overall = self._story.words.term("agreement", str(same.overall))
        self._story.say("again_done", run=f"{run.experiment}/{run.number}", first=first.run.number, overall=overall)
        model, _ = trials.checked(run)
        return self.released(model, reason="reason_again", is_told=False)

    def replaced(self, first: Release, second: Release) -> Deployment:
        """The second takes the first one's place, is stopped, and the first comes back."""
        self._story.step("replace")
        now = self._current()
        if now is not None and self._has_come_back(first):
            self._story.say("already", what=f"{first.name} {first.version}")
            return now
        if now is None or now.active.digest != second.digest:
            self._answers("replace_done", self._bench.deployments.deploy(second.id, ENVIRONMENT))
            now = self._current()
        if now is not None and not now.active.stop:
            reason = self._story.words("say.sample.reason_doubt")
            stopped = self._bench.deployments.stop(ENVIRONMENT, reason=reason)
            self._story.say("replace_stopped", version=second.version, seconds=stopped.seconds)
        reason = self._story.words("say.sample.reason_back")
        back = self._bench.deployments.rollback(ENVIRONMENT, to=first.id, reason=reason)
        self._answers("replace_back", back)
        return back.deployment

    def _made_again(self, run: Run) -> Run:
        known = self._bench.runs.list(where=f"experiment = '{run.experiment}'", sort="number", limit=1000)
        earlier = [one.run for one in known if one.reproduces == run.run and one.state != "cancelled"]
        wanted = earlier[:1] or self._bench.runs.reproduce(run.run, cancel=self._story.cancel).runs
        made = self._bench.runs.wait(wanted, cancel=self._story.cancel)[0]
        if made.state != "finished":
            raise GuardrailError(Code.SAMPLE_RUN_ENDED, state=made.state, run=made.run)
        return made

    def _current(self) -> Deployment | None:
        found = self._bench.deployments.status(ENVIRONMENT)
        return found[0] if found else None

    def _has_come_back(self, first: Release) -> bool:
        self._bench.catalog.catch_up()
        return tables.has_rolled_back(self._bench.catalog, ENVIRONMENT, to=first.id)

    def _answers(self, key: str, deployed: Deployed) -> None:
        active = deployed.deployment.active
        probability = str(deployed.answer.get("probability", "–"))[:5]
        self._story.say(key, url=active.url, version=active.version, probability=probability, seconds=deployed.seconds)

    def _tell_gates(self, release: Release) -> None:
        for gate in self._bench.releases.check(release.id):
            sentence = self._story.words.told(f"why.releases.{gate.why}", **gate.values)
            self._story.say("gate", mark=gate.state.mark, sentence=sentence)
