"""`surefoot audit …`."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from surefoot.audit import report
from surefoot.audit.facts import Explanation
from surefoot.cli.call import Answer, Call
from surefoot.cli.tables import plain
from surefoot.errors import Code, IncompleteError, UsageError
from surefoot.texts import printable
from surefoot.trail import Verdict
from surefoot.trail.report import Weight
from surefoot.workbench import verify_folder

_BROKEN, _INCOMPLETE = 7, 9
_WORKSPACE = re.compile("[0-9a-f]{64}")
_EXITS = {Verdict.FAIL: _BROKEN, Verdict.INCOMPLETE: _INCOMPLETE}


def verify(call: Call) -> Answer:
    """Verifies every line of the record.

    Raises:
        UsageError: the anchor is no workspace id; a slip of the pen says nothing about the record.
    """
    if call["anchor"] is not None and not _WORKSPACE.fullmatch(call["anchor"]):
        raise UsageError(Code.USAGE, detail=call.words("say.usage.anchor"), verb="audit verify ")
    found = verify_folder(call.folder, anchor=call["anchor"])
    marks = {None: "✓", Weight.REMARK: "!", Weight.INCOMPLETE: "?", Weight.FAIL: "✗"}
    lines = [
        f"{marks[check.weight]} {call.words(f'say.verify.{check.name}')}: {call.words.count(check.count)}"
        for check in found.checks
    ]
    lines += [
        f"    {plain(f.check)}: {plain(f.detail)} {f.feed[:8]} {'' if f.seq is None else f.seq}" for f in found.findings
    ]
    verdict = call.words("say.audit.record_verdict", verdict=call.words.term("verdict", found.verdict.value))
    return Answer({**asdict(found), "verdict": found.verdict.value}, (*lines, verdict), _EXITS.get(found.verdict, 0))


def _explained(call: Call) -> Explanation:
    return call.workbench.audit.explain(call["deployment"], at=call["at"])


def explain(call: Call) -> Answer:
    """Says in plain words what answers, and on what evidence."""
    explanation = _explained(call)
    data = {"environment": explanation.environment, "at": explanation.at, **_told(explanation, call)}
    return Answer(data, report.as_lines(explanation, call.words))


def _told(explanation: Explanation, call: Call) -> dict[str, Any]:
    """The chapters of an explanation for `--json`, and how many gaps there are."""
    told = [
        {
            "question": call.words(f"say.audit.chapter.{chapter.key}"),
            "statements": [
                {
                    "text": report.sentence(statement, call.words),
                    "weight": statement.weight.value,
                    "evidence": [event.leaf for event in statement.evidence],
                }
                for statement in chapter.statements
            ],
        }
        for chapter in explanation.chapters
    ]
    return {"gaps": explanation.gaps, "chapters": told}


def answer(call: Call) -> Answer:
    """Explains one answer of a service; with the body of its request, also which inputs mattered.

    Raises:
        IncompleteError: there is no such file.
    """
    body = None
    if call["body"] is not None:
        try:
            body = Path(call["body"]).read_bytes()
        except (FileNotFoundError, IsADirectoryError) as error:
            raise IncompleteError(Code.FILE_MISSING, path=call["body"]) from error
    found = call.workbench.answers.explain(call["request"], body=body)
    if call["output"]:
        about = found.about["release"]
        title = call.words("say.audit.answer_title", request=found.about["request"], **about)
        return _page(found.explanation, Path(call["output"]).absolute(), call, title=title)
    lines = (printable(line) for line in report.as_lines(found.explanation, call.words))
    return Answer({**found.about, **_told(found.explanation, call)}, tuple(lines))


def report_(call: Call) -> Answer:
    """Writes the explanation as one HTML page."""
    return _page(_explained(call), Path(call["output"] or "report.html").absolute(), call)


def _page(explanation: Explanation, target: Path, call: Call, *, title: str | None = None) -> Answer:
    verdict = call.workbench.audit.write_page(explanation, target, call.words, title=title)
    told = call.words("say.audit.record_verdict", verdict=call.words.term("verdict", verdict.value))
    data = {"path": str(target), "verdict": verdict.value}
    return Answer(data, (call.words("say.audit.written", path=target), told), _EXITS.get(verdict, 0))
