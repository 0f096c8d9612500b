"""Two hands that do the same: one points and clicks, the other has the keyboard alone.

Both find things by the name that a screen reader says. What the keyboard comes by on its way has a name and is in
sight, or the way is not fit to be gone: a control that only a mouse finds, or that nobody hears of, ends the journey.
"""

import time
from abc import ABC, abstractmethod

from tests.journeys.screen import PATIENCE, Desktop, NotSeenError, Seen

BUTTONS = ("push button", "check box", "radio button")
FIELDS = ("text", "password text")
MOST_STOPS = 150
"""Stops of the Tab key, after which it has been everywhere."""


class Hand(ABC):
    """What a person does to the desktop."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop

    @abstractmethod
    def go(self, page: str) -> None:
        """Goes to a page."""

    @abstractmethod
    def press(self, name: str) -> None:
        """Presses a button, once it can be pressed."""

    @abstractmethod
    def fill(self, name: str, text: str) -> None:
        """Writes into a field, in place of what stood there."""

    @abstractmethod
    def choose(self, name: str, option: str) -> None:
        """Chooses one of what a field offers."""

    @abstractmethod
    def pick(self, table: str, row: str) -> None:
        """Picks a row of a table by what stands in it."""

    @abstractmethod
    def open(self, table: str, row: str) -> None:
        """Opens a row of a table by what stands in it."""

    def ready(self, name: str, roles: tuple[str, ...], within: float = PATIENCE) -> Seen:
        """Waits until something can be used; of several, the one on top."""
        until = time.monotonic() + within
        while True:
            found = self.desktop.all(name, role=roles)
            if found and "enabled" in found[-1].states:
                return found[-1]
            if time.monotonic() > until:
                shown = sorted({one.name for one in self.desktop.all() if one.name})
                raise NotSeenError(f"{name!r} cannot be used; shown: {shown[:200]}")
            time.sleep(0.05)


class Mouse(Hand):
    """Points and clicks; the keys are for writing alone."""

    def go(self, page: str) -> None:
        self.desktop.click(page, role="check box")

    def press(self, name: str) -> None:
        self.desktop.click(name, role=self.ready(name, BUTTONS).role)

    def fill(self, name: str, text: str) -> None:
        self.desktop.click(name, role=self.ready(name, FIELDS).role)
        self.desktop.press("ctrl+a")
        self.desktop.write(text)

    def choose(self, name: str, option: str) -> None:
        self.desktop.click(name, role="combo box")
        self.desktop.click(option, role="list item")

    def pick(self, table: str, row: str) -> None:
        self._bring(table, row)
        self.desktop.click(row, role="table cell")

    def open(self, table: str, row: str) -> None:
        self._bring(table, row)
        self.desktop.double_click(row, role="table cell")

    def _bring(self, table: str, row: str) -> None:
        """Brings a row into sight."""
        until = time.monotonic() + PATIENCE
        place = self.desktop.see(table, role="table")
        while not any(one.is_in_sight for one in self.desktop.all(row, role="table cell")):
            if time.monotonic() > until:
                raise NotSeenError(f"{row!r} is not in {table!r}")
            self.desktop.turn(place, 3)


class Keyboard(Hand):
    """Has no mouse."""

    def go(self, page: str) -> None:
        self.desktop.press("ctrl+k")
        self._await("text")
        self.desktop.write(page)
        self.desktop.see(part=page, role="list item")
        self.desktop.press("Return")
        self._await("filler", page)

    def press(self, name: str) -> None:
        self.ready(name, BUTTONS)
        self._reach(name, BUTTONS)
        self.desktop.press("space")

    def fill(self, name: str, text: str) -> None:
        self.ready(name, FIELDS)
        self._reach(name, FIELDS)
        self.desktop.press("ctrl+a")
        self.desktop.write(text)

    def choose(self, name: str, option: str) -> None:
        self.ready(name, ("combo box",))
        self._reach(name, ("combo box",))
        for _ in range(MOST_STOPS):
            before = self.ready(name, ("combo box",)).text
            if before == option:
                return
            self.desktop.press("Down")
            self._await_change(name, before)
        raise NotSeenError(f"{name!r} has no {option!r}")

    def _await_change(self, name: str, before: str) -> None:
        said = self.desktop.see(name, role="combo box")
        self.desktop.until(
            lambda: self.desktop.see(name, role="combo box").text != before, f"{name!r} stays at {said.text!r}"
        )

    def pick(self, table: str, row: str) -> None:
        self.desktop.see(table, role="table")
        self._reach(table, ("table", "table cell"))
        self._step_to(row)

    def open(self, table: str, row: str) -> None:
        self.pick(table, row)
        self.desktop.press("Return")

    def _reach(self, name: str, roles: tuple[str, ...]) -> None:
        """Goes there by Tab; into a table, whose first word is a cell of it."""
        seen = self._heard(self.desktop.focus())
        for _ in range(MOST_STOPS):
            if seen.role in roles and (seen.name == name or seen.role == "table cell"):
                return
            self.desktop.press("Tab")
            seen = self._heard(self.desktop.moved())
        raise NotSeenError(f"no key leads to {name!r}")

    def _step_to(self, name: str) -> None:
        """Goes down the rows of a table to one."""
        for _ in range(MOST_STOPS):
            # A table says its own name where its first row is reached by Tab: the row itself knows better.
            if any("focused" in one.states for one in self.desktop.all(name, role="table cell")):
                return
            seen: Seen | None = None
            while seen is None or (seen.role == "table cell" and seen.name != name):
                self.desktop.press("Down")
                before = seen
                seen = self._heard(self.desktop.moved())
                if (seen.role, seen.name) == ("table cell", name):
                    return
                if before == seen:
                    break  # the last row
        raise NotSeenError(f"no key leads to {name!r}")

    def _await(self, role: str, name: str | None = None) -> None:
        def is_there() -> bool:
            seen = self.desktop.focus()
            return seen is not None and seen.role == role and name in (None, seen.name)

        self.desktop.until(is_there, f"the keyboard did not come to {name or role!r}")

    def _heard(self, seen: Seen | None) -> Seen:
        """Somebody who looks, and somebody who listens, knows where the keyboard is."""
        assert seen is not None, "the keyboard is nowhere"
        assert seen.name, f"what has the keyboard has no name: {seen}"
        return seen
