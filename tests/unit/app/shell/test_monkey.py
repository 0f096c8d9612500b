"""A short walk over the real window; `packaging/monkey.sh` walks for as long as one likes."""

from pathlib import Path

import pytest

from tests.unit.app.walks import project, walk

_HELD = 3.0  # seconds: other tests have the processors too, so that only what hangs is found here


@pytest.mark.slow
def test_whatever_a_hand_does_nothing_breaks(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    with project(tmp_path) as made:
        for seed in (1, 2):
            monkey = walk(made, seed, steps=120, seconds=12, held=_HELD)
            assert monkey.faults == [], f"seed {seed}\n{monkey.told()}"
