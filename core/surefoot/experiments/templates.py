"""A new experiment from a template: a recipe and training code that work unedited and belong to the user.

A template is a folder of `resources/templates` with a `recipe.toml`; everything beside it is training code. Nothing
that exists is ever overwritten; when a file cannot be written, those written before it are taken away again.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from surefoot import resources
from surefoot.errors import Code, InputRefusedError
from surefoot.experiments.recipe import refuse_name
from surefoot.files import explained

RECIPE = "recipe.toml"
OWN = ""
"""Stands for no template: the code comes from a folder of the user's own."""
_OWN_TEXT = ("templates", "folder", "recipe.toml.txt")


def names() -> tuple[str, ...]:
    """The templates there are."""
    return tuple(sorted(path.parent.name for path in resources.folder().glob(f"templates/*/{RECIPE}")))


def needs_data(template: str) -> bool:
    """Whether a template's recipe asks for a data set."""
    return "@DATASET@" in _recipe_text(template)


def write(project: Path, name: str, *, template: str, dataset: str = "") -> tuple[Path, ...]:
    """Writes the recipe to `experiments/<name>.toml` and the code to `train/<name>/`.

    Args:
        project: the project's folder.
        name: of the experiment, its recipe and its folder of code.
        template: one of `names()`.
        dataset: which data set the recipe names, where the template wants one.

    Returns:
        The written files, the recipe first.

    Raises:
        InputRefusedError: there is no such template, the name cannot be, or one of the files exists already.
    """
    return place(project, name, text(template, name=name, dataset=dataset), code=code_of(template))


def text(template: str, *, name: str, dataset: str = "") -> str:
    """The recipe of a template, or of no template (`OWN`), for an experiment of a name.

    Raises:
        InputRefusedError: there is no such template.
    """
    written = _recipe_text(template)
    for mark, value in (("@NAME@", name), ("@DATASET@", dataset)):
        # What JSON escapes in a text, TOML escapes in the same way.
        written = written.replace(mark, json.dumps(value, ensure_ascii=False)[1:-1])
    return written


def code_of(template: str) -> dict[str, tuple[bytes, int]]:
    """The training code of a template: each file's name, its bytes and its mode."""
    return {
        source.name: (source.read_bytes(), source.stat().st_mode & 0o755 | 0o644)
        for source in sorted(resources.path("templates", template).iterdir())
        if source.is_file() and source.name != RECIPE
    }


def place(project: Path, name: str, recipe: str, *, code: Mapping[str, tuple[bytes, int]]) -> tuple[Path, ...]:
    """Writes a recipe and the files of its code where nothing is; returns the files, the recipe first.

    Raises:
        InputRefusedError: the name cannot be, or one of the files exists already.
    """
    refuse_name(name)
    folder = project / "train" / name
    files = {project / "experiments" / f"{name}.toml": (recipe.encode(), 0o644)}
    files |= {folder / file: content for file, content in code.items()}
    for path in (*files, *([folder] if code else [])):
        if path.is_symlink() or path.exists():
            raise InputRefusedError(Code.EXPERIMENT_EXISTS, path=path)
    _write_all(files)
    return tuple(files)


def _recipe_text(template: str) -> str:
    if template == OWN:
        return resources.path(*_OWN_TEXT).read_text(encoding="utf-8")
    if template not in names():
        raise InputRefusedError(Code.TEMPLATE_UNKNOWN, name=template, known=", ".join(names()))
    return resources.path("templates", template, RECIPE).read_text(encoding="utf-8")


def _write_all(files: dict[Path, tuple[bytes, int]]) -> None:
    written: list[Path] = []
    try:
        for path, (data, mode) in files.items():
            with explained(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    written.append(path)
                    file.write(data)
                path.chmod(mode)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
