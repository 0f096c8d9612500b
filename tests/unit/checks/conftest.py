"""The German Credit sample with models trained once for all tests of a file's worker."""

from pathlib import Path

import pytest

from tests.fakes import credit


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample laid out, with the models `fair`, `all` and `forest`."""
    folder = tmp_path_factory.mktemp("credit") / "sample"
    credit.lay_out(folder)
    for name, parameters in (("fair", credit.FAIR), ("all", credit.EVERYTHING), ("forest", credit.FOREST)):
        credit.train(folder, name, parameters)
    return folder
