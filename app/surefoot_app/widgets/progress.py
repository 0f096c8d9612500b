"""How far long work has come: shown after 300 ms, with the stage in words and a way to stop it after a second."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from surefoot_app.widgets.boxes import row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.text import Text

_SHOWN_AFTER, _STOPPABLE_AFTER = 300, 1000
_WHOLE = 1000


class Progress(QWidget):
    """A bar with words. Nothing is seen of work that ends at once.

    Signals: `cancelled` when the user stops it.
    """

    cancelled = Signal()

    def __init__(self, cancel: str, *, name: str = "cancel", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = Text("", "secondary")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setAccessibleName(cancel)
        self._cancel = Button(cancel, name=name, kind="quiet")
        self._cancel.clicked.connect(lambda _checked=False: self.cancelled.emit())
        self._show = QTimer(self, singleShot=True, interval=_SHOWN_AFTER)
        self._show.timeout.connect(self.show)
        self._offer = QTimer(self, singleShot=True, interval=_STOPPABLE_AFTER)
        self._offer.timeout.connect(self._cancel.show)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row(self._stage, 1, self._cancel))
        layout.addWidget(self._bar)
        self._cancel.hide()
        self.hide()

    def begin(self, stage: str, *, can_stop: bool = True) -> None:
        """Work has begun; a way to stop it is offered only where it can be stopped."""
        self.tell(stage, 0, 0)
        self._cancel.hide()
        self._cancel.setEnabled(True)
        self._show.start()
        self._offer.stop()
        if can_stop:
            self._offer.start()

    def tell(self, stage: str, done: int, total: int) -> None:
        """How far it is; a total of 0 is unknown."""
        self._stage.setText(stage)
        self._bar.setAccessibleName(stage)
        # In thousandths: a bar counts to two milliards, and a file may have more bytes.
        self._bar.setRange(0, _WHOLE if total else 0)
        self._bar.setValue(_WHOLE * min(done, total) // total if total else 0)

    def stopping(self, text: str) -> None:
        """Cancel was pressed: says so until it has happened."""
        self._stage.setText(text)
        self._cancel.setEnabled(False)

    def end(self) -> None:
        """Work has ended."""
        self._show.stop()
        self._offer.stop()
        self.hide()
