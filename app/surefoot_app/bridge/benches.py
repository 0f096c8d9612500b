"""The workbenches behind one open project: a trail belongs to one thread, so acts have another one than questions."""

import logging

from surefoot.errors import SurefootError
from surefoot.workbench import Workbench
from surefoot_app.bridge.passphrase import Passphrase

log = logging.getLogger(__name__)


class Beside(Workbench):
    """The same project for another thread: a trail of its own, and the first one's catalog, which that one closes."""

    def close(self) -> None:
        """Closes its trail alone."""
        self.trail.close()

    def borrow(self, other: Workbench) -> None:
        """Uses the view of the record of another one, and its key where that is open."""
        self.catalog = other.catalog
        if "_person" in other.__dict__:
            self.__dict__["_person"] = other.__dict__["_person"]


class Benches:
    """Those of one project, from its opening until the last act that was asked for in it is done.

    Attributes:
        asked: the one that questions share.
    """

    def __init__(self, asked: Workbench, passphrase: Passphrase) -> None:
        self.asked = asked
        self._passphrase = passphrase
        self._acting: Beside | None = None

    def acting(self) -> Workbench:
        """The one for acts; only in their lane."""
        if self._acting is None:
            self._acting = Beside.open(self.asked.project, unlock=self._passphrase.ask)
            self._acting.borrow(self.asked)
        return self._acting

    def beside(self) -> Workbench:
        """One more, for what cannot wait for the acts; whoever asks for it closes it."""
        made = Beside.open(self.asked.project, unlock=self._passphrase.ask)
        made.borrow(self.asked)
        if self._acting is not None:
            made.borrow(self._acting)
        return made

    def close(self) -> None:
        """Lets the project go."""
        for bench in (self._acting, self.asked):
            if bench is not None:
                try:
                    bench.close()
                except (OSError, SurefootError) as error:
                    # What was recorded is safe without a last checkpoint; one may leave whatever became of the folder.
                    log.warning("%s was not closed in full: %s", bench.project, error)
        self._acting = None
