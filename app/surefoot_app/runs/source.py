"""Where the table's rows come from: one question at a time, pages as they are looked at, live values once a second."""

import time
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from surefoot.errors import SurefootError
from surefoot.runs.facts import Run
from surefoot.workbench import Workbench
from surefoot_app.bridge.events import Change
from surefoot_app.runs import asking
from surefoot_app.runs.asking import PAGE, Listed, View
from surefoot_app.runs.columns import Span
from surefoot_app.runs.model import RunsModel
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.following import Following

_REST, _LIVE = 400, 1000  # milliseconds: after a change, and between live values
_SHARE = 4  # a question is put again after so many times as it took, so that a large list leaves time for the rest
_LIVE_ROWS = 60
Seen = Callable[[], tuple[int, int]]


class RunsSource(QObject):
    """Asks for a view's runs and feeds the model.

    Signals: `answered(Listed)`, before the model has it; `refused(error)`; `spanned` when the span of a bar is known.

    Attributes:
        view: how the list is looked at. found: the last answer. spans: least and greatest value of a metric.
    """

    answered = Signal(object)
    refused = Signal(object)
    spanned = Signal()

    def __init__(self, desk: Desk, model: RunsModel, seen: Seen, parent: QWidget) -> None:
        """Makes it.

        Args:
            desk: the hub.
            model: what is fed.
            seen: the first and the last place in view.
            parent: the list.
        """
        super().__init__(parent)
        self._desk, self._model, self._seen, self._list = desk, model, seen, parent
        self.view = View()
        self.found: Listed | None = None
        self.spans: dict[str, Span] = {}
        self._is_asking = self._is_asked_again = self._is_reading = False
        self._next_page: int | None = None
        model.wanted.connect(self._on_wanted)
        Following(desk, parent, self._on_changed)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self.ask)

    def begin(self) -> None:
        """Asks how the user last looked, and then for the runs."""
        self._desk.session.read(asking.kept_view, owner=self, then=self._begin_with)

    def watch(self) -> None:
        """Follows the values of runs that are going on, from now on."""
        timer = QTimer(self, interval=_LIVE)
        timer.timeout.connect(self.ask_live)
        timer.start()

    def _begin_with(self, view: View) -> None:
        # A filter may have been written, or taken back, meanwhile; only sort and columns are kept of the last time.
        now = self.view
        self.view = replace(now, sort=now.sort or view.sort, columns=now.columns or view.columns)
        self.ask()

    def look(self, view: View) -> None:
        """Looks at the runs in another way."""
        if view != self.view:
            self.view = view
            self.ask()

    def keep(self) -> None:
        """Remembers how they are looked at."""
        view = self.view
        self._desk.session.read(lambda bench: asking.keep_view(bench, view), owner=self, then=lambda _done: None)

    def ask(self) -> None:
        """Asks for the order and the page in view; one question at a time, and the newest one counts."""
        if self._is_asking:
            self._is_asked_again = True
            return
        self._is_asking = True
        view, near, began = self.view, self._seen()[0], time.monotonic()

        def then(found: Listed) -> None:
            if view == self.view:
                self.show(found)
            self._rested(began)

        def failed(error: SurefootError) -> None:
            if view == self.view:
                self.refused.emit(error)
            self._rested(began)

        self._desk.session.read(lambda bench: asking.listed(bench, view, near), owner=self, then=then, failed=failed)

    def show(self, found: Listed) -> None:
        """Takes an answer."""
        is_first, self.found = self.found is None, found
        self.answered.emit(found)
        if is_first:
            self.ask_spans()

    def _rested(self, began: float) -> None:
        self._is_asking = False
        self._rest.setInterval(max(_REST, int((time.monotonic() - began) * 1000 * _SHARE)))
        if self._is_asked_again:
            self._is_asked_again = False
            self.ask()

    def shown_columns(self) -> tuple[str, ...]:
        """The ids of the columns that can be chosen and are shown."""
        return asking.chosen(self.view, self.found.known, self.found.goals) if self.found else ()

    def ask_spans(self) -> None:
        """Asks between what values the bar of the first metric lies."""
        metrics = [name.partition(".")[2] for name in self.shown_columns() if name.startswith("metric.")][:1]

        def spans(bench: Workbench) -> Mapping[str, Span]:
            found = {name: bench.runs.listing.span(name) for name in metrics if name not in self.spans}
            return {name: span for name, span in found.items() if span is not None}

        self._desk.session.read(spans, owner=self, then=self._on_spans, failed=lambda _error: None)

    def _on_spans(self, spans: Mapping[str, Span]) -> None:
        if spans:
            self.spans.update(spans)
            self.spanned.emit()

    def _on_wanted(self, first: int) -> None:
        self._next_page = first
        self._read_page()

    def _read_page(self) -> None:
        order, first = self._model.order, self._next_page
        if self._is_reading or order is None or first is None:
            return
        self._is_reading, self._next_page = True, None

        def then(rows: Sequence[Run]) -> None:
            self._is_reading = False
            if self._model.order is order:
                self._model.set_page(first, rows)
            self._read_page()

        def failed(_error: SurefootError) -> None:
            self._is_reading = False

        self._desk.session.read(
            lambda bench: bench.runs.listing.page(order, first, PAGE), owner=self, then=then, failed=failed
        )

    def _on_changed(self, change: Change) -> None:
        # The timer is not begun anew, so that a stream of changes does not put the question off for ever.
        if change.touches("run") and not self._rest.isActive():
            self._rest.start()

    def ask_live(self) -> None:
        """Asks for the newest values of the runs in view that are going on, where the list is seen."""
        if not self._list.isVisible():
            return
        first, last = self._seen()
        rows = (self._model.at(place) for place in range(first, min(last, first + _LIVE_ROWS) + 1))
        going = [one.run.run for one in rows if one is not None and one.run.state == "running"]
        if going:
            self._desk.session.read(
                lambda bench: bench.runs.newest(going),
                owner=self,
                then=self._model.set_live,
                failed=lambda _error: None,
            )
