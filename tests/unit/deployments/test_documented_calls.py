"""Every call that docs/service.md shows is made, as it stands there, by curl."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from surefoot.payloads.service.serving import Order
from tests.fakes.life import Life, founded, opened

PAGE = (Path(__file__).parents[3] / "docs" / "service.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
LINES = [line for block in BLOCKS[1:] for line in block.splitlines()]
CALLS = [line.rpartition("  # ") for line in LINES if line.startswith("curl ")]


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    first, _ = founded(tmp_path)
    with opened(tmp_path) as made:
        made.deployments.deploy(first)
        yield made
        for process in made.running():
            process.kill()


def test_the_page_shows_every_way_in() -> None:
    shown = " ".join(call for call, _, _ in CALLS)
    for way in ("/predict", "/infer", "/health/live", "/health/ready", "/metrics"):
        assert way in shown
    assert len(LINES) == len(CALLS) + 1, "one line makes the header"


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_every_documented_call_is_answered_as_the_page_says(life: Life, tmp_path: Path) -> None:
    token = life.keeper.places.environment("local").token_file
    surroundings = {"PATH": os.environ["PATH"], "URL": life.active().url, "TOKEN_FILE": str(token)}

    def run(line: str) -> str:
        done = subprocess.run(
            ["sh", "-c", line], cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0, (line, done.stderr)
        return done.stdout

    run(next(line for line in LINES if not line.startswith("curl ")))
    assert (tmp_path / "header").stat().st_mode & 0o077 == 0
    told = {call: run(call.replace("curl ", "curl -o body -w '%{http_code}' ", 1)) for call, _, _ in CALLS}
    assert told == {call: status for call, _, status in CALLS}


def test_the_page_says_how_long_a_stopped_service_goes_on_to_say_why() -> None:
    assert f"503 for {Order.__dataclass_fields__['linger'].default:.0f} seconds" in PAGE
