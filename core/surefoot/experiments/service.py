"""The verbs of experiments: a new one from a template or a folder, a list, a change. Starting one is a verb of runs."""

from collections.abc import Callable, Sequence
from pathlib import Path

from surefoot.errors import Code, InputRefusedError, SurefootError
from surefoot.experiments import code, templates
from surefoot.experiments.facts import Listed
from surefoot.experiments.reading import MAX_BYTES
from surefoot.experiments.recipe import read
from surefoot.files import explained, open_plain, write_whole

_SHOWN = 5


class Experiments:
    """The experiments of a project.

    Args:
        project: the project's folder.
        datasets: the names of its data sets.
    """

    def __init__(self, *, project: Path, datasets: Callable[[], Sequence[str]]) -> None:
        self._project = project
        self._datasets = datasets

    def new(self, name: str, *, template: str, dataset: str | None = None) -> tuple[Path, ...]:
        """Writes a recipe and training code that work unedited; returns the files, the recipe first.

        Args:
            name: of the experiment.
            template: one of `templates.names()`.
            dataset: what the recipe learns from; where the project has just one, that one.

        Raises:
            InputRefusedError: the name, the template or the data set is not clear, or a file is in the way.
        """
        if templates.needs_data(template) and dataset is None:
            names = sorted(set(self._datasets()))
            if len(names) != 1:
                shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
                raise InputRefusedError(Code.DATA_CHOICE, count=len(names), names=shown or "–")
            dataset = names[0]
        return templates.write(self._project, name, template=template, dataset=dataset or "")

    def list(self) -> tuple[Listed, ...]:
        """The recipes in `experiments/`, by name; one that cannot be read stands there with the reason.

        Raises:
            InputRefusedError: the folder may not be looked into.
        """
        folder = self._project / "experiments"
        try:
            names = sorted(path.name for path in folder.iterdir() if path.suffix == ".toml") if folder.is_dir() else []
        except PermissionError as error:
            raise InputRefusedError(Code.NO_RIGHT, path=folder) from error
        return tuple(listed(folder / name) for name in names)

    def make(self, name: str, text: str, *, template: str, folder: Path | None = None) -> tuple[Path, ...]:
        """Writes a recipe as it was worked out, and its code; returns the files, the recipe first.

        Args:
            name: of the experiment, as the recipe says it too.
            text: of the recipe.
            template: whose code; `templates.OWN` for that of a folder.
            folder: a folder of code to copy; None, or `train/<name>` itself, where it is there already.

        Raises:
            InputRefusedError: the recipe cannot be read, the code cannot be taken, or a file is in the way.
        """
        read(text.encode(), name=f"experiments/{name}.toml")
        if template != templates.OWN:
            files = templates.code_of(template)
        else:
            is_elsewhere = folder is not None and folder.absolute() != self._project.absolute() / "train" / name
            files = code.taken(folder) if folder is not None and is_elsewhere else {}
        return templates.place(self._project, name, text, code=files)

    def rewrite(self, path: Path, text: str, *, before: str) -> None:
        """Writes a recipe anew.

        Args:
            path: the file.
            text: what is to stand in it.
            before: what stood in it when it was opened.

        Raises:
            InputRefusedError: the recipe cannot be read, or the file says something else by now.
        """
        read(text.encode(), name=path.name)
        if listed(path).text != before:
            raise InputRefusedError(Code.RECIPE_CHANGED, path=path)
        with explained(path):
            write_whole(path, text.encode())


def listed(path: Path) -> Listed:
    """One recipe as it lies there."""
    file = open_plain(path)
    if file is None:
        if path.is_file() and not path.is_symlink():
            return Listed(path, "", error=InputRefusedError(Code.NO_RIGHT, path=path))
        return Listed(path, "", error=InputRefusedError(Code.CODE_LINK, path=path))
    with file:
        data = file.read(MAX_BYTES + 1)
    text = data.decode("utf-8-sig", "replace")
    try:
        return Listed(path, text, recipe=read(data, name=f"experiments/{path.name}"))
    except SurefootError as error:
        return Listed(path, text, error=error)
