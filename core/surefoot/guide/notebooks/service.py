"""The verbs of notebooks: check one, import one as an experiment. Nothing of a notebook is ever run here."""

import json
import os
from pathlib import Path
from string import Template
from typing import Any

from surefoot import resources, workers
from surefoot.errors import Code, InputRefusedError
from surefoot.experiments.recipe import refuse_name
from surefoot.files import write_whole
from surefoot.guide.notebooks.drafting import toml_value
from surefoot.guide.notebooks.facts import Draft, Finding, Report
from surefoot.workers import Cancel, Limits, open_input

LIMITS = Limits(memory_bytes=2 * 2**30, cpu_seconds=60, wall_seconds=120.0, file_bytes=0, reply_bytes=2**26)
MOST_BYTES = 64 * 2**20
_TASK = "surefoot.guide.notebooks.reading_task:read"
_SCRIPT = "train.py"


def check(source: Path, *, cancel: Cancel | None = None) -> Report:
    """Looks for what makes a notebook a risk in production.

    Raises:
        InputRefusedError: it is no notebook of Python that can be read. CancelledError: `cancel` said so.
    """
    read = _read(source, cancel)
    return Report(read["cells"], read["lines"], _findings(read))


def import_into(project: Path, source: Path, *, name: str, cancel: Cancel | None = None) -> Draft:
    """Makes an experiment of a notebook: a script, a recipe with its parameters, and the notebook kept as a note.

    Args:
        project: the project's folder.
        source: the notebook; it stays as it is.
        name: of the experiment.
        cancel: asked whether to stop.

    Raises:
        InputRefusedError: as `check`, the name cannot be, or one of the files exists already.
        CancelledError: `cancel` said so.
    """
    refuse_name(name)
    recipe, code, note = project / "experiments" / f"{name}.toml", project / "train" / name, project / "notes"
    kept = note / f"{name}.ipynb"
    for path in (recipe, code, kept):
        if os.path.lexists(path):
            raise InputRefusedError(Code.EXPERIMENT_EXISTS, path=path)
    read = _read(source, cancel)
    written: list[Path] = []
    try:
        for path, data in (
            (kept, source.read_bytes()),
            (code / _SCRIPT, read["script"].encode()),
            (recipe, _recipe(name, read)),
        ):
            write_whole(path, data)
            written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return Draft(recipe, code / _SCRIPT, kept, read["parameters"], tuple(read["data"]), _findings(read))


def _read(source: Path, cancel: Cancel | None) -> dict[str, Any]:
    handle = open_input(source)
    try:
        if os.fstat(handle).st_size > MOST_BYTES:
            raise InputRefusedError(Code.NOTEBOOK_UNREADABLE, path=source.name, detail="large")
        request = {"name": source.name, "head": _text("head.py").substitute(notebook=json.dumps(source.name))}
        return workers.run(_TASK, request, limits=LIMITS, files={"notebook": handle}, cancel=cancel)
    finally:
        os.close(handle)


def _findings(read: dict[str, Any]) -> tuple[Finding, ...]:
    return tuple(Finding(**each) for each in read["findings"])


def _recipe(name: str, read: dict[str, Any]) -> bytes:
    parameters = "\n".join(f"{key} = {toml_value(value)}" for key, value in read["parameters"].items())
    data = "\n".join(f"# {json.dumps(place, ensure_ascii=False)}" for place in read["data"])
    return _text("recipe.toml.txt").substitute(name=name, parameters=parameters, data=data).encode()


def _text(file: str) -> Template:
    return Template(resources.path("templates", "notebook", file).read_text(encoding="utf-8"))
