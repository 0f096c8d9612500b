"""`surefoot experiment …`."""

from pathlib import Path

from surefoot.cli.call import Answer, Call
from surefoot.cli.runs import about, ended, exit_of, left_out, line, missed, told_left_out


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
