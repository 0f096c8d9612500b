"""The outermost process of a run: starts the agent, outlives it, and leaves nothing running when the agent is killed.

It does next to nothing, so next to nothing can go wrong with it. If it is killed itself, the kernel tells the agent,
which then ends the run.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from surefoot.payloads.agent import ending, plan, processes
from surefoot.payloads.agent.guardrails import Stop
from surefoot.payloads.agent.run import Run
from surefoot.payloads.agent.state import State

DONE = 0
TAKEN = 3
FULL = 4


def keep(folder: Path) -> int:
    """Carries out the run in a folder; returns when nothing of it runs any more and `end.json` is written.

    Returns:
        Exit status: 0 however the run ended, 3 where a run was started in this folder before, 4 where the disk is full
        and nothing was started.
    """
    began = time.time()
    # A request to end that comes before there is anybody to hear it waits until there is.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        told, trouble = plan.read(folder), ""
    except plan.PlanError as error:
        told, trouble = None, str(error)
    try:
        state = _claim(folder, told.run if told else folder.name)
    except FileExistsError:
        return TAKEN
    except OSError as error:
        if error.errno in ending.NO_SPACE:
            return FULL
        raise
    if told is None:
        _write(folder, ending.Facts(trouble=trouble), folder.name, began)
        return DONE
    processes.adopt_orphans()
    agent = _fork_agent(told, folder, state)
    status = _wait_for(agent)
    processes.end_all(lambda _ended: None)
    if not (status == 0 and (folder / "end.json").exists()):
        reason = "agent-killed" if os.WIFSIGNALED(status) else "agent-failed"
        _write(folder, ending.Facts(stop=Stop("interrupted", reason)), told.run, began)
    return DONE


def _claim(folder: Path, run: str) -> State:
    state = State(folder, run)
    try:
        ending.reserve(folder)
    except OSError:
        state.withdraw()
        raise
    return state


def _fork_agent(told: plan.Plan, folder: Path, state: State) -> int:
    keeper = os.getpid()
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    agent = os.fork()
    if agent:
        signal.signal(signal.SIGTERM, lambda *_: processes.tell([agent], signal.SIGTERM))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        return agent
    status = 1
    try:
        os.setpgid(0, 0)
        processes.adopt_orphans()
        processes.die_with_parent(keeper, signal.SIGTERM)
        state.agent_is_here()
        Run(told, folder, keeper=keeper, state=state).carry_out()
        status = 0
    except BaseException:  # noqa: BLE001 - the copy ends here, whatever happens; the keeper says so
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(status)


def _wait_for(agent: int) -> int:
    while True:
        pid, status = os.wait()
        if pid == agent:
            return status


def _write(folder: Path, facts: ending.Facts, run: str, began: float) -> None:
    end = ending.document(facts, run=run, began=began, seconds=time.time() - began)
    end.update(ending.nothing_collected())
    ending.write(folder, end)
