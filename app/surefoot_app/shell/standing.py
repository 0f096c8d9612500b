"""Says in the strip of problems why the open project cannot be recorded in, for as long as that is so."""

from PySide6.QtCore import QObject

from surefoot.errors import Code
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.notices import Problem

_KEY = "standing"


class StandingWatch(QObject):
    """Keeps the problem up to date: takes it back when the project can be recorded in again, or another one is open."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        desk.session.standing.changed.connect(self._update)
        desk.session.closed.connect(lambda: desk.solve(_KEY))
        desk.retranslated.connect(self._update)

    def _update(self) -> None:
        desk, error = self._desk, self._desk.session.standing.now.error
        if error is None:
            desk.solve(_KEY)
            return
        told = desk.words.error(error)
        is_soft = error.code in {Code.PROJECT_READ_ONLY, Code.PROJECT_NEWER}
        act = None
        if error is desk.session.standing.now.record:
            place = f"{error.values.get('whole', '')}:{error.values.get('line', '')}"
            act = (desk.words("app.shell.show_in_audit"), lambda: desk.open("audit-line", place))
        text = f"{told.what} {told.means} {told.do} ({told.code})"
        desk.trouble(Problem(_KEY, text, "warn" if is_soft else "bad", act))
