"""Starts the desktop as `surefoot-app PROJECT` does, and ends it once Home is drawn: home_start.py PROJECT.

Prints two times of the machine's steady clock: when the window was first drawn, and when Home was, with what the
project holds.
"""

import sys
import time

from surefoot_app.start import load

main = load()

from PySide6.QtCore import QTimer  # noqa: E402 - loaded by then, as in a start
from PySide6.QtWidgets import QApplication  # noqa: E402

from surefoot_app.home.page import HomePage  # noqa: E402
from surefoot_app.shell.window import Window  # noqa: E402

times: list[float] = []
show_overview, paint = HomePage.show_overview, Window.paintEvent


def shown(page: HomePage, found: object) -> None:
    show_overview(page, found)  # type: ignore[arg-type]
    QTimer.singleShot(0, lambda: drawn(page))


def drawn(page: HomePage) -> None:
    page.window().repaint()
    times.append(time.monotonic())
    QApplication.quit()


def painted(window: Window, event: object) -> None:
    paint(window, event)  # type: ignore[arg-type]
    if not times:
        times.append(time.monotonic())


HomePage.show_overview = shown  # type: ignore[method-assign,assignment]
Window.paintEvent = painted  # type: ignore[method-assign,assignment]
code = main(["surefoot-app", *sys.argv[1:]])
print(times[0], times[-1])
sys.exit(code)
