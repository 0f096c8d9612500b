"""`stop`, where the project cannot be opened; `rollback`, where what ran before is stopped."""

import errno
from pathlib import Path
from types import SimpleNamespace

import pytest

from surefoot.cli import deployments
from surefoot.cli.call import Call
from surefoot.deployments.facts import Active, Stopped
from surefoot.errors import Code, GateFailedError
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


def test_who_stopped_what_ran_before_is_told_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        told = {"environment": "local", "release": "credit@1.0.0", "by": "per_a", "at": "2026-02-04"}
        raise GateFailedError(Code.RELEASE_STOPPED, detail="before", **told)

    bench = SimpleNamespace(deployments=SimpleNamespace(rollback=refused), catalog=None)
    monkeypatch.setattr(Call, "workbench", property(lambda _call: bench))
    monkeypatch.setattr(deployments, "names_of", lambda _catalog: {"per_a": "Ada Lovelace"})
    call = Call({"project": str(tmp_path), "environment": "local", "to": None, "reason": ""}, Words())
    with pytest.raises(GateFailedError) as caught:
        deployments.rollback(call)
    assert "credit@1.0.0, was stopped by Ada Lovelace on 2026-02-04, and a stopped" in Words().error(caught.value).what
