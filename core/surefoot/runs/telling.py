"""Runs in words, as the command line and the desktop both tell them."""

from dataclasses import dataclass

from surefoot.errors import Code, SurefootError
from surefoot.runs.facts import Difference, Run
from surefoot.texts import Words, printable


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a run in words: its metric, `at least 0.75: 0.781`, and whether it is met."""

    metric: str
    text: str
    is_met: bool


def reason(run: Run, words: Words) -> str:
    """Why a run ended without success; empty where there is nothing to say."""
    if run.why is None:
        return ""
    key = f"say.executors.reason.{run.why}"
    if words.has(key):
        said = words(key)
        exact = run.exit_code if run.why == "exit-code" else run.signal if run.why == "signal" else run.detail
        return said if exact is None else f"{said} ({printable(str(exact))})"
    # Whoever could not start it recorded the error that kept it from it, and its values as `name=value, …`.
    values = dict(part.partition("=")[::2] for part in (run.detail or "").split(", "))
    try:
        return words.error(SurefootError(Code(run.why), **values)).what
    except (KeyError, ValueError):
        return words("say.cli.not_started", code=run.why, detail=printable(run.detail or "–"))


def criteria(run: Run, words: Words) -> list[Criterion]:
    """What the run was judged by, in the recipe's order."""
    return [
        Criterion(
            printable(each["metric"]),
            f"{words.term('rule', each['rule'])} {each['limit']}: {_plain(each['value'])}",
            bool(each["meets"]),
        )
        for each in run.verdict.get("criteria", ())
    ]


def named(difference: Difference, words: Words) -> str:
    """The name of what differs; a setting is ours and has a word, a metric or a parameter is the user's."""
    is_ours = difference.kind in {"setting", "verdict"}
    return words.term("fact", difference.name) if is_ours else difference.name


def _plain(value: object) -> str:
    return "–" if value is None else printable(str(value))
