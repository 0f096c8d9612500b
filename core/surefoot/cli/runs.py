"""`surefoot run …`."""

import codecs
import time
from collections.abc import Sequence
from dataclasses import asdict

from surefoot.audit.tables import names_of
from surefoot.cli.call import Answer, Call
from surefoot.cli.tables import aligned, plain
from surefoot.errors import CancelledError, Code, UsageError
from surefoot.runs import telling
from surefoot.runs.facts import Difference, Run
from surefoot.workers.facts import Cancel

_EXITS = {"finished": 0, "interrupted": 4, "cancelled": 130}
_FAILED = 3
_LOOK = 0.2
_NAMED = 3
_TWO = 2
_LEFT_OUT = "left out: "
_MOST_LEFT_OUT = 20


def ended(runs: Sequence[str], call: Call, leave: Cancel) -> Sequence[Run]:
    """Waits for runs.

    Raises:
        CancelledError: the user does not wait any longer; the runs go on, and the error says so.
    """
    try:
        return call.workbench.runs.wait(runs, progress=call.progress, cancel=leave)
    except CancelledError as error:
        raise _still_going(runs) from error


def _still_going(runs: Sequence[str]) -> CancelledError:
    more = len(runs) - _NAMED
    named = " ".join(runs[:_NAMED]) + (f" … (+{more})" if more > 0 else "")
    return CancelledError(Code.STILL_GOING, runs=named, run=runs[0])


def exit_of(runs: Sequence[Run]) -> int:
    """The exit code of runs that were waited for: the worst of them."""
    return max((_EXITS.get(run.state, _FAILED) or (_FAILED if run.meets is False else 0) for run in runs), default=0)


def about(run: Run) -> dict[str, object]:
    """What `--json` says of a run in a list."""
    # The last value is what the table shows, filters compare and the verdict judges; a best step would flatter.
    figures = {name: each.get("last") for name, each in run.metrics.items()}
    return {
        "run": run.run,
        "name": run.name,
        "state": run.state,
        "meets": run.meets,
        "why": run.why,
        "detail": run.detail,
        "exit_code": run.exit_code,
        "seconds": run.seconds,
        "requested_at": run.requested_at,
        "metrics": figures,
        "parameters": dict(run.parameters),
    }


def reason(run: Run, call: Call) -> str:
    """Why a run ended without success, in words; empty where there is nothing to say."""
    return telling.reason(run, call.words)


def line(run: Run, call: Call) -> str:
    """A run in a sentence."""
    verdict = "" if run.meets is None else call.words("say.cli.meets" if run.meets else "say.cli.fails")
    return call.words(
        "say.cli.run",
        run=run.run,
        experiment=plain(run.experiment),
        number=run.number,
        state=call.words.term("run-state", run.state),
        verdict=verdict,
    )


def missed(run: Run, call: Call) -> tuple[str, ...]:
    """The criteria that a run does not meet, one a line."""
    return tuple(f"  ✗ {one.metric} {one.text}" for one in telling.criteria(run, call.words) if not one.is_met)


def left_out(runs: Sequence[Run], call: Call) -> tuple[str, ...]:
    """What the scripts say they learned nothing from, as the templates do: lines `left out: name (why)` in the log."""
    said = (call.workbench.runs.log(run.run)[0].decode("utf-8", "replace") for run in runs)
    found = dict.fromkeys(text for log in said for text in log.splitlines() if text.startswith(_LEFT_OUT))
    return tuple(plain(text.removeprefix(_LEFT_OUT)) for text in found)


def told_left_out(names: Sequence[str], call: Call) -> tuple[str, ...]:
    """The same in a sentence, if there is something to say."""
    more = f", … (+{len(names) - _MOST_LEFT_OUT})" if len(names) > _MOST_LEFT_OUT else ""
    return (call.words("say.cli.left_out", names=", ".join(names[:_MOST_LEFT_OUT]) + more),) if names else ()


def listed(runs: Sequence[Run], call: Call) -> tuple[str, ...]:
    """Runs as a table, with the metrics that most of them have."""
    counts: dict[str, int] = {}
    for run in runs:
        for name in run.metrics:
            counts[name] = counts.get(name, 0) + 1
    shown = sorted(counts, key=lambda name: (-counts[name], name))[:4]
    whys = [reason(run, call) for run in runs]
    heads = ("run", "experiment", "state", "verdict", "seconds")
    head = [call.words(f"say.cli.head.{name}") for name in heads] + [plain(name) for name in shown]
    head += [call.words("say.cli.head.why")] if any(whys) else []
    rows = [
        (
            run.run,
            run.name,
            call.words.term("run-state", run.state),
            {True: "✓", False: "✗", None: "–"}[run.meets],
            "–" if run.seconds is None else f"{run.seconds:.1f}",
            *(str(run.metrics.get(name, {}).get("last", "–"))[:8] for name in shown),
            *((why,) if any(whys) else ()),
        )
        for run, why in zip(runs, whys, strict=True)
    ]
    return aligned(head, rows, right=range(4, 5 + len(shown)))


def list_(call: Call) -> Answer:
    """Lists runs."""
    where = call["where"] or ""
    found = call.workbench.runs.list(where=where, sort=call["sort"] or "", limit=call["limit"])
    nothing = call.words("say.project.no_match" if where else "say.project.no_rows")
    lines = listed(found, call) if found else (nothing,)
    return Answer({"runs": [about(run) for run in found]}, lines)


