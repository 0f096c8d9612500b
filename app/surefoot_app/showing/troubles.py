"""What stands in place of something that cannot be shown: why, what it means, and what to do."""

from surefoot.errors import Code, SurefootError
from surefoot.texts import Words
from surefoot_app.widgets.empty import EmptyState


def trouble(error: SurefootError, words: Words) -> EmptyState:
    """The empty state for an error."""
    told = words.error(error)
    is_barred = error.code in {Code.NO_RIGHT, Code.NOT_WRITABLE}
    return EmptyState("no-permission" if is_barred else "nothing", told.what, f"{told.means} {told.do} ({told.code})")
