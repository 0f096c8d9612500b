"""What every test stands on."""

import signal

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-pictures", action="store_true", help="keeps how parts of the desktop look now (tests/golden/pictures)"
    )


def pytest_configure() -> None:
    """Hears Ctrl-C, as in a terminal: what a shell runs in its background is deaf to it, and so are its children."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
