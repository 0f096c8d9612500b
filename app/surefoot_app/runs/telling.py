"""One run in facts and words, and what is asked of the project to show it. No Qt here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surefoot.errors import IncompleteError
from surefoot.runs.facts import Run
from surefoot.runs.telling import Criterion, criteria, reason
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.formatting import duration, local, size
from surefoot_app.runs.columns import as_number, told
from surefoot_app.widgets.facts import Fact
from surefoot_app.widgets.text import capital

_MOST_OUTPUTS = 50
_LOG = 256 * 1024


@dataclass(frozen=True, slots=True)
class Whole:
    """A run and its curves."""

    run: Run
    curves: Mapping[str, Sequence[tuple[float, float]]]
    criteria: Sequence[Criterion]
    why: str
    checks: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of a log: its text, and the byte to go on from."""

    text: str
    offset: int


def whole(bench: Workbench, ref: str, words: Words) -> Whole:
    """Everything that the page of a run shows but its log."""
    run = bench.runs.show(ref)
    return Whole(run, bench.runs.curves(run.run), criteria(run, words), reason(run, words), _checks(bench, run, words))


def _checks(bench: Workbench, run: Run, words: Words) -> list[tuple[str, str]]:
    """Each check by its name, and the state of its result; empty where it has not run, or there is no model yet."""
    try:
        rows = bench.checks.list(run.run)
    except IncompleteError:
        return []
    return [(words.term("kind", row.kind), row.result.state if row.result else "") for row in rows if row.is_known]


def log(bench: Workbench, ref: str, offset: int) -> Said:
    """What a run has said since, to its end; of a long text the last part."""
    kept, after = b"", offset
    while True:  # a piece at a time
        said, after = bench.runs.log(ref, offset=after)
        if not said:
            return Said(kept.decode("utf-8", "replace"), after)
        kept = (kept + said)[-_LOG:]


def facts(run: Run, words: Words) -> list[Fact]:
    """What is known of a run, as a list of facts; what is not there is left out."""
    copies = words("app.shell.copy")

    def term(name: str) -> str:
        own = f"app.runs.fact_{name}"
        return words(own) if words.has(own) else capital(words.term("fact", name))

    def text(name: str, value: object) -> list[Fact]:
        return [] if value in (None, "") else [Fact(term(name), str(value))]

    def hashed(name: str, value: str | None) -> list[Fact]:
        return [Fact(term(name), value, "hash", copies=copies)] if value else []

    seconds = as_number(run.seconds)
    found = [
        Fact(term("experiment"), run.experiment, "link", ("experiment", run.experiment)),
        *hashed("run", run.run),
        *text("started-at", local(run.started_at, words) if run.started_at else None),
        *text("seconds", None if seconds is None else duration(seconds, words)),
        *text("executor", run.executor),
        *text("seed", run.seed),
        *text("peak-memory", None if run.peak_memory is None else size(run.peak_memory, words)),
        *hashed("commit", run.commit),
        *hashed("code", run.code),
        *hashed("environment", run.found or run.environment),
        *hashed("plan", run.plan),
    ]
    if run.reproduces:
        found.append(Fact(term("reproduces"), run.reproduces, "link", ("run", run.reproduces)))
    for name, one in (run.body.get("data") or {}).items():
        found.append(Fact(name, f"{one['id'][:12]}@{one['number']}", "link", ("dataset", str(one["id"]))))
    found += [Fact(name, told(value, words)) for name, value in run.parameters.items()]
    return found


def outputs(run: Run, words: Words) -> list[Fact]:
    """What a run made: each file by its hash."""
    copies = words("app.shell.copy")
    return [
        Fact(f"{name} · {size(int(one.get('size') or 0), words)}", str(one.get("sha256")), "hash", copies=copies)
        for name, one in list(run.outputs.items())[:_MOST_OUTPUTS]
    ]
