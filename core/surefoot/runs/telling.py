"""Runs in words, as the command line and the desktop both tell them."""

from dataclasses import dataclass

from surefoot.errors import Code, SurefootError
from surefoot.runs.facts import Difference, Run, Trial
from surefoot.texts import Words, figure, printable

_SHOWN = 12


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
    if words.has(f"say.executors.reason.{run.why}"):
        exact = run.exit_code if run.why == "exit-code" else run.signal if run.why == "signal" else run.detail
        return _why(run.why, exact, words)
    # Whoever could not start it recorded the error that kept it from it, and its values as `name=value, …`.
    values = dict(part.partition("=")[::2] for part in (run.detail or "").split(", "))
    try:
        return words.error(SurefootError(Code(run.why), **values)).what
    except (KeyError, ValueError):
        return words("say.cli.not_started", code=run.why, detail=printable(run.detail or "–"))


def trial(found: Trial, words: Words) -> tuple[str, ...]:
    """What came of a trial: how it ended, the figures, and what it left."""
    end = found.end
    state = words.term("run-state", end.state)
    seconds = f"{float(end.seconds):.1f}"
    said = [words("say.trial.ended", rows=found.rows, of=found.of, state=state, seconds=seconds)]
    if not found.is_well:
        exact = {"exit-code": end.exit_code, "signal": end.signal, "outputs-missing": ", ".join(end.missing)}
        said.append(_why(end.reason, exact.get(end.reason), words))
    if found.figures:
        shown = ", ".join(f"{printable(name)} {value:.4g}" for name, value in list(found.figures.items())[:_SHOWN])
        said.append(words("say.trial.figures", figures=shown))
    if found.outputs:
        said.append(words("say.trial.made", names=", ".join(map(printable, found.outputs))))
    return (*said, words("say.trial.nothing"))


def _why(why: str, exact: object, words: Words) -> str:
    said = words(f"say.executors.reason.{why}")
    return said if exact is None else f"{said} ({printable(str(exact))})"


def criteria(run: Run, words: Words) -> list[Criterion]:
    """What the run was judged by, in the recipe's order."""
    return [
        Criterion(
            printable(each["metric"]),
            words.term("rule", each["rule"])
            + words.decimal(f" {each['limit']}: {_beside(each['value'], each['limit'])}"),
            bool(each["meets"]),
        )
        for each in run.verdict.get("criteria", ())
    ]


def named(difference: Difference, words: Words) -> str:
    """The name of what differs; a setting is ours and has a word, a metric or a parameter is the user's."""
    is_ours = difference.kind in {"setting", "verdict"}
    return words.term("fact", difference.name) if is_ours else difference.name


def _beside(value: object, limit: object) -> str:
    """A figure beside its limit: short, but in full where it would read as the limit itself."""
    if value is None:
        return "–"
    short = figure(value)
    return printable(str(value) if short == figure(limit) else short)
