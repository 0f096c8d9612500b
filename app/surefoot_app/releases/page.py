"""Releases: the list; behind it the seven steps, a signed release, and the policy."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from surefoot.errors import SurefootError
from surefoot.releases import Release
from surefoot.texts import Words
from surefoot_app.bridge.drafts import folder
from surefoot_app.bridge.events import Change
from surefoot_app.bridge.formatting import local, number
from surefoot_app.releases import drafts, listing
from surefoot_app.releases.drafts import Draft
from surefoot_app.releases.listing import FILTERS, Entry, Listed
from surefoot_app.releases.policy import PolicyPane
from surefoot_app.releases.signed import SignedPage
from surefoot_app.releases.steps import APPROVALS
from surefoot_app.releases.wizard import ReleaseWizard
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.following import Following
from surefoot_app.showing.troubles import trouble
from surefoot_app.theme.tokens import GAP, MARGIN
from surefoot_app.widgets.boxes import Card, Page, cleared, column, leave, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.table import Align, Column, Rows, Table
from surefoot_app.widgets.tabs import Chips

_TOUCHING = ("release", "approval", "policy", "service", "run", "check", "model", "waiver")
EMPTY, LIST, WIZARD, SIGNED, POLICY = range(5)


class ReleasesPage(Page):
    """The page of releases."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.releases.title"))
        self._desk = desk
        self._found = Listed(())
        self._stack = QStackedWidget()
        self._nothing = column()
        holder = QWidget()
        holder.setLayout(self._nothing)
        self._wizard, self._signed, self._policy = ReleaseWizard(desk), SignedPage(desk), PolicyPane(desk)
        for part in (holder, self._lists(), self._wizard, self._signed, self._policy):
            self._stack.addWidget(part)
        self._make_acts()
        self.body.addWidget(self._stack, 1)
        self._wizard.titled.connect(self._on_titled)
        self._signed.titled.connect(self._on_signed_titled)
        self._wizard.left.connect(self._on_left)
        self._wizard.signed.connect(self._on_just_signed)
        self._wizard.policy_wanted.connect(self.show_policy)
        self._policy.adopted.connect(self._ask)
        Following(desk, self, self._on_changed)
        self._empty(EmptyState("loading", words("app.releases.loading")))
        self._go(EMPTY)
        self._ask()

    # public

    def show_object(self, kind: str, ref: str) -> None:
        """Shows a release, goes on with a draft (`release-draft`) or begins one of a run (`candidate`)."""
        if kind == "candidate":
            self.begin(ref)
        elif kind == "policy":
            self.show_policy()
        elif kind == "release-draft":
            self._open_draft(ref)
        else:
            self._desk.session.read(lambda wb: wb.releases.show(ref), owner=self, then=self._on_release)

    def begin(self, run: str = "") -> None:
        """Begins a release, of a run where one is named."""
        self._go(WIZARD)
        self._wizard.open(drafts.new(run))

    def show_list(self) -> None:
        """Goes back to the list."""
        self._ask()
        self._go(LIST if self._found.entries else EMPTY)

    def _on_left(self) -> None:
        if self._stack.currentIndex() == WIZARD:  # else somebody went elsewhere while the draft was written
            self.show_list()

    def show_policy(self) -> None:
        """Shows the rules."""
        self._go(POLICY)
        self._policy.ask()

    def show_listed(self, found: Listed) -> None:
        """Lists drafts and releases."""
        words = self._desk.words
        self._found = found
        if self._stack.currentIndex() in {EMPTY, LIST}:
            self._go(LIST if found.entries else EMPTY)
        if not found.entries:
            act = Button(words("app.releases.new"), name="release.first", kind="primary", glyph="plus", act=self.begin)
            self._empty(EmptyState("nothing", words("app.releases.none"), words("app.releases.none_why"), acts=(act,)))
        self._filter()

    # slots

    def _on_changed(self, change: Change) -> None:
        if not change.touches(*_TOUCHING):
            return
        self._ask()
        if self._stack.currentIndex() == WIZARD:
            self._wizard.ask()
        elif self._stack.currentIndex() == POLICY:
            self._policy.ask()

    def _on_trouble(self, error: SurefootError) -> None:
        self._empty(trouble(error, self._desk.words))
        self._go(EMPTY)

    def _on_titled(self, title: str) -> None:
        words = self._desk.words
        if self._stack.currentIndex() != WIZARD:
            return
        self._kept.setVisible(bool(self._wizard.draft.run))
        self.heading.setText(words("app.releases.release_of", title=title) if title else words("app.releases.new"))

    def _on_signed_titled(self, title: str) -> None:
        if self._stack.currentIndex() == SIGNED:
            self.heading.setText(title)

    def _on_just_signed(self, release: Release) -> None:
        if self._stack.currentIndex() == WIZARD:
            self._on_signed(release.id)
            return
        self._desk.tell(self._desk.words("app.releases.signed_title", title=f"{release.name} {release.version}"))
        self._ask()

    def _on_signed(self, ref: str) -> None:
        self._go(SIGNED)
        self._signed.open(ref)
        self._ask()

    def _on_release(self, release: Release) -> None:
        if release.approved is not None:
            self._on_signed(release.id)
            return
        body = release.proposed.body
        places = tuple(str(one) for one in body.get("environments") or ("local",))
        found = Draft(
            drafts.new().key, str(body.get("run")), release.name, release.version, places,
            str(body.get("trade_off") or ""), release.id, APPROVALS,
        )  # fmt: skip
        self._desk.session.read(
            lambda wb: next((one for one in drafts.kept(folder(wb)) if one.release == release.id), found),
            owner=self, then=self._resume,
        )  # fmt: skip

    def _resume(self, draft: Draft) -> None:
        self._go(WIZARD)
        self._wizard.open(draft)

    def _on_opened(self, place: int) -> None:
        one = self._rows.at(place)
        if one is None:
            return
        if one.state != "draft":
            self.show_object("release", one.ref)
            return
        self._open_draft(one.ref)

    def _open_draft(self, key: str) -> None:
        self._desk.session.read(
            lambda wb: next((each for each in drafts.kept(folder(wb)) if each.key == key), drafts.new()),
            owner=self, then=self._resume,
        )  # fmt: skip

    # private

    def _ask(self) -> None:
        self._desk.session.read(listing.listed, owner=self, then=self.show_listed, failed=self._on_trouble)

    def _empty(self, state: EmptyState) -> None:
        cleared(self._nothing)
        self._nothing.addWidget(state)

    def _make_acts(self) -> None:
        words, desk = self._desk.words, self._desk
        self._kept = Pill(words("app.releases.draft_saved"), "info", glyph="clock")
        self.head.insertWidget(1, self._kept)
        made = {
            "back": Button(words("app.releases.back"), name="release.back", glyph="arrow-left", act=self.show_list),
            "copy": Button(
                words("app.releases.copy"), name="release.copy", glyph="copy", act=self._wizard.copy_command
            ),
            "discard": Button(
                words("app.releases.discard"), name="release.discard", glyph="trash-2", act=self._wizard.discard
            ),
            "deploy": Button(
                words("app.releases.deploy"), name="release.deploy", kind="primary", glyph="rocket",
                act=lambda: desk.open("deployment-new", self._signed.release),
            ),
            "policy": Button(
                words("app.releases.policy"), name="release.policy", glyph="shield-check", act=self.show_policy
            ),
            "new": Button(words("app.releases.new"), name="release.new", kind="primary", glyph="plus", act=self.begin),
        }  # fmt: skip
        for button in made.values():
            self.acts.addWidget(button)
        self._buttons = made

    def _go(self, place: int) -> None:
        words = self._desk.words
        shown = {
            EMPTY: {"policy"}, LIST: {"policy", "new"}, WIZARD: {"copy", "discard"}, SIGNED: {"back", "deploy"},
            POLICY: {"back"},
        }[place]  # fmt: skip
        for name, button in self._buttons.items():
            button.setVisible(name in shown)
        self._kept.setVisible(place == WIZARD and bool(self._wizard.draft.run))
        self.subtitle.setVisible(place == LIST)
        titles = {POLICY: "policy_title", WIZARD: "new"}
        self.heading.setText(words(f"app.releases.{titles.get(place, 'title')}"))
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            side = 0 if place == WIZARD else MARGIN
            layout.setContentsMargins(side, GAP + 2, side, 0 if place == WIZARD else MARGIN - 4)
        self.head.setContentsMargins(MARGIN if place == WIZARD else 0, 0, MARGIN if place == WIZARD else 0, 0)
        if place != self._stack.currentIndex():
            leave(self._stack)
        self._stack.setCurrentIndex(place)

    def _lists(self) -> QWidget:
        words = self._desk.words
        self._text = FilterLine(words("app.releases.filter"), name="releases.filter")
        self._text.setMaximumWidth(360)
        self._text.asked.connect(lambda _text: self._filter())
        self._kinds = Chips([(kind, words(f"app.releases.filter_{kind}")) for kind in FILTERS], name="releases.kind")
        self._kinds.chosen.connect(lambda _key: self._filter())
        columns = _columns(words)
        self._rows = Rows[Entry](columns)
        self._table = Table("releases.table", words("app.releases.title"))
        self._rows.setParent(self._table)
        self._table.set_model(self._rows, columns)
        self._table.opened.connect(self._on_opened)
        self._none_match = EmptyState("no-match", words("app.releases.no_match"), words("app.releases.no_match_why"))
        self._none_match.hide()
        card = Card()
        card.whole.setContentsMargins(1, 1, 1, 1)
        card.body.addWidget(self._table, 1)
        card.body.addWidget(self._none_match, 1)
        filters = row(self._text, self._kinds, 1, gap=12)
        filters.setStretch(0, 1)
        whole = column(filters, card, gap=12)
        whole.setStretch(1, 1)
        holder = QWidget()
        holder.setLayout(whole)
        return holder

    def _filter(self) -> None:
        words = self._desk.words
        shown = listing.matching(self._found.entries, self._text.text(), self._kinds.current)
        self._rows.set_rows(shown)
        self._table.setVisible(bool(shown))
        self._none_match.setVisible(not shown)
        policy = self._found.policy
        said = words("app.releases.held_to", policy=policy) if policy else words("app.releases.no_policy")
        edited = f" · {words('app.releases.edited')}" if self._found.is_edited and policy else ""
        count = words("app.releases.count", count=number(len(self._found.entries), words))
        self.subtitle.setText(f"{count} · {said}{edited}")


