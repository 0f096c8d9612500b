"""How a journey is told: numbered steps, each with the reason why it exists."""

from collections.abc import Callable
from dataclasses import dataclass, field

from surefoot.checks.facts import Result
from surefoot.errors import CancelledError, Code
from surefoot.texts import Words
from surefoot.workers.facts import Cancel

Tell = Callable[[str], None]


def never() -> bool:
    """Nobody cancels."""
    return False


@dataclass(slots=True)
class Story:
    """One telling.

    Attributes:
        words: the language. tell: prints a line. cancel: asked between steps and while one waits.
    """

    words: Words
    tell: Tell
    cancel: Cancel = never
    _number: int = field(default=0, init=False)

    def step(self, name: str, /, **values: object) -> None:
        """Begins the next step and says why it exists.

        Raises:
            CancelledError: `cancel` said so.
        """
        if self.cancel():
            raise CancelledError(Code.CANCELLED)
        self._number += 1
        self.say("step", number=self._number, title=self.words(f"say.sample.{name}"))
        self.say(f"{name}_why", **values)

    def say(self, key: str, /, **values: object) -> None:
        """Tells what happened."""
        self.tell(self.words(f"say.sample.{key}", **values))

    def sentence(self, result: Result) -> str:
        """What came out of a check, in plain words."""
        return self.words(result.sentence.key, **result.sentence.values)
