"""What a person says for a decision: recorded to the last letter, or refused."""

from surefoot.errors import Code, InputRefusedError

MAX_REASON = 2000  # letters


def whole(reason: str) -> str:
    """A reason as it is recorded.

    Raises:
        InputRefusedError: it is longer than what is recorded of one.
    """
    said = reason.strip()
    if len(said) > MAX_REASON:
        raise InputRefusedError(Code.REASON_TOO_LONG, count=len(said), most=MAX_REASON)
    return said
