"""The verb of experiments: a new one from a template. Starting one is a verb of runs."""

from collections.abc import Callable, Sequence
from pathlib import Path

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments import templates

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
