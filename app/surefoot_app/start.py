"""Where `surefoot-app` begins: loads the desktop, then starts it."""

import gc
from collections.abc import Callable
from importlib import import_module
from typing import cast


def load() -> Callable[..., int]:
    """Loads the desktop and gives its `main`, which has Python look for garbage again."""
    # What is loaded stays to the end; looking through it for garbage, again and again, takes a tenth of a start.
    gc.disable()
    return cast("Callable[..., int]", import_module("surefoot_app.__main__").main)


def main() -> int:
    """Starts the desktop. Returns its exit code."""
    return load()()
