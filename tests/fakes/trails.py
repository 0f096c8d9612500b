"""A small real trail: a person and a machine, a dataset, runs, a policy, labels. For tests that read or damage one."""

from dataclasses import dataclass
from pathlib import Path

from surefoot.trail import Draft, Event, Subject, Trail
from tests.fakes.signers import FakeSigner

SHA = "ab" * 32


@dataclass(frozen=True, slots=True)
class Project:
    """Where a trail lies, and whose keys write it."""

    folder: Path
    state: Path
    owner: FakeSigner
    machine: FakeSigner
    ws: str

    def open(self) -> Trail:
        return Trail.open(self.folder, state=self.state)

    def feed(self, signer: FakeSigner | None = None) -> Path:
        return self.folder / "trail" / "feeds" / (signer or self.owner).feed


def label(number: int) -> Draft:
    return Draft("label.set", (Subject("run_x", SHA),), {"label": f"nhãn {number}", "number": number})


def found(base: Path, *, labels: int = 0) -> Project:
    """Founds a trail of seven lines, and so many labels more in one append."""
    owner, machine = FakeSigner("owner"), FakeSigner("machine", "machine")
    folder, state = base / "project" / ".surefoot", base / "state"
    with Trail.create(folder, state=state, owner=owner, about={"name": "small"}) as trail:
        trail.enrol(owner, machine)
        person, device = trail.recorder(owner), trail.recorder(machine)
        (data,) = person.record(Draft("asset.registered", (Subject("ds_a", SHA),), {"name": "credit", "rows": 1000}))
        (asked,) = person.record(Draft("run.requested", (Subject("run_x", SHA),), {"seed": 7}, cause=(data.leaf,)))
        (started,) = device.record(Draft("run.started", (Subject("run_x", SHA),), cause=(asked.leaf,)))
        device.record(Draft("run.finished", (Subject("run_x", SHA),), {"auc": "0.79"}, cause=(started.leaf,)))
        person.record(Draft("policy.adopted", (Subject("pol_a", SHA),), {"name": "standard"}, mean="adopted"))
        if labels:
            person.record(*(label(number) for number in range(labels)))
    return Project(folder, state, owner, machine, trail.ws)


def leaves(events: list[Event]) -> set[str]:
    return {event.leaf for event in events}
