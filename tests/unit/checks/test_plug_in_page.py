"""The plug-in that docs/checks.md shows, word for word, installed in an environment of its own and run there."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import numpy as np

from tests.fakes.credit import made_rows
from tests.fakes.models import tiny_answers

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
PROGRAM = """
import json, sys
from dataclasses import replace
from pathlib import Path
from surefoot.checks import plugins, rules
from surefoot.workers import quiet
from tests.fakes.credit import made_case, made_rows

check = plugins.discover()["yes-rate"]
case = replace(made_case(Path(sys.argv[1]), made_rows(400)), settings=plugins.settings(check, {"most": 300}))
finding = rules.complete(check, check.measure(case, progress=quiet, cancel=None), ())
(judged,) = rules.judge(finding, ())
print(json.dumps([judged.measure.figure, judged.measure.smallest, judged.state]))
"""


def installed(folder: Path) -> Path:
    """An environment with what is installed here and the page's plug-in; returns its interpreter."""
    venv.create(folder, symlinks=True)
    site = next(folder.glob("lib/python*/site-packages"))
    places = [sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"], str(ROOT / "core")]
    (site / "here.pth").write_text("\n".join(places), encoding="utf-8")
    shown = re.findall(r"```python\n(.*?)```", PAGE[PAGE.index("## A check of your own") :], re.DOTALL)
    (site / "my_checks").mkdir()
    for text in shown:
        name = re.match(r'"""my_checks/(\w+\.py):', text)
        assert name is not None
        (site / "my_checks" / name[1]).write_text(text, encoding="utf-8")
    (settings,) = re.findall(r"```toml\n(# pyproject\.toml of the plug-in.*?)```", PAGE, re.DOTALL)
    ((group, points),) = tomllib.loads(settings)["project"]["entry-points"].items()
    about = site / "my_checks-1.0.dist-info"  # what an installer makes of the same pyproject.toml
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my-checks\nVersion: 1.0\n", encoding="utf-8")
    lines = "".join(f"{name} = {place}\n" for name, place in points.items())
    (about / "entry_points.txt").write_text(f"[{group}]\n{lines}", encoding="utf-8")
    return folder / "bin" / "python"


def test_the_plug_in_of_the_page_is_found_and_measures_in_a_worker(tmp_path: Path) -> None:
    python = installed(tmp_path / "environment")
    (tmp_path / "case").mkdir()
    done = subprocess.run(
        [str(python), "-c", PROGRAM, str(tmp_path / "case")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    figure, rows, state = json.loads(done.stdout)
    table = made_rows(400).head(300)
    yes = np.asarray(tiny_answers(table["amount"].to_list(), table["job"].to_list())) > 0.5
    assert (float(figure), rows, state) == (yes.mean(), 300, "passed")
    assert "my_checks" not in sys.modules
