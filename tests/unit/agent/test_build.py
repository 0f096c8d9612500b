"""One file, no dependency, and any Python from 3.8 on."""

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from surefoot.payloads.agent import build
from tests.fakes.run_folder import make_run

SOURCES = sorted(Path(build.__file__).parent.glob("*.py"))
ALLOWED = {"__future__", "surefoot", *sys.stdlib_module_names}
Started = Callable[..., "subprocess.Popen[bytes]"]


def interpreters() -> list[str]:
    """Each minor version of Python that is found here: on the path, or where pyenv keeps them."""
    known = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found: dict[str, str] = {}
    for minor in range(8, 15):
        name = f"python3.{minor}"
        places = [shutil.which(name), *map(str, sorted(known.glob(f"3.{minor}.*/bin/{name}")))]
        for place in places:
            if place and subprocess.run([place, "-c", ""], capture_output=True, check=False).returncode == 0:
                found[name] = place
    return sorted(found.values())


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_module_is_written_in_the_syntax_of_python_3_8(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_module_needs_the_standard_library_alone(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    named = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    assert {name.split(".")[0] for name in named} <= ALLOWED
    ours = {name for name in named if name.startswith("surefoot") and not name.startswith("surefoot.payloads.agent")}
    assert ours <= ({"surefoot.payloads"} if path.name == "build.py" else set()), "packing it is no part of it"


@pytest.mark.parametrize("python", interpreters())
def test_the_agent_runs_on_every_python_found_here(tmp_path: Path, started: Started, python: str) -> None:
    folder = make_run(
        tmp_path / "run",
        """
        import json, os, urllib.request
        out = os.environ["SUREFOOT_OUTPUT"]
        head = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}
        api = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/"
        def ask(verb, **body):
            request = urllib.request.Request(api + verb, json.dumps(body).encode(), head)
            return json.load(urllib.request.urlopen(request))
        run = ask("runs/create", experiment_id="0")["run"]["info"]["run_id"]
        ask("runs/log-metric", run_id=run, key="loss", value=0.25, timestamp=1, step=2)
        files = api.replace("mlflow/", "mlflow-artifacts/artifacts/output/deep/note.txt")
        urllib.request.urlopen(urllib.request.Request(files, b"hello", head, method="PUT"))
        open(out + "/metrics.jsonl", "w").write('{"auc": 0.5}')
        """,
        outputs=["deep/note.txt"],
    )
    with started(folder, python=python) as process:
        assert process.wait(60) == 0
    end = json.loads((folder / "end.json").read_text())
    assert (end["state"], end["points"], end["tracking"]["artifacts"]) == ("finished", 2, ["deep/note.txt"])


def test_the_digest_is_that_of_the_sources(tmp_path: Path) -> None:
    first, second = build.build(tmp_path / "a.pyz"), build.build(tmp_path / "b.pyz")
    assert build.digest() == build.digest()
    assert first.stat().st_size == second.stat().st_size
    assert first.stat().st_size < 1 << 19


@pytest.mark.parametrize("words", [[], ["run"], ["walk", "x"], ["run", "a", "b"]])
def test_words_that_are_off_are_answered_with_the_usage(agent: Path, words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-I", str(agent), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage:")
