"""Where `surefoot-app` begins: loads the desktop, then starts it."""

import gc
from collections.abc import Callable


def load() -> Callable[..., int]:
    """Loads the desktop and gives its `main`, which has Python look for garbage again."""
    # What is loaded stays to the end; looking through it for garbage, again and again, takes a tenth of a start.
    gc.disable()
    from surefoot_app.__main__ import main  # noqa: PLC0415 - not before

    return main


def main() -> int:
    """Starts the desktop. Returns its exit code."""
    return load()()
