"""One window a project: a second start shows the first one's window and ends."""

import hashlib
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT = 1000  # milliseconds


class SingleInstance(QObject):
    """Holds one project for this process.

    Signals: `raised` when a second start asks for the window.
    """

    raised = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """Makes it; nothing is held yet.

        Args:
            folder: where the locks lie.
            parent: as everywhere in Qt.
        """
        super().__init__(parent)
        self._folder = folder
        self._name = ""
        self._lock: QLockFile | None = None
        self._server: QLocalServer | None = None

    def take(self, project: Path | None) -> bool:
        """Holds a project (None: the welcome page) in place of the one before.

        Returns False where another window has it; that one was asked to show itself, and what was held stays held.
        """
        name = hashlib.sha256(str(project.resolve() if project else "").encode()).hexdigest()[:24]
        if name == self._name:
            return True
        lock = QLockFile(str(self._folder / f"desktop-{name}.lock"))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            _ask(f"surefoot-{name}")
            return False
        self.release()
        self._name, self._lock = name, lock
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(f"surefoot-{name}")
        server.listen(f"surefoot-{name}")
        server.newConnection.connect(self._on_asked)
        self._server = server
        return True

    def release(self) -> None:
        """Holds nothing any more."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
        if self._lock is not None:
            self._lock.unlock()
        self._name, self._server, self._lock = "", None, None

    def _on_asked(self) -> None:
        if self._server is not None:
            socket = self._server.nextPendingConnection()
            socket.disconnected.connect(socket.deleteLater)
            socket.disconnectFromServer()
        self.raised.emit()


def _ask(name: str) -> None:
    socket = QLocalSocket()
    socket.connectToServer(name)
    socket.waitForConnected(_WAIT)
    socket.close()
