"""`surefoot score`."""

from pathlib import Path

from surefoot.cli.call import Answer, Call
from surefoot.cli.tables import plain
from surefoot.deployments.facts import DEFAULT_ENVIRONMENT
from surefoot.deployments.scoring import Wish, beside


def score(call: Call) -> Answer:
    """Scores every row of a file by a release that may run."""
    scoring, source = call.acting.deployments.scoring, Path(call["file"]).absolute()
    wish = Wish(
        source=source,
        target=Path(call["output"]).absolute() if call["output"] else beside(source),
        environment=call["environment"] or DEFAULT_ENVIRONMENT,
        ref=call["release"],
        keep=tuple(dict.fromkeys(call["keep"])),
    )
    with call.patiently("say.cli.leaving") as leave:
        scored = scoring.score(wish, progress=call.progress, cancel=leave)
    release = scored.release
    data = {
        "release": release.id,
        "name": release.name,
        "version": release.version,
        "digest": release.digest,
        "environment": wish.environment,
        "path": str(scored.target),
        "rows": scored.rows,
        "refused": scored.refused,
        "source_sha256": scored.source_sha256,
        "sha256": scored.sha256,
        "leaf": scored.leaf,
    }
    shown = {"name": plain(release.name), "version": release.version, "path": plain(str(scored.target))}
    lines = [call.words("say.cli.scored", rows=call.words.count(scored.rows), **shown)]
    if scored.refused:
        told = call.words("say.cli.scored_refused", refused=call.words.count(scored.refused))
        lines.append(call.words("say.cli.warning", text=told))
    return Answer(data, tuple(lines))
