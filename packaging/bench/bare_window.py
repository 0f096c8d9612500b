"""Starts Qt from Python, shows an empty window and ends: what a start of the desktop cannot be without. Prints when."""

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

times: list[float] = []


class Bare(QWidget):
    """A window that says when it was drawn."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        times.append(time.monotonic())
        QTimer.singleShot(0, QApplication.quit)


app = QApplication(sys.argv[:1])
window = Bare()
window.resize(1440, 900)
window.show()
code = app.exec()
print(times[0])
sys.exit(code)
