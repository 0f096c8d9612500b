"""`surefoot sample run`."""

from dataclasses import asdict
from pathlib import Path

from surefoot.cli.call import Answer, Call
from surefoot.guide.sample import Journey, default_folder


def run(call: Call) -> Answer:
    """Walks the sample journey."""
    folder = Path(call["folder"]).absolute() if call["folder"] else default_folder()
    with call.patiently("say.cli.leaving") as leave:
        journey = Journey(
            folder=folder,
            words=call.words,
            tell=call.say_line,
            fresh=call["fresh"],
            keep_serving=call["keep_serving"],
            cancel=leave,
        )
        return Answer(asdict(journey.walk()))
