"""What the steps of a release have the workbench do, and how the same is said on the command line. No Qt here."""

import shlex
import tempfile
from pathlib import Path

from surefoot.audit.tables import names_of
from surefoot.checks.facts import Result
from surefoot.releases import Anchor, Release, capsule, verify_capsule
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel, Progress
from surefoot_app.releases.drafts import Draft
from surefoot_app.releases.steps import APPROVALS, CHECKS, DATA, SIGN


def propose(bench: Workbench, draft: Draft, words: Words) -> Release:
    """Fixes every file and records the proposal; in the lane of acts.

    Raises:
        SurefootError: as `Releases.draft`.
    """
    return bench.releases.draft(
        draft.run,
        name=draft.name or None,
        version=draft.version or None,
        environments=draft.environments,
        words=Words(words.language),  # what is signed names commands, wherever it is made
        trade_off=draft.trade_off,
    )


def check(bench: Workbench, run: str, kind: str, progress: Progress, cancel: Cancel) -> tuple[Result, ...]:
    """Runs one kind of check on a run's model, or all that can run where none is named."""
    return bench.checks.run(run, [kind] if kind else None, progress=progress, cancel=cancel)


def proved(bench: Workbench, ref: str) -> tuple[str, ...]:
    """Writes a signed release aside and proves it as a stranger would, who knows its fingerprint alone.

    Returns:
        The steps that were proved (`verification.STEPS`).

    Raises:
        InputRefusedError: it does not verify. IncompleteError: it is not signed.
    """
    steps: list[str] = []
    with tempfile.TemporaryDirectory(prefix="surefoot-") as folder:
        made = bench.releases.materialise(ref, Path(folder) / "capsule")
        anchor = Anchor(made.manifest.ws, made.digest, made.manifest.environments[0])
        verify_capsule(Path(folder) / "capsule", anchor, proved=steps.append)
    return tuple(steps)


def names(bench: Workbench) -> dict[str, str]:
    """People's names by their ids."""
    return names_of(bench.catalog)


def card(bench: Workbench, ref: str) -> str:
    """The model card as text."""
    return bench.releases.questions.file(ref, capsule.CARD).decode("utf-8", "replace")


def command(draft: Draft, step: int) -> str:
    """The verb that does on the command line what a step does here."""
    if step == APPROVALS:
        return f"surefoot release approve {draft.release or 'RELEASE'} --reason REASON"
    if step == SIGN:
        return f"surefoot release sign {draft.release or 'RELEASE'}"
    run = shlex.quote(draft.run or "RUN")
    if step in {DATA, CHECKS}:
        return f"surefoot release check {draft.release or run}"
    parts = [f"surefoot release draft {run}"]
    wishes = (("name", draft.name), ("release-version", draft.version), ("trade-off", draft.trade_off.strip()))
    parts += [f"--{name} {shlex.quote(value)}" for name, value in wishes if value]
    parts += [f"--environment {shlex.quote(place)}" for place in draft.environments]
    return " ".join(parts)
