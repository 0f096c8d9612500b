"""`surefoot notebook …`."""

from dataclasses import asdict
from pathlib import Path

from surefoot.cli.call import Answer, Call
from surefoot.cli.tables import plain
from surefoot.guide import notebooks
from surefoot.guide.notebooks import Finding, telling

_FOUND = 3


def told(finding: Finding, call: Call) -> tuple[str, ...]:
    """Where it is and what, why it matters, what to do."""
    said = telling.told(finding, call.words)
    return (f"✗ {said.place}: {said.what}", f"    {said.why} {said.fix}")


def check(call: Call) -> Answer:
    """Says what makes a notebook a risk in production."""
    with call.patiently("say.cli.leaving") as leave:
        report = notebooks.check(Path(call["file"]), cancel=leave)
    if not report.findings:
        return Answer(asdict(report), (call.words("say.notebook.clean", cells=report.cells),))
    lines = [text for finding in report.findings for text in told(finding, call)]
    count = call.words("say.notebook.found", count=len(report.findings), cells=report.cells, lines=report.lines)
    return Answer(asdict(report), (*lines, count), _FOUND)


def import_(call: Call) -> Answer:
    """Makes an experiment of a notebook."""
    project = call.workbench.project
    with call.patiently("say.cli.leaving") as leave:
        made = notebooks.import_into(project, Path(call["file"]), name=call["name"], cancel=leave)
    shown = [str(path.relative_to(project)) for path in (made.recipe, made.script, made.notebook)]
    lines = [call.words("say.cli.wrote", path=path) for path in shown]
    lines += [call.words("say.notebook.data", place=plain(place)) for place in made.data]
    lines.append(call.words("say.notebook.next", recipe=shown[0], count=len(made.findings)))
    facts = {"files": shown, "parameters": made.parameters, "data": list(made.data)}
    return Answer({**facts, "findings": [asdict(finding) for finding in made.findings]}, tuple(lines))
