"""Reads the screen as a screen reader does (AT-SPI), for `screen.py`: a request a line, an answer a line, as JSON.

Run by the system's Python, which has the bindings. A request is `{"app": …, "name": …, "part": …, "roles": […]}`; the
answer lists what is shown of that name: name, role, states, text, where it lies on the screen, and the part of the
screen in which the things around it let it be seen. The request
`{"moves": number}` waits until the keyboard has moved on more than this number of times, and answers how often it has,
and to what it moved last.
"""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

MOVES_WITHIN = 0.5
"""Seconds in which a key moves the keyboard on, or does not."""
WINDOWS = (Atspi.Role.APPLICATION, Atspi.Role.FRAME, Atspi.Role.DIALOG, Atspi.Role.WINDOW)
STATES = ("ENABLED", "FOCUSED", "CHECKED", "SELECTED", "FOCUSABLE", "EDITABLE")
SHOWN = (Atspi.StateType.SHOWING, Atspi.StateType.VISIBLE)
ROLES = {role.value_nick.replace("-", " "): role for role in map(Atspi.Role, range(Atspi.Role.LAST_DEFINED))}


def is_shown(node: Any) -> bool:
    states = node.get_state_set()
    return all(states.contains(one) for one in SHOWN)


def name_of(node: Any) -> str:
    """What it is called: a choice by its label, since Qt gives as its name what is chosen."""
    if node.get_role() == Atspi.Role.COMBO_BOX:
        for relation in node.get_relation_set():
            if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY:
                return relation.get_target(0).get_name() or ""
    return node.get_name() or ""


Box = tuple[int, int, int, int]


def box_of(node: Any) -> Box:
    place = node.get_component_iface()
    box = place.get_extents(Atspi.CoordType.SCREEN) if place is not None else Atspi.Rect()
    return box.x, box.y, box.width, box.height


def both(one: Box, other: Box | None) -> Box:
    """What lies in both."""
    if other is None:
        return one
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[0] + one[2], other[0] + other[2]), min(one[1] + one[3], other[1] + other[3])
    return left, top, max(0, right - left), max(0, bottom - top)


def told(node: Any, within: Box | None = None) -> dict[str, Any]:
    states, text, box = node.get_state_set(), node.get_text_iface(), box_of(node)
    is_choice = node.get_role() == Atspi.Role.COMBO_BOX
    written = Atspi.Text.get_text(text, 0, -1) if text is not None else node.get_name() if is_choice else ""
    return {
        "name": name_of(node),
        "role": node.get_role_name(),
        "states": [name.lower() for name in STATES if states.contains(getattr(Atspi.StateType, name))],
        "text": written or "",
        "box": box,
        "within": within or box,
    }


def around(node: Any) -> list[Any] | None:
    """What it lies in, from the inside; None where one of them is not shown, since then it is not either.

    What drops down, and a sheet, lie where they like: what is around those does not count.
    """
    places: list[Any] = []
    place = node
    while place.get_role() not in WINDOWS:
        place = place.get_parent()
        if place is None or not is_shown(place):
            return None
        if place.get_role() == Atspi.Role.COMBO_BOX:
            break
        places.append(place)
    return places


def part_of(places: Sequence[Any]) -> Box | None:
    """The part of the screen in which things let what lies in them be seen."""
    within: Box | None = None
    for place in reversed(places):
        inner = both(box_of(place), within)
        if within is None or (inner[2] and inner[3]):
            within = inner
    return within


def matching(app: Any, roles: Sequence[str]) -> Iterator[Any]:
    """All that says it is shown and has one of these roles, in the order of the screen; the program looks itself."""
    ways = Atspi.CollectionMatchType
    states = Atspi.StateSet.new(list(SHOWN))
    of_role = ([ROLES[one] for one in roles], ways.ANY if roles else ways.ALL)
    rule = Atspi.MatchRule.new(states, ways.ALL, {}, ways.ALL, *of_role, [], ways.ALL, False)
    yield from Atspi.Collection.get_matches(app, rule, Atspi.CollectionSortOrder.CANONICAL, 0, True)


def found(request: dict[str, Any]) -> list[dict[str, Any]]:
    answer = []
    desktop = Atspi.get_desktop(0)
    for app in (desktop.get_child_at_index(at) for at in range(desktop.get_child_count())):
        if app is None or request["app"] not in (app.get_name() or "").lower():
            continue
        for node in matching(app, request["roles"]):
            try:
                name = name_of(node)
                if request["name"] not in {None, name} or request["part"] not in name:
                    continue
                places = around(node)
                if places is not None:
                    answer.append(told(node, part_of(places)))
            except GLib.Error:  # it went while it was asked
                continue
    return answer


class Keyboard:
    """Hears where the keyboard is, as a screen reader hears it."""

    def __init__(self) -> None:
        self._moves = 0
        self._at: Any = None
        self._listener = Atspi.EventListener.new(self._on_focused)
        self._listener.register("object:state-changed:focused")

    def _on_focused(self, event: Any) -> None:
        if event.detail1:
            self._moves, self._at = self._moves + 1, event.source

    def told(self, moves: int) -> dict[str, Any]:
        """Where it is, once it moved more than so many times."""
        until = time.monotonic() + MOVES_WITHIN
        while GLib.MainContext.default().iteration(False) or (self._moves <= moves and time.monotonic() < until):
            time.sleep(0.002)
        try:
            return {"moves": self._moves, "at": told(self._at) if self._at is not None else None}
        except GLib.Error:
            return {"moves": self._moves, "at": None}


keyboard = Keyboard()
for line in sys.stdin:
    request = json.loads(line)
    answer = keyboard.told(request["moves"]) if "moves" in request else found(request)
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
