"""`surefoot sample run`."""

from dataclasses import asdict
from pathlib import Path

from surefoot.cli.call import Answer, Call
from surefoot.guide.sample import Journey, default_folder
from surefoot.guide.telling import Story


def run(call: Call) -> Answer:
    """Walks the sample journey."""
    folder = Path(call["folder"]).absolute() if call["folder"] else default_folder()
    with call.patiently("say.cli.leaving") as leave:
        story = Story(call.words, call.say_line, leave)
        journey = Journey(folder, story, fresh=call["fresh"], keep_serving=call["keep_serving"])
        return Answer(asdict(journey.walk()))