def _columns(words: Words) -> tuple[Column[Entry], ...]:
    def state(one: Entry) -> str:
        return words("app.releases.state_draft") if one.state == "draft" else words.term("release-state", one.state)

    def approvals(one: Entry) -> str:
        return "–" if one.state == "draft" else f"{one.approvals[0]} / {one.approvals[1]}"

    def name(one: Entry) -> str:
        return one.name or words("app.releases.unnamed")

    def where(one: Entry) -> str:
        return ", ".join(one.live) or "–"

    return (
        Column[Entry](words("app.releases.name"), name, look="strong"),
        Column[Entry](words("app.releases.version"), lambda one: one.version or "–", Align.RIGHT, width=100),
        Column[Entry](words("app.releases.state"), state, look="pill", tone=lambda one: one.tone, width=150),
        Column[Entry](words("app.releases.approvals"), approvals, Align.RIGHT, width=120),
        Column[Entry](words("app.releases.runs_in"), where, width=150),
        Column[Entry](words("app.releases.fingerprint"), lambda one: one.digest[:8] or "–", look="mono", width=120),
        Column[Entry](
            words("app.releases.signed_at"), lambda one: local(one.signed, words) if one.signed else "–",
            Align.RIGHT, look="quiet", width=160,
        ),
    )  # fmt: skip
