"""One run from start to end: starts the command, follows it, holds its guardrails, ends it, collects what it left.

One thread and one loop. Whatever happens to the command, the loop comes to its end and `end.json` says which.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import time
from pathlib import Path

from surefoot.payloads.agent import collect, command, ending, files, guardrails, processes
from surefoot.payloads.agent.artifacts import Artifacts
from surefoot.payloads.agent.endpoint import Connection, Endpoint
from surefoot.payloads.agent.guardrails import Stop, Usage
from surefoot.payloads.agent.plan import Plan
from surefoot.payloads.agent.state import State
from surefoot.payloads.agent.telemetry import MetricsFile, Telemetry, value_text
from surefoot.payloads.agent.tracking import Tracking

_TICK = 0.1
_LATER_TICK = 0.25
_EARLY = 10.0
_USAGE_EVERY = 5.0
_LEAST_DISK_EVERY = 0.25
_DISK_SHARE = 20
_STRAGGLERS = 0.2
_FEW = 8


class Run:
    """A run that is being carried out.

    Args:
        plan: what is to be done.
        folder: the run's folder.
        keeper: the process that started this one and ends everything if this one is killed.
        state: the heartbeat.
    """

    def __init__(self, plan: Plan, folder: Path, *, keeper: int, state: State) -> None:
        self._plan = plan
        self._folder = folder
        self._keeper = keeper
        self._state = state
        self._selector = selectors.DefaultSelector()
        self._began, self._clock = time.time(), time.monotonic()
        self._telemetry = Telemetry(folder / "telemetry.jsonl")
        self._metrics = MetricsFile(folder / "output" / collect.METRICS, self._telemetry)
        self._artifacts = Artifacts(folder / "output", limit=plan.guardrails.disk_bytes)
        site = Tracking(plan.run, telemetry=self._telemetry, path=folder / "telemetry.jsonl", artifacts=self._artifacts)
        self._endpoint = Endpoint(site, self._selector)
        self._written = tuple(folder / name for name in ("output", "scratch", "code", "log.txt", "telemetry.jsonl"))
        self._code_bytes = files.used(folder / "code")
        self._pid = 0
        self._main: processes.Ended | None = None
        self._stop: Stop | None = None
        self._kill_at = float("inf")
        self._was_told = False
        self._usage = Usage()
        self._disk_next = self._usage_next = 0.0
        self._cpu_seconds = 0.0
        self._peak = 0

    def carry_out(self) -> None:
        """Carries the run out; returns when `end.json` is written."""
        wake = self._listen_to_signals()
        inputs = collect.fingerprints(self._folder, self._plan.inputs)
        facts = ending.Facts()
        try:
            self._pid = self._start()
        except (command.LaunchError, OSError) as error:
            facts = facts._replace(trouble=str(error))
        else:
            self._follow(wake)
        self._state.write("ending")
        left_behind = self._wait_for_stragglers()
        processes.end_all(self._note)
        self._endpoint.close()
        self._metrics.read(is_last=True)
        facts = self._facts(facts, inputs)
        self._state.write("collecting")
        self._end(facts, left_behind)

    def _start(self) -> int:
        for name in ("output", "scratch/home", "scratch/tmp", "code"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        parameters = json.dumps(self._plan.parameters, sort_keys=True, indent=1)
        (self._folder / "parameters.json").write_text(parameters + "\n", encoding="utf-8")
        tracking = {"MLFLOW_TRACKING_URI": self._endpoint.uri, "MLFLOW_TRACKING_TOKEN": self._endpoint.token}
        environ = command.environment(self._plan, self._folder, tracking=tracking)
        return command.launch(self._plan, self._folder, environ)

    def _listen_to_signals(self) -> socket.socket:
        """Signals become bytes on a socket, so that the loop wakes at once and nothing runs inside a handler."""
        near, far = socket.socketpair()
        near.settimeout(0)
        far.settimeout(0)
        signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
        self._far = far
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._on_told)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        self._selector.register(near, selectors.EVENT_READ)
        return near

    def _on_told(self, *_: object) -> None:
        self._was_told = True

    def _follow(self, wake: socket.socket) -> None:
        """Until the command has ended."""
        self._state.write("running", command=self._pid)
        due = 0.0
        while self._main is None:
            now = time.monotonic()
            if now >= due or self._was_told:
                self._look(now)
                due = time.monotonic() + (_TICK if now - self._clock < _EARLY else _LATER_TICK)
            self._serve(wake, wait=max(0.0, due - time.monotonic()))
            self._reap()

    def _serve(self, wake: socket.socket, *, wait: float) -> None:
        """Waits for a signal or a request, and answers requests."""
        for key, events in self._selector.select(wait):
            if isinstance(key.data, Connection):
                self._endpoint.serve(key.data, events)
            elif key.data is self._endpoint:
                self._endpoint.accept()
            else:
                wake.recv(4096)

    def _wait_for_stragglers(self) -> int:
        """Gives what the command has left behind a moment to end by itself; returns how many did not."""
        deadline = time.monotonic() + _STRAGGLERS
        while True:
            self._reap()
            left = [pid for pid in processes.below(os.getpid()) if processes.started(pid) is not None]
            if not left or self._stop or len(left) > _FEW or time.monotonic() > deadline:
                return len(left)
            time.sleep(0.005)

    def _reap(self) -> None:
        ended = processes.reap()
        while ended is not None:
            self._note(ended)
            ended = processes.reap()

    def _note(self, ended: processes.Ended) -> None:
        self._cpu_seconds += ended.cpu_seconds
        self._peak = max(self._peak, ended.peak_bytes)
        if ended.pid == self._pid:
            self._main = ended

    def _look(self, now: float) -> None:
        """One look at everything: metrics, usage, guardrails, the wish to cancel; then the heartbeat."""
        self._metrics.read()
        self._measure(now)
        if self._stop is None:
            self._stop = self._reason_to_stop()
            if self._stop is not None:
                self._ask_to_end(now)
        elif now >= self._kill_at:
            processes.end_all(self._note)
        self._telemetry.flush()
        self._state.write("ending" if self._stop else "running", command=self._pid, every=1.0)

    def _measure(self, now: float) -> None:
        family = processes.below(os.getpid())
        held = processes.memory(family, suspect=self._plan.guardrails.memory_bytes)
        disk = self._usage.disk_bytes
        if now >= self._disk_next:
            disk = self._disk()
            self._disk_next = now + max(_LEAST_DISK_EVERY, _DISK_SHARE * (time.monotonic() - now))
        self._usage = Usage(int((now - self._clock) * 1000), held, disk, len(family))
        self._peak = max(self._peak, held)
        if now >= self._usage_next:
            self._usage_next = now + _USAGE_EVERY
            self._telemetry.usage({"memory_bytes": held, "disk_bytes": disk, "processes": len(family)})

    def _disk(self) -> int:
        return max(0, files.used(*self._written) - self._code_bytes)

    def _reason_to_stop(self) -> Stop | None:
        if self._was_told:
            if os.getppid() != self._keeper:
                return Stop("interrupted", "agent-killed", is_hard=True)
            return Stop("cancelled", "cancelled")
        if (self._folder / "cancel").exists():
            return Stop("cancelled", "cancelled")
        return guardrails.broken(self._plan.guardrails, self._usage) or self._odd_metric()

    def _odd_metric(self) -> Stop | None:
        point = self._telemetry.not_finite
        if point is None or not self._plan.guardrails.finite:
            return None
        return guardrails.not_finite(point.name, value_text(point.value).strip('"'), point.step)

    def _ask_to_end(self, now: float) -> None:
        if self._stop is not None and self._stop.is_hard:
            processes.end_all(self._note)
            return
        family = processes.below(os.getpid())
        processes.tell(family, signal.SIGTERM)
        processes.tell(family, signal.SIGCONT)
        self._kill_at = now + self._plan.grace_ms / 1000

    def _facts(self, facts: ending.Facts, inputs: dict[str, str]) -> ending.Facts:
        """What the end is judged by; a guardrail broken in the last moment counts like any other."""
        now = collect.fingerprints(self._folder, self._plan.inputs)
        main = self._main
        facts = facts._replace(
            code=main.code if main else None,
            signal=main.signal if main else None,
            changed=[name for name in inputs if inputs[name] != now[name]],
        )
        stop = self._stop or self._odd_metric()
        used, limit = self._disk(), self._plan.guardrails.disk_bytes
        if stop is None and not facts.trouble and ending.hit_disk_limit(facts, used=used, limit=limit):
            stop = Stop("interrupted", "disk", {"name": "disk", "limit": limit, "value": used})
        return facts._replace(stop=stop)

    def _end(self, facts: ending.Facts, left_behind: int) -> None:
        found = collect.outputs(self._folder / "output", self._plan.outputs)
        seconds = time.monotonic() - self._clock
        facts = facts._replace(missing=found.missing)
        self._telemetry.close()
        files.remove(self._folder / "scratch")
        told = self._telemetry
        end = ending.document(facts, run=self._plan.run, began=self._began, seconds=seconds)
        end.update(
            peak_memory_bytes=self._peak,
            cpu_seconds=repr(round(self._cpu_seconds, 3)),
            outputs=found.files,
            refused_outputs=found.refused,
            left_behind=left_behind,
            points=told.points,
            bad_lines=self._metrics.bad_lines,
            lost_lines=told.lost,
            tracking={"parameters": told.parameters, "tags": told.tags, "artifacts": sorted(self._artifacts.names)},
        )
        ending.write(self._folder, end)
