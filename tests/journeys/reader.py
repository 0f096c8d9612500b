"""Reads the screen as a screen reader does (AT-SPI), for `screen.py`: a request a line, an answer a line, as JSON.

Run by the system's Python, which has the bindings. A request is `{"app": …, "name": …, "part": …, "role": …}`; the
answer lists what is shown of that name: name, role, states, text, and where it lies on the screen.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

MOST_CHILDREN = 400
DEEPEST = 40
STATES = ("ENABLED", "FOCUSED", "CHECKED", "SELECTED", "FOCUSABLE", "EDITABLE")


def is_shown(node: Any) -> bool:
    states = node.get_state_set()
    return bool(states.contains(Atspi.StateType.SHOWING) and states.contains(Atspi.StateType.VISIBLE))


def told(node: Any) -> dict[str, Any]:
    box = node.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
    states, text = node.get_state_set(), node.get_text_iface()
    return {
        "name": node.get_name() or "",
        "role": node.get_role_name(),
        "states": [name.lower() for name in STATES if states.contains(getattr(Atspi.StateType, name))],
        "text": Atspi.Text.get_text(text, 0, -1) if text is not None else "",
        "box": [box.x, box.y, box.width, box.height],
    }


def children(node: Any) -> list[Any]:
    """What lies in a node; nothing where it went while it was asked."""
    try:
        count = min(node.get_child_count(), MOST_CHILDREN)
        return [child for at in range(count) if (child := node.get_child_at_index(at)) is not None]
    except GLib.Error:
        return []


def walk(node: Any, depth: int = 0) -> Iterator[Any]:
    for child in children(node):
        yield child
        if depth < DEEPEST:
            yield from walk(child, depth + 1)


def is_meant(node: Any, request: dict[str, Any]) -> bool:
    if request["role"] and node.get_role_name() != request["role"]:
        return False
    name = node.get_name() or ""
    return (request["name"] is None or name == request["name"]) and request["part"] in name and is_shown(node)


def found(request: dict[str, Any]) -> list[dict[str, Any]]:
    answer = []
    for app in children(Atspi.get_desktop(0)):
        if request["app"] in (app.get_name() or "").lower():
            for node in walk(app):
                try:
                    if is_meant(node, request):
                        answer.append(told(node))
                except GLib.Error:
                    continue
    return answer


for line in sys.stdin:
    sys.stdout.write(json.dumps(found(json.loads(line))) + "\n")
    sys.stdout.flush()