def show(call: Call) -> Answer:
    """Shows one run."""
    run = call.workbench.runs.show(call["run"])
    # Without a commit there is nothing that the code could differ from.
    hidden = {
        *(() if run.commit else ("dirty",)),
        "body",
        "metrics",
        "outputs",
        "parameters",
        "host",
        "verdict",
        "tracking",
        "cause",
    }
    term = call.words.term
    told = {**asdict(run), "requested_by": names_of(call.workbench.catalog).get(run.requested_by, run.requested_by)}
    facts = [
        (term("fact", name), term("run-state" if name == "state" else "truth", value))
        for name, value in told.items()
        if name not in hidden and value not in (None, (), [], {})
    ]
    facts += [(f"{term('fact', 'parameter')} {name}", str(value)) for name, value in run.parameters.items()]
    facts += [(f"{term('fact', 'metric')} {name}", str(each.get("last"))) for name, each in run.metrics.items()]
    facts += [
        (f"{term('fact', 'output')} {name}", str(each.get("sha256", "–"))[:8]) for name, each in run.outputs.items()
    ]
    facts += [(f"{term('fact', 'criterion')} {one.metric}", one.text) for one in telling.criteria(run, call.words)]
    lines = aligned((call.words("say.cli.head.what"), ""), facts)
    why = reason(run, call)
    ended = (why, call.words("say.cli.read_log", run=run.run)) if why else ()
    return Answer(asdict(run), (line(run, call), *ended, *told_left_out(left_out([run], call), call), "", *lines[1:]))


def log(call: Call) -> Answer:
    """Prints what a run wrote; with --follow until it ends."""
    runs, offset = call.workbench.runs, 0
    run = runs.show(call["run"])
    kept: list[str] = []
    say = kept.append if call["json"] else call.say
    # A piece may end inside a letter of several bytes; the rest of it comes with the next one.
    letters = codecs.getincrementaldecoder("utf-8")("replace")
    try:
        while True:
            has_ended = runs.show(run.run).has_ended
            said, offset = runs.log(run.run, offset=offset)
            is_last = not said and (has_ended or not call["follow"])
            say(letters.decode(said, final=is_last))
            if is_last:
                return Answer({"bytes": offset, "text": "".join(kept)})
            if not said:
                time.sleep(_LOOK)
    except KeyboardInterrupt as error:
        raise CancelledError(Code.CANCELLED) if run.has_ended else _still_going([run.run]) from error


def compare(call: Call) -> Answer:
    """Shows where runs differ.

    Raises:
        UsageError: one run alone was named.
    """
    runs = call.workbench.runs
    if len(call["runs"]) < _TWO:
        raise UsageError(Code.USAGE, detail=call.words("say.usage.one_run"), verb="run compare ")
    found = runs.compare(call["runs"], everything=call["all"])
    head = [call.words("say.cli.head.what"), call.words("say.cli.head.name"), *call["runs"]]
    rows = [
        (call.words.term("difference", each.kind), telling.named(each, call.words), *_values(each, call))
        for each in found
    ]
    lines = aligned(head, rows) if rows else ()
    return Answer({"differences": [asdict(each) for each in found]}, lines or (call.words("say.cli.same"),))


def _values(difference: Difference, call: Call) -> list[str | None]:
    if difference.kind == "data":
        return [None if value is None else _version(value, call) for value in difference.values]
    if difference.kind not in {"setting", "verdict"}:
        return list(difference.values)
    vocabulary = "run-state" if difference.name == "state" else "truth"
    return [None if value is None else call.words.term(vocabulary, value) for value in difference.values]


def _version(value: str, call: Call) -> str:
    """A dataset's version as people call it; a difference names it by its id."""
    named, _, digest = value.partition(" ")
    dataset, _, number = named.partition("@")
    name = next((each.name for each in call.workbench.datasets.list() if each.id == dataset), dataset)
    return f"{plain(name)}@{number} {digest[:8]}"


def cancel(call: Call) -> Answer:
    """Stops a run."""
    with call.patiently("say.cli.leaving") as leave:
        run = call.workbench.runs.cancel(call["run"], leave=leave)
    return Answer(about(run), (line(run, call),))


def reproduce(call: Call) -> Answer:
    """Runs it again from the record alone and compares the figures."""
    runs = call.acting.runs
    with call.patiently("say.cli.leaving") as leave:
        started = runs.reproduce(call["run"], progress=call.progress, cancel=leave)
        again = ended(started.runs, call, leave)[0]
    found = runs.agreement(again.run)
    head = [call.words(f"say.cli.head.{name}") for name in ("what", "name")] + [found.first, found.second, ""]
    term = call.words.term
    rows = [
        (term("difference", e.kind), e.name, e.first, e.second, term("agreement", e.agreement)) for e in found.compared
    ]
    lines = aligned(head, rows)
    overall = term("agreement", found.overall)
    told = call.words("say.cli.agreement", run=found.second, first=found.first, overall=overall)
    agrees = found.overall in {"exact", "within tolerance"} and again.state == "finished"
    return Answer(asdict(found), (told, "", *lines), 0 if agrees else _FAILED)
