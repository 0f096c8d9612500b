"""`surefoot release export` and `surefoot release verify`: a capsule that leaves, and is proved where it arrives."""

import re
import shlex
from pathlib import Path

from surefoot.cli.call import Answer, Call
from surefoot.cli.tables import plain
from surefoot.errors import Code, IncompleteError, InputRefusedError, UsageError
from surefoot.files import write_whole
from surefoot.releases import Anchor, verify_capsule
from surefoot.releases.verification import STEPS

_BROKEN = 7
_DIGEST = re.compile("[0-9a-f]{64}")


def export(call: Call) -> Answer:
    """Writes a signed release's capsule into a new folder, and says how to verify it elsewhere.

    Raises:
        InputRefusedError: the place is taken, by the folder or by the file beside it; nothing is written then.
    """
    folder = Path(call["capsule"]).absolute()
    beside = folder.with_name(f"{folder.name}.spdx.json")
    spdx = call.workbench.releases.questions.spdx(call["release"]) if call["spdx"] else None
    if spdx is not None and (beside.exists() or beside.is_symlink()):
        raise InputRefusedError(Code.FOLDER_TAKEN, folder=beside)
    made = call.workbench.releases.materialise(call["release"], folder)
    if spdx is not None:
        write_whole(beside, spdx)
    manifest = made.manifest
    said = {"anchor": manifest.ws, "release": made.digest, "environment": manifest.environments[0]}
    options = " ".join(f"--{name} {value}" for name, value in said.items())
    size = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
    about = {"name": manifest.name, "version": manifest.version, "path": str(folder)}
    lines = (
        call.words("say.carrying.written", **{name: plain(value) for name, value in about.items()}),
        call.words("say.carrying.how"),
        f"    surefoot release verify {shlex.quote(folder.name)} {options}",
    )
    data = {**said, **about, "bytes": size, "spdx": None if spdx is None else str(beside)}
    told = () if spdx is None else (call.words("say.carrying.spdx", path=plain(str(beside))),)
    return Answer(data, (*lines, *told))


def verify(call: Call) -> Answer:
    """Verifies a capsule by what its reader knows of it from elsewhere; needs no project and no network.

    Raises:
        UsageError: workspace or digest are none; a slip of the pen says nothing about the capsule.
        IncompleteError: there is no such folder.
    """
    for name in ("anchor", "digest"):
        if not _DIGEST.fullmatch(call[name]):
            raise UsageError(Code.USAGE, detail=call.words(f"say.usage.{name}"), verb="release verify ")
    folder = Path(call["capsule"]).absolute()
    if not folder.exists():
        raise IncompleteError(Code.FILE_MISSING, path=folder)
    proved: list[str] = []
    try:
        verify_capsule(folder, Anchor(call["anchor"], call["digest"], call["place"]), proved=proved.append)
    except InputRefusedError as problem:
        return _broken(problem, proved, call)
    lines = (*_steps(proved, call), call.words("say.carrying.sound", environment=plain(call["place"])))
    return Answer({"verdict": "pass", "proved": proved}, lines)


def _steps(proved: list[str], call: Call) -> tuple[str, ...]:
    return tuple(f"✓ {call.words(f'say.carrying.step.{step}')}" for step in proved)


def _broken(problem: InputRefusedError, proved: list[str], call: Call) -> Answer:
    """What held, at which step it ended, and why."""
    told, failed = call.words.error(problem), STEPS[len(proved)]
    values = {name: str(value) for name, value in problem.values.items()}
    lines = (
        *_steps(proved, call),
        f"✗ {call.words(f'say.carrying.step.{failed}')}",
        f"    {told.what} ({told.code})",
        call.words("say.carrying.broken"),
    )
    why = {"code": told.code, "what": told.what, "values": values}
    return Answer({"verdict": "fail", "proved": proved, "failed": failed, "problem": why}, lines, _BROKEN)
