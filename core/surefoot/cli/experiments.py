"""`surefoot experiment …`."""

from pathlib import Path

from surefoot.cli.call import Answer, Call
from surefoot.cli.runs import about, ended, exit_of, left_out, line, missed, told_left_out
from surefoot.cli.tables import plain
from surefoot.runs import telling

_FAILED = 3
_SAID = 20


def new(call: Call) -> Answer:
    """Writes a recipe and a training script that work unedited."""
    dataset = call["dataset"] and call.workbench.datasets.show(call["dataset"]).name
    written = call.workbench.experiments.new(call["name"], template=call["template"], dataset=dataset or None)
    shown = [path.relative_to(call.workbench.project) for path in written]
    lines = [call.words("say.cli.wrote", path=path) for path in shown]
    return Answer(
        {"files": [str(path) for path in shown]}, (*lines, call.words("say.cli.next_start", name=call["name"]))
    )


def _recipe(call: Call) -> Path:
    """The recipe that is meant: a file, or a name in experiments/."""
    given = Path(call["recipe"])
    if given.is_file() or given.name != call["recipe"]:
        return given.absolute()
    return call.workbench.project / "experiments" / f"{given.name.removesuffix('.toml')}.toml"


def try_(call: Call) -> Answer:
    """Tries a recipe on a small part of its data, at once."""
    with call.patiently("say.cli.leaving") as leave:
        found = call.workbench.trials.carry_out(
            _recipe(call), share=call["share"], progress=call.progress, cancel=leave
        )
    data = {
        "state": found.end.state, "why": found.end.reason, "exit_code": found.end.exit_code,
        "seconds": found.end.seconds, "metrics": dict(found.figures), "rows": found.rows, "of": found.of,
        "outputs": list(found.outputs), "missing": list(found.end.missing), "log": found.log,
    }  # fmt: skip
    lines = [*telling.trial(found, call.words)]
    lines += [] if found.is_well else [plain(each) for each in found.log.splitlines()[-_SAID:]]
    return Answer(data, tuple(lines), 0 if found.is_well else _FAILED)


def start(call: Call) -> Answer:
    """Starts the runs of a recipe, and waits for them unless told not to."""
    with call.patiently("say.cli.leaving") as leave:
        started = call.acting.runs.start(_recipe(call), progress=call.progress, cancel=leave)
        call.tell("say.cli.queued", count=len(started.runs), runs=" ".join(started.runs))
        if call["detach"]:
            return Answer({"runs": list(started.runs)}, (call.words("say.cli.waiting"),))
        found = ended(started.runs, call, leave)
    lines = [text for run in found for text in (line(run, call), *missed(run, call))]
    names = left_out(found, call)
    data = {"runs": [about(run) for run in found], "left_out": list(names)}
    return Answer(data, (*lines, *told_left_out(names, call)), exit_of(found))
