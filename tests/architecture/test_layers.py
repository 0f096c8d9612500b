"""The library runs where there is no screen, and the light parts stay light."""

import ast
import os
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(path.parent.name for path in ROOT.glob("core/surefoot/*/__init__.py"))

WITHOUT_QT = """
import importlib, pkgutil, sys
sys.modules["PySide6"] = None
sys.modules["pyqtgraph"] = None
import surefoot
for module in pkgutil.walk_packages(surefoot.__path__, "surefoot."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print("all")
"""


def test_the_whole_library_imports_without_qt() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_QT], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "all", done.stderr[-3000:]


HEAVY = ("pandas", "pyarrow", "sklearn", "scipy", "mlflow", "torch", "shap", "art", "fairlearn", "skl2onnx")


def test_the_library_imports_nothing_that_takes_seconds() -> None:
    """Nor does it import what does: a worker loads its task by name (`…_task:function`), and nobody else does."""
    program = (
        WITHOUT_QT.replace('"__main__")', '("__main__", "_task"))')
        + f"\nprint(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[1] == "[]"


HELP = """
import sys
from surefoot.cli.__main__ import _parser
from surefoot.texts import Words
_parser(Words("vi"))
"""


@pytest.mark.parametrize("heavy", ["duckdb", "polars", "numpy", "onnx", "cryptography", "surefoot.workbench"])
def test_help_loads_none_of_the_engines(heavy: str) -> None:
    program = f"{HELP}print({heavy!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


LATER = (
    "polars", "packaging", "http.client", "surefoot.executors.local", "surefoot.runs.supervisor",
    "surefoot.audit.service", "surefoot.checks.service", "surefoot.datasets.service", "surefoot.deployments.service",
    "surefoot.models.service", "surefoot.releases.service", "surefoot.runs.service",
)  # fmt: skip


@pytest.mark.parametrize("module", LATER)
def test_a_verb_loads_no_room_that_it_does_not_use(module: str) -> None:
    program = f"import sys, surefoot.workbench, surefoot.cli.call; print({module!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


RUNS = """
import sys
from pathlib import Path
from surefoot.workbench import Workbench
with Workbench.create(Path(sys.argv[1]), name="credit", person="Ada", passphrase="a long passphrase of ours") as bench:
    print(len(bench.runs.list()))
print(*[name for name in ("surefoot.payloads", "surefoot.datasets.service") if name in sys.modules])
"""


def test_a_list_of_runs_loads_neither_the_agent_nor_the_room_of_datasets(tmp_path: Path) -> None:
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    command = [sys.executable, "-c", RUNS, str(tmp_path / "credit")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    assert done.stdout == "0\n\n"


@pytest.mark.parametrize("heavy", ["numpy", "polars", "onnx"])
def test_the_checks_are_found_without_what_they_measure_with(heavy: str) -> None:
    program = f"import sys; from surefoot.checks.plugins import discover; discover(); print({heavy!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


EXPORTS = """
import importlib, pkgutil, surefoot
for room in pkgutil.iter_modules(surefoot.__path__, "surefoot."):
    module = importlib.import_module(room.name)
    for name in getattr(module, "__all__", ()):
        getattr(module, name)
    assert not hasattr(module, "nothing_of_this_name")
print("all")
"""


def test_every_name_that_a_room_offers_is_there() -> None:
    done = subprocess.run([sys.executable, "-c", EXPORTS], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "all", done.stderr[-3000:]


def test_what_payloads_may_not_import_is_all_the_rest() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (one for one in settings["tool"]["importlinter"]["contracts"] if one["name"].startswith("Payloads"))
    rest = {one.name for one in pkgutil.iter_modules([str(ROOT / "core" / "surefoot")], "surefoot.")}
    assert set(contract["forbidden_modules"]) == rest - {"surefoot.payloads"}


def test_every_room_stands_in_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [room for room in ROOMS if f"`{room}/`" not in page] == []


# What Qt calls: its names are camelCase, and these.
QT_NAMES = frozenset({"data", "paint", "pixmap", "clone"})


@pytest.mark.parametrize("path", sorted(ROOT.glob("app/surefoot_app/**/*.py")), ids=lambda path: path.stem)
def test_a_public_method_of_the_desktop_says_what_it_does_unless_it_is_qt_s(path: Path) -> None:
    classes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ClassDef)]
    methods = [
        (node.name, method)
        for node in classes
        if not node.name.startswith("_")
        for method in node.body
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_") and method.name.islower()
    ]
    silent = [
        f"{name}.{method.name}"
        for name, method in methods
        if method.name not in QT_NAMES
        and ast.get_docstring(method) is None
        and not any(ast.unparse(each).endswith(".setter") for each in method.decorator_list)
    ]
    assert silent == []


def test_a_painter_ends_with_what_it_paints() -> None:
    # One that is left to the garbage is active until then, and Qt ends the program when it paints the widget again.
    paths = sorted(ROOT.glob("app/surefoot_app/**/*.py"))
    assert [path.stem for path in paths if "= QPainter(" in path.read_text(encoding="utf-8")] == []
