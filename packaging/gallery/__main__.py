"""Renders every page in every state of tests/gallery/states.py, and one page that shows them all.

Two schemes, two languages, two sizes. Nothing is compared: the pictures are for eyes.
"""

import argparse
import html
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from surefoot_app import theme
from surefoot_app.__main__ import FEATURES, application
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.window import Window
from tests.fakes.desk import fake_desk
from tests.gallery.states import STATES, Shown

_ROUNDS = 8  # what is filled in once a page is shown finds its place in the second; many lines are drawn in several
MODES: tuple[theme.Mode, ...] = ("light", "dark")
LANGUAGES = ("en", "vi")
SIZES = ((1440, 900), (1280, 800))
TARGET = Path(__file__).resolve().parents[2] / "build" / "gallery"


def framed(desk: Desk, shown: QWidget, room: str) -> Window:
    """A window around a page, as it stands in the real one."""
    window = Window(desk, FEATURES, welcome=lambda _desk: QWidget())
    window._stack.addWidget(shown)  # noqa: SLF001 - the gallery shows pages that no feature builds
    window._stack.setCurrentWidget(shown)  # noqa: SLF001
    window._rail.mark(room)  # noqa: SLF001
    shown.setFocus()  # as the window does
    return window


def picture(app: QApplication, state: Shown, desk: Desk, size: tuple[int, int], path: Path) -> None:
    """Renders one state."""
    shown = state.build(desk)
    stands_alone = state.name == "welcome" or isinstance(shown, QDialog)
    outer = shown if stands_alone else framed(desk, shown, state.room)
    if not isinstance(shown, QDialog):
        outer.resize(*size)
    outer.show()
    for _ in range(_ROUNDS):
        app.processEvents()
    outer.grab().save(str(path))
    outer.close()
    outer.deleteLater()
    app.processEvents()


def rendered(app: QApplication, wanted: str, *, quick: bool) -> Iterator[Path]:
    """All pictures whose state's name holds a word."""
    theme.theme()
    for mode in MODES:
        theme.theme().apply(mode=mode)
        for language in LANGUAGES:
            for size in SIZES[:1] if quick else SIZES:
                for state in STATES:
                    if wanted not in state.name:
                        continue
                    with tempfile.TemporaryDirectory() as folder:
                        desk = fake_desk(None, Path(folder), language=language, is_silent=True)
                        path = TARGET / f"{state.name}-{mode}-{language}-{size[0]}.png"
                        picture(app, state, desk, size, path)
                        desk.session.shut()
                    yield path


def main() -> None:
    """Renders, and writes the index."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", nargs="?", default="", help="a part of the states' names; all of them without it")
    parser.add_argument("--quick", action="store_true", help="the larger size alone")
    options = parser.parse_args()
    TARGET.mkdir(parents=True, exist_ok=True)
    app = application(["gallery"])
    made = list(rendered(app, options.name, quick=options.quick))
    shown = sorted(TARGET.glob("*.png"))
    figures = "\n".join(
        f'<figure><a href="{path.name}"><img loading="lazy" src="{path.name}"></a>'
        f"<figcaption>{html.escape(path.stem)}</figcaption></figure>"
        for path in shown
    )
    style = "body{font:13px sans-serif;display:flex;flex-wrap:wrap;gap:16px}img{width:460px;border:1px solid #999}"
    page = f"<!doctype html><meta charset=utf-8><title>Surefoot</title><style>{style}</style>\n{figures}\n"
    (TARGET / "index.html").write_text(page, encoding="utf-8")
    print(f"{len(made)} pictures; all {len(shown)} in {TARGET / 'index.html'}")


main()
