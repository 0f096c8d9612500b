"""A screen reader asks for what is gone meanwhile; the program goes on."""

import os
import subprocess
import sys

# In a program of its own, since what Qt does of itself would end the tests.
PROGRAM = """
from PySide6.QtGui import QAccessible
from surefoot_app.__main__ import application
from surefoot_app.widgets.boxes import column, scrolled
from surefoot_app.widgets.text import Text
app = application(["surefoot-app"])
QAccessible.setActive(True)
area = scrolled(column(*(Text(f"Line {at}") for at in range(99))))
area.resize(200, 100)
area.show()
told = QAccessible.queryAccessibleInterface(area)
print(told.child(told.childCount()), told.child(99))
shown = [told.child(at) for at in range(told.childCount())]
print([one.object().objectName() for one in shown if not one.state().invisible])
print(shown[0].child(0).child(98).text(QAccessible.Text.Name))
"""


def test_a_part_that_scrolls_has_no_child_beyond_its_last_and_tells_of_those_it_has() -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False, env=env
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.splitlines() == [
        "None None",
        "['qt_scrollarea_viewport', 'qt_scrollarea_vcontainer']",
        "Line 98",
    ]
