"""A hand that does anything: clicks, keys, palette, pages, objects, switches, sizes; one seed, one walk.

After each step nothing may have failed, on whatever thread; Qt has nothing to warn of, the window is there, its thread
was not held, and whatever stands over it can be closed by Esc.
"""

import logging
import random
import statistics
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import cast

import shiboken6
from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QPoint,
    QPointF,
    QRect,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDesktopServices, QWheelEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from surefoot_app.shell.window import Window
from tests.unit.app.watching import Heard, Sampled, memory

HELD = 0.25  # seconds, ux.md §9
GROWN = 20 * 2**20  # bytes, likewise
_WARM = 5  # hundreds of steps until every page was seen
_PATIENCE = 60  # seconds for what an act of the project may take before its sheet can be closed
_SETTLED = 5  # seconds for it before the hand goes on beside it
_STAY = 12  # steps before a thing over the window is closed
_KEYS = (
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Up,
    Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageDown,
    Qt.Key.Key_PageUp, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F1, Qt.Key.Key_F6, Qt.Key.Key_Question,
)  # fmt: skip
_MODIFIERS = (Qt.KeyboardModifier.NoModifier,) * 4 + (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip
_TEXTS = (
    "a", "credit", "0", "-1", "1e309", "nan", "0.5", "999999999999999999999", "auc > 0.89", "state = 'finished'", "((",
    "Đặng Thị 🐾", "x" * 300, "  ", "../..", "a.csv", "%s {x} <b>&amp;", "2026-13-45", '"', "credit/1",
)  # fmt: skip
_SIZES = ((960, 600), (1280, 800), (1440, 900), (1920, 1080), (1000, 1200))
_IGNORED = "This plugin does not support"  # what the offscreen screen has to say


class Monkey:
    """Walks through one window.

    Args:
        window: with a session behind it. seed: of the walk. files: that a person may choose in a dialog.
        held: for how long the thread of the window may be held, in seconds of its own processor time: other work on
            the machine does not stretch that. As with each budget, it is a fault at twice the figure.

    Attributes:
        steps: what was done, in words, the last ones. faults: what was wrong. slowest: how long, at which step.
        slow: each step over the budget. count: how many steps were made. memory: in bytes, after each hundred of them.
    """

    def __init__(self, window: Window, seed: int, *, files: tuple[Path, ...] = (), held: float = HELD) -> None:
        self._window, self._random, self._files, self._held = window, random.Random(seed), files, held
        self.steps: deque[str] = deque(maxlen=60)
        self.faults: list[str] = []
        self.slowest, self.slow = (0.0, ""), list[str]()
        self.memory: list[int] = []
        self.count = 0
        self._over: tuple[QWidget | None, int] = (None, 0)
        self._is_acting = self._was_nested = False
        self._escape = QTimer(window, interval=50)
        self._escape.timeout.connect(self._on_escape)

    def walk(self, *, steps: int = sys.maxsize, seconds: float = float("inf")) -> bool:
        """Goes on until a fault, or the end of its steps or of its time. Says whether all was well."""
        ends = time.monotonic() + seconds
        with self._watched():
            while not self.faults and self.count < steps and time.monotonic() < ends:
                self._step()
            self._settle()
            self._leave()
        if self.grown > GROWN:
            self.faults.append(f"the program holds {self.grown / 2**20:.0f} MB more than when it was warm")
        return not self.faults

    @property
    def grown(self) -> float:
        """How much more is held at the end of a long walk than when all had been seen once, in bytes."""
        warm, last = self.memory[_WARM : 2 * _WARM], self.memory[-_WARM:]
        return statistics.median(last) - statistics.median(warm) if len(self.memory) >= 3 * _WARM else 0.0

    def told(self) -> str:
        """What was wrong, and the way to it."""
        return "\n".join([*self.faults, "after:", *self.steps])

    # one step

    def _step(self) -> None:
        self.count += 1
        kinds = {
            self._click: 34, self._click_somewhere: 8, self._key: 16, self._type: 10, self._fill: 4, self._go: 8,
            self._open: 5, self._palette: 6, self._act: 6, self._resize: 2, self._wheel: 3, self._switch: 2,
            self._reopen: 1,
        }  # fmt: skip
        (chosen,) = self._random.choices(list(kinds), list(kinds.values()))
        self.steps.append(f"{self.count}: {chosen.__name__[1:]}")
        self._timed(chosen)
        if self._random.random() < 0.5:
            self._settle()
        if self.count % 100 == 0:
            self.memory.append(memory())
        self._look()

    def _say(self, text: str) -> None:
        self.steps[-1] += f" {text}"

    def _timed(self, step: Callable[[], object]) -> None:
        self._was_nested, self._is_acting = False, True
        self._escape.start()
        with Sampled(self._held) as sampled:
            began = time.thread_time()
            step()
            _processed()
            held = time.thread_time() - began
        self._escape.stop()
        self._is_acting = False
        if self._was_nested:
            return
        self.slowest = max(self.slowest, (held, self.steps[-1]))
        if held > self._held:
            self.slow.append(f"{held:.3f} s: {self.steps[-1]}")
        if held > 2 * self._held:
            self.faults.append(f"the window was held for {held:.3f} s\n{sampled.stack}")

    def _look(self) -> None:
        if not shiboken6.isValid(self._window) or not self._window.isVisible():
            self.faults.append("the window is gone")
            return
        over = QApplication.activeModalWidget()
        known, steps = self._over
        self._over = (over, steps + 1 if over is known else 0)
        if over is not None and steps > _STAY:
            self._leave()

    def _leave(self) -> None:
        """Closes by Esc what stands over the window, one thing after the other; what is under way is waited for."""
        for _ in range(12):
            over = QApplication.activePopupWidget() or QApplication.activeModalWidget()
            if over is None:
                return
            QTest.keyClick(QApplication.focusWidget() or over, Qt.Key.Key_Escape)
            self._wait(lambda over=over: QApplication.activeModalWidget() is not over, _PATIENCE)  # type: ignore[misc]
        over = QApplication.activeModalWidget()
        if over is not None:
            self.faults.append(f"{type(over).__name__} {over.windowTitle()!r} cannot be closed")

    def _settle(self) -> None:
        # An act may wait for what is asked in a sheet.
        self._wait(lambda: QApplication.activeModalWidget() is not None, _SETTLED)

    def _wait(self, is_enough: Callable[[], bool], seconds: float) -> None:
        """Until nothing is under way, or that is enough, or for so long."""
        ends = time.monotonic() + seconds
        _processed()
        while not (self._window.desk.session.tasks.is_idle or is_enough()) and time.monotonic() < ends:
            QTest.qWait(5)
        _processed()

    def _on_escape(self) -> None:
        """A menu runs a loop of its own until it is closed: something is chosen in it, or nothing."""
        popup = QApplication.activePopupWidget()
        if self._is_acting and popup is not None:
            self._was_nested = True
            keys = [Qt.Key.Key_Down] * self._random.randrange(4)
            for key in [*keys, self._random.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Escape))]:
                if shiboken6.isValid(popup) and popup.isVisible():
                    QTest.keyClick(popup, key)

    # what can be done

    def _top(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.activeModalWidget() or self._window

    def _shown(self, *kinds: type[QWidget]) -> list[QWidget]:
        top = self._top()
        inside = (each for each in top.findChildren(QWidget) if isinstance(each, kinds) and each.window() is top)
        return [each for each in inside if each.isEnabled() and not each.visibleRegion().isEmpty()]

    def _press(self, widget: QWidget, point: QPoint) -> None:
        top = widget.window()
        # A window that was never shown has none; Qt's types do not say so.
        handle = cast("QWindow | None", top.windowHandle())
        place = widget.mapTo(top, point)
        if handle is None or not QRect(QPoint(), handle.size()).contains(place):
            return  # no hand reaches it
        button = Qt.MouseButton.RightButton if self._random.random() < 0.05 else Qt.MouseButton.LeftButton
        modifier = self._random.choice(_MODIFIERS)
        self._say(f"{type(widget).__name__} {widget.objectName()!r} at {point.x()},{point.y()} {button.name}")
        if self._random.random() < 0.08:
            QTest.mouseDClick(handle, button, modifier, place)
        else:
            QTest.mouseClick(handle, button, modifier, place)

    def _point(self, widget: QWidget) -> QPoint:
        """Somewhere on what can be seen of a widget."""
        seen = widget.visibleRegion().boundingRect()
        return seen.topLeft() + QPoint(
            self._random.randrange(max(1, seen.width())), self._random.randrange(max(1, seen.height()))
        )

    def _click(self) -> None:
        found = self._shown(QAbstractButton, QAbstractItemView, QLineEdit, QComboBox)
        if found:
            widget = self._random.choice(found)
            seen = widget.visibleRegion().boundingRect()
            self._press(widget, seen.center() if isinstance(widget, QAbstractButton) else self._point(widget))

    def _click_somewhere(self) -> None:
        top = self._top()
        self._press(top, self._point(top))

    def _key(self) -> None:
        target = QApplication.activePopupWidget() or QApplication.focusWidget() or self._top()
        key, modifier = self._random.choice(_KEYS), self._random.choice(_MODIFIERS)
        self._say(f"{key.name} {modifier.name} in {type(target).__name__} {target.objectName()!r}")
        QTest.keyClick(target, key, modifier)

    def _type(self) -> None:
        target = QApplication.focusWidget() or self._top()
        text = self._random.choice(_TEXTS)
        self._say(f"{text[:40]!r} in {type(target).__name__} {target.objectName()!r}")
        for letter in text[:40]:
            if letter.isascii() and shiboken6.isValid(target):
                QTest.keyClicks(target, letter)

    def _fill(self) -> None:
        """Puts a text in a field at once, as from the clipboard: any letters, any length, the name of a file."""
        fields = self._shown(QLineEdit, QPlainTextEdit)
        if fields:
            field = self._random.choice(fields)
            text = self._random.choice([*_TEXTS, *map(str, self._files)])
            self._say(f"{field.objectName()!r} with {text[:60]!r}")
            if isinstance(field, QLineEdit) and not field.isReadOnly():
                field.setText(text)
            elif isinstance(field, QPlainTextEdit) and not field.isReadOnly():
                field.setPlainText(text)

    def _go(self) -> None:
        if self._top() is self._window:
            feature = self._random.choice(self._window._features).id
            self._say(feature)
            self._window.desk.go(feature)

    def _open(self) -> None:
        """Follows a link to something, be it there or not."""
        if self._top() is self._window:
            known = [entry.key for entries in self._window._finder._objects.values() for entry in entries]
            kinds = [kind for feature in self._window._features for kind in feature.opens]
            whole = self._random.choice([*known, f"{self._random.choice(kinds)}:{self._random.choice(_TEXTS)}"])
            self._say(whole)
            kind, _, ref = whole.partition(":")
            self._window.desk.open(kind, ref)

    def _palette(self) -> None:
        if self._top() is not self._window:
            return
        self._window.ask_palette(self._random.choice(("", ">", "@", "?", ">un", "@cre", "zzz")))
        QApplication.processEvents()
        palette = self._window._finder.palette
        for _ in range(self._random.randrange(8)):
            QTest.keyClick(palette._field, Qt.Key.Key_Down)
        self._say(str(palette._list.currentIndex().data()))
        QTest.keyClick(palette._field, self._random.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape)))

    def _act(self) -> None:
        if self._top() is self._window:
            name = self._random.choice([action.id for action in self._window.actions_table.all()])
            self._say(name)
            self._window.actions_table.run(name)

    def _switch(self) -> None:
        desk = self._window.desk
        acts: list[Callable[[], object]] = [
            lambda: desk.set_language(self._random.choice(("en", "vi"))),
            lambda: desk.set_theme(self._random.choice(("light", "dark", "system"))),
            lambda: desk.set_scale(self._random.choice((90, 100, 120, 150))),
        ]
        if self._top() is self._window:
            self._random.choice(acts)()

    def _resize(self) -> None:
        size = self._random.choice(_SIZES)
        self._say(str(size))
        self._window.resize(*size)

    def _wheel(self) -> None:
        found = self._shown(QWidget)
        if found:
            widget = self._random.choice(found)
            point = QPointF(self._point(widget))
            turn = QPoint(0, self._random.choice((-120, 120, -1200)))
            event = QWheelEvent(
                point, widget.mapToGlobal(point), QPoint(), turn, Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            self._say(f"{type(widget).__name__} {widget.objectName()!r}")
            QApplication.sendEvent(widget, event)

    def _reopen(self) -> None:
        """Without a project there is little to do: the one before is opened again."""
        desk = self._window.desk
        if desk.session.project is None and self._top() is self._window and desk.settings.recent:
            desk.open_project(desk.settings.recent[-1], owner=self._window)

    # what is heard

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Hears what fails on any thread and what Qt warns of; dialogs of the system answer at once."""
        heard = Heard(self.faults)
        log = logging.getLogger("surefoot_app")
        hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        dialogs = [(name, getattr(QFileDialog, name)) for name in _DIALOGS]
        opened, QDesktopServices.openUrl = QDesktopServices.openUrl, lambda _url: True  # type: ignore[method-assign]
        before = qInstallMessageHandler(self._on_message)
        sys.excepthook, sys.unraisablehook = self._on_exception, lambda args: self._note(args.exc_value)
        threading.excepthook = lambda args: self._note(args.exc_value)
        log.addHandler(heard)
        for name in _DIALOGS:
            setattr(QFileDialog, name, self._answer(name))
        try:
            yield
        finally:
            for name, dialog in dialogs:
                setattr(QFileDialog, name, dialog)
            log.removeHandler(heard)
            sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
            qInstallMessageHandler(before)
            QDesktopServices.openUrl = opened  # type: ignore[method-assign]

    def _answer(self, name: str) -> Callable[..., object]:
        def answer(*_given: object, **_named: object) -> object:
            chosen = self._random.choice(["", *map(str, self._files)])
            if name == "getExistingDirectory":
                return str(Path(chosen).parent) if chosen else ""
            return (f"{chosen}.out" if chosen and name == "getSaveFileName" else chosen), ""

        return answer

    def _on_exception(self, _kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.faults.append("".join(traceback.format_exception(type(error), error, trace)))

    def _note(self, error: BaseException | None) -> None:
        self.faults.append("".join(traceback.format_exception(error)) if error else "an exception without a name")

    def _on_message(self, kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
        if kind in {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg} and _IGNORED not in text:
            self.faults.append(f"Qt warns: {text}\n{''.join(traceback.format_stack(limit=12))}")


_DIALOGS = ("getOpenFileName", "getSaveFileName", "getExistingDirectory")


def _processed() -> None:
    """What the loop of the program does, of which a test has none: what is to go later goes only there."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
