"""`stop`, where the project cannot be opened."""

import errno
from pathlib import Path

import pytest

from surefoot.cli import deployments
from surefoot.cli.call import Call
from surefoot.deployments.facts import Active, Stopped
from surefoot.files import KEPT
from surefoot.texts import Words
from surefoot.workbench import Workbench


def test_a_full_disk_does_not_keep_anybody_from_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / KEPT / "trail").mkdir(parents=True)
    asked = []

    def full(*_: object, **__: object) -> Workbench:
        raise OSError(errno.ENOSPC, "No space left on device")

    def stop(folder: Path, environment: str, **_: object) -> Stopped:
        asked.append((folder, environment))
        active = Active(environment, "act_a", "", "rel_a", "credit", "1.0.0", "ab" * 32, "svc_a")
        return Stopped(active, "0.1", "refuses")

    monkeypatch.setattr(Workbench, "open", full)
    monkeypatch.setattr(deployments, "stop_without_record", stop)
    call = Call({"project": str(tmp_path), "environment": "local", "reason": ""}, Words())
    with pytest.raises(OSError, match="No space"):
        deployments.stop(call)
    assert asked == [(tmp_path, "local")]
    assert "credit" in capsys.readouterr().err
