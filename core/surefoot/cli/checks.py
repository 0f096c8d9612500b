"""`surefoot check …`."""

import sys
from dataclasses import asdict

from surefoot.checks import rules
from surefoot.checks.facts import Result, Row
from surefoot.checks.telling import UNLIMITED, tell
from surefoot.cli.call import Answer, Call
from surefoot.workers.facts import Cancel

_MARKS = {"passed": "✓", "close": "!", "failed": "✗", "undetermined": "?", UNLIMITED: "·"}
_FAILED = 3


def _lines(result: Result, call: Call) -> tuple[str, ...]:
    told = tell(result, call.words)
    first = call.words("say.cli.check", mark=_MARKS[told.state], sentence=told.sentence)
    aside = [told.origin] if told.origin else []
    return first, *(f"    {text}" for text in (*told.beside, *aside, told.cannot_show))


def _not_run(row: Row, run: str, call: Call) -> str:
    """Why a check has no result, and what runs it."""
    kind = call.words.term("kind", row.kind)
    if row.lacking:
        return call.words("say.cli.lacking", kind=kind, modules=", ".join(row.lacking), python=sys.executable)
    where = f"say.checks.{row.kind}.runs_where"
    if call.words.has(where):
        return call.words("say.cli.not_run_where", kind=kind, where=call.words(where))
    return call.words("say.cli.not_run", kind=kind, name=row.kind, run=run)


def run(call: Call) -> Answer:
    """Lets the gate judge a run's model, then checks it."""
    with call.patiently("say.cli.leaving") as leave:
        return _checked(call, leave)


def _checked(call: Call, leave: Cancel) -> Answer:
    bench = call.acting
    made = bench.runs.show(call["run"]).run
    model = bench.models.accept(made, progress=call.progress, cancel=leave)
    if not model.is_accepted:
        told = (call.words.told(f"say.models.reason.{reason.key}", **reason.values) for reason in model.reasons)
        refused = tuple(call.words("say.cli.model_refused", reason=text) for text in told)
        return Answer({"model": asdict(model)}, refused, _FAILED)
    results = bench.checks.run(made, call["kind"] or None, progress=call.progress, cancel=leave)
    lines = [call.words("say.cli.model_accepted", model=model.sha256[:8])]
    for result in results:
        lines += _lines(result, call)
    ran = {result.kind for result in results}
    left_out = [row for row in bench.checks.list(model.id) if row.is_known and row.kind not in ran]
    lines += [_not_run(row, made, call) for row in left_out if not call["kind"]]
    # What was named was asked for; of the others, only what somebody had required is a no.
    required = bench.checks.required().union(call["kind"])
    stopping = {result.kind for result in results if rules.stops(result, required)}
    findings = [r.kind for r in results if not rules.is_well(r.state) and r.kind not in stopping]
    for key, kinds in (("check_stops", sorted(stopping)), ("check_findings", findings)):
        if kinds:
            lines.append(call.words(f"say.cli.{key}", kinds=", ".join(call.words.term("kind", kind) for kind in kinds)))
    checked = [{**asdict(result), "stops": result.kind in stopping} for result in results]
    return Answer({"model": model.id, "checks": checked}, tuple(lines), _FAILED if stopping else 0)


def list_(call: Call) -> Answer:
    """Lists what was checked, what was not."""
    bench = call.workbench
    given = call["run"]
    rows = bench.checks.list(bench.runs.show(given).run if given and not given.startswith("mod_") else given)
    lines: list[str] = []
    run = bench.models.show(rows[0].model).run if rows else ""
    for row in rows:
        if row.result is None:
            lines.append(_not_run(row, run, call))
        else:
            lines += _lines(row.result, call)
    told = [
        {"kind": row.kind, "result": row.result and asdict(row.result), "lacking": list(row.lacking)} for row in rows
    ]
    return Answer({"checks": told}, tuple(lines) or (call.words("say.project.no_rows"),))
