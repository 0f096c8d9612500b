"""What the page of releases lists: drafts of this desktop, proposals, what is signed and where it runs. No Qt here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from surefoot.errors import SurefootError
from surefoot.workbench import Workbench
from surefoot_app.bridge.drafts import folder
from surefoot_app.releases import drafts
from surefoot_app.releases.dossier import live
from surefoot_app.theme.tokens import Tone

FILTERS = ("all", "open", "signed", "live")
_TONES: dict[str, Tone] = {"draft": "neutral", "proposed": "info", "signed": "ok", "replaced": "neutral"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list.

    Attributes:
        ref: a release's id, or a draft's key. state: `draft`, `proposed`, `replaced` or `signed`.
        approvals: how many were given, and how many the policy in force asks for. live: where it runs.
        signed: when it was signed, or None. digest: its fingerprint; empty for a draft.
    """

    ref: str
    name: str
    version: str
    state: str
    approvals: tuple[int, int] = (0, 0)
    live: tuple[str, ...] = ()
    signed: datetime | None = None
    digest: str = ""

    @property
    def tone(self) -> Tone:
        """The meaning of its state."""
        return _TONES.get(self.state, "neutral")


@dataclass(frozen=True, slots=True)
class Listed:
    """The list, and what stands above it: the policy's name (empty where none is in force), and whether its file
    says something else.
    """  # noqa: D205 - one sentence over two lines

    entries: tuple[Entry, ...]
    policy: str = ""
    is_edited: bool = False


def listed(bench: Workbench) -> Listed:
    """Drafts and releases, newest first; not on the GUI thread."""
    view = bench.releases.policy()
    needed = 1 if view.adopted is None else view.adopted.policy.count
    found = bench.releases.list()
    where = _where(bench)
    newest = {(each.name, each.version): each.id for each in reversed(found)}
    kept = drafts.kept(folder(bench))
    made = [
        Entry(
            each.id, each.name, each.version,
            "replaced" if each.approved is None and newest[each.name, each.version] != each.id else each.state,
            (len(each.approvals), needed), where.get(each.id, ()),
            None if each.approved is None else datetime.fromisoformat(each.approved.at), each.digest,
        )
        for each in found
    ]  # fmt: skip
    names = {one.run: one.name for one in bench.checks.subjects()} if kept else {}
    begun = [
        Entry(one.key, one.name or names.get(one.run, ""), one.version, "draft") for one in kept if not one.release
    ]
    name = "" if view.adopted is None else view.adopted.policy.name
    return Listed((*begun, *made), name, view.is_edited)


def matching(found: Sequence[Entry], text: str, kind: str) -> tuple[Entry, ...]:
    """Those whose name, version or fingerprint holds a text, and that are of a kind of `FILTERS`."""
    asked = text.strip().casefold()
    return tuple(
        one
        for one in found
        if _is_of(one, kind) and (not asked or asked in f"{one.name} {one.version} {one.digest} {one.ref}".casefold())
    )


def _is_of(one: Entry, kind: str) -> bool:
    if kind == "open":
        return one.state in {"draft", "proposed"}
    if kind == "signed":
        return one.state == "signed"
    return bool(one.live) or kind != "live"


def _where(bench: Workbench) -> dict[str, tuple[str, ...]]:
    try:
        running = live(bench)
    except SurefootError:  # what runs is told on its own page, with what is wrong there
        return {}
    return {one.release: tuple(each.environment for each in running if each.release == one.release) for one in running}
