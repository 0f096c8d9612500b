"""`surefoot supervise`: the hidden verb that a waker starts; not for people."""

import logging

from surefoot import workbench
from surefoot.cli.call import Answer, Call


def supervise(call: Call) -> Answer:
    """Becomes the supervisor of a project."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    workbench.supervise(call.workbench)
    return Answer()
