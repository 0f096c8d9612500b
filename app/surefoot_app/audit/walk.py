"""The walk back from a deployment to what it rests on, as a graph of few nodes. No Qt here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from surefoot.audit.facts import Explanation, Lineage
from surefoot.audit.report import sentence
from surefoot.audit.rules import CHECKS
from surefoot.texts import Words
from surefoot.trail.facts import Event
from surefoot.workbench import Workbench
from surefoot_app.audit import asking
from surefoot_app.theme import Tone

_GLYPHS = {
    "deployment": "rocket", "release": "package-check", "run": "play", "approval": "user-check", "check": "list-checks",
    "policy": "lock", "waiver": "triangle-alert", "data": "database", "code": "file-text",
}  # fmt: skip
_TONES: dict[str, Tone] = {
    "check.passed": "ok", "check.close": "warn", "check.failed": "bad", "check.undetermined": "warn",
    "approval.given": "ok", "release.approved": "ok", "waiver.given": "warn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """One thing that a deployment rests on.

    Attributes:
        key: one node, one key. column: how many steps back. kind: what it is. title, said: in words.
        events: the lines that tell of it, the main one first. sentences: what they say. rests_on: keys of nodes.
        tone: how it stands.
    """

    key: str
    column: int
    kind: str
    title: str
    said: str
    events: tuple[Event, ...]
    sentences: tuple[str, ...]
    rests_on: tuple[str, ...]
    tone: Tone = "neutral"

    @property
    def glyph(self) -> str:
        """Its icon."""
        return _GLYPHS[self.kind]

    @property
    def shown(self) -> "Node":
        """What is shown of it: of its lines the main one alone."""
        return replace(self, events=self.events[:1])


@dataclass(frozen=True, slots=True)
class Walked:
    """The graph, and the explanation beside it."""

    nodes: tuple[Node, ...]
    explanation: Explanation

    @property
    def start(self) -> str:
        """The line that the walk begins at: another one is another walk."""
        return self.nodes[0].events[0].leaf if self.nodes else ""

    @property
    def shown(self) -> tuple[tuple[Node, ...], Mapping[str, str]]:
        """What is shown of it: it stays the same while, say, leases of the service are renewed."""
        return tuple(node.shown for node in self.nodes), self.explanation.names

    def node(self, key: str) -> Node | None:
        """A node by its key."""
        return next((node for node in self.nodes if node.key == key), None)

    def back(self, key: str) -> Node | None:
        """The first thing that a node rests on."""
        node = self.node(key)
        return self.node(node.rests_on[0]) if node is not None and node.rests_on else None

    def on(self, key: str) -> Node | None:
        """What rests on a node."""
        return next((node for node in self.nodes if key in node.rests_on), None)

    def beside(self, key: str, step: int) -> Node | None:
        """The node so many places further in the same column."""
        node = self.node(key)
        same = [each for each in self.nodes if node is not None and each.column == node.column]
        place = next((place for place, each in enumerate(same) if each.key == key), -1) + step
        return same[place] if 0 <= place < len(same) else None


def walked(bench: Workbench, place: str, at: str | None, words: Words) -> Walked:
    """Walks back from what answered in a place at a moment.

    Raises:
        IncompleteError: nothing was deployed there by then.
    """
    explanation = asking.explain(bench, place, at)
    return graph(bench.audit.walked(place, at=at), explanation, words)


def graph(lineage: Lineage, explanation: Explanation, words: Words) -> Walked:
    """The nodes of a lineage."""
    drawing = _Drawing(lineage, explanation, words)
    return Walked(tuple(drawing.nodes()), explanation)


class _Drawing:
    """Turns the lines of a lineage into nodes."""

    def __init__(self, lineage: Lineage, explanation: Explanation, words: Words) -> None:
        self._lineage, self._explanation, self._words = lineage, explanation, words

    def nodes(self) -> Iterable[Node]:
        beside = [
            *self._of("approval.given"),
            *self._of("policy.adopted"),
            *self._of(*CHECKS),
            *self._of("waiver.given"),
        ]
        runs = self._of("run.requested")
        data = self._of("asset.registered")
        start = self._lineage.activation
        yield self._node("deployment", 0, "deployment", [start, *self._lineage.after], ("release",), self._said(start))
        proposed, signed = self._of("release.proposed"), self._of("release.approved")
        name = self._said((*proposed, start)[0])
        rests = (*(event.leaf for event in runs), *(event.leaf for event in beside))
        yield self._node("release", 1, "release", [*signed, *proposed], rests, name)
        for run in runs:
            ended = [*self._of("run.started"), *self._of("run.finished"), *self._of("model.accepted")]
            body = run.body or {}
            title = f"{body.get('experiment', '?')}/{body.get('number', '?')}"
            yield self._node(run.leaf, 2, "run", [run, *ended], ("code", *(event.leaf for event in data)), title)
        for event in beside:
            yield self._beside(event)
        for run in runs[:1]:
            code = (run.body or {}).get("code")
            commit = str(code.get("commit") or "") if isinstance(code, dict) else ""
            yield self._node("code", 3, "code", [run], (), commit[:8] or self._words("app.audit.no_commit"))
        for event in data:
            body = event.body or {}
            yield self._node(event.leaf, 3, "data", [event], (), f"{body.get('name', '?')}@{body.get('number', '?')}")

    def _of(self, *types: str) -> list[Event]:
        found = (event for event in self._lineage.events.values() if event.type in types)
        return sorted(found, key=lambda event: (event.hlc, event.feed, event.seq))

    def _beside(self, event: Event) -> Node:
        kind = event.type.partition(".")[0]
        body = event.body or {}
        titles = {
            "approval": self._explanation.names.get(event.actor, event.actor[:12]),
            "policy": str(body.get("name", "?")),
            "check": self._words.term("kind", body.get("kind", "?")),
            "waiver": self._words.term("kind", body.get("check", "?")),
        }
        return self._node(event.leaf, 2, kind, [event], (), titles[kind])

    def _node(
        self, key: str, column: int, kind: str, events: list[Event], rests_on: tuple[str, ...], title: str
    ) -> Node:
        tone = _TONES.get(events[0].type, "neutral") if events else "bad"
        said = asking.act_in_words(events[0].type, self._words) if events else self._words("app.audit.not_recorded")
        if kind == "code":
            said = self._words("app.audit.code")
        return Node(key, column, kind, title, said, tuple(events), self._sentences(events, kind), rests_on, tone)

    def _said(self, event: Event) -> str:
        body = event.body or {}
        if event.type == "release.activated":
            return str(body.get("environment", "?"))
        return f"{body.get('name', '?')} {body.get('version', '?')}"

    def _sentences(self, events: list[Event], kind: str) -> tuple[str, ...]:
        """What the explanation says on these lines, each sentence at the node that it is about first."""
        leaves = {event.leaf for event in events}
        told = []
        for chapter in self._explanation.chapters:
            for one in chapter.statements:
                is_code = one.key.startswith("code")
                if one.evidence and one.evidence[0].leaf in leaves and is_code == (kind == "code"):
                    told.append(sentence(one, self._words))
        return tuple(dict.fromkeys(told))
