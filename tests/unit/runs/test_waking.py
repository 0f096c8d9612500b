"""One supervisor a project: woken where there is none, never two, never a storm of them."""

import sys
import time
from pathlib import Path

from surefoot.files import locked
from surefoot.runs.launching import Surroundings
from surefoot.runs.supervisor import Supervisor, serve
from surefoot.runs.waking import LOCK, Waker
from tests.fakes.site import Site, until_done


def test_where_one_is_running_no_other_is_started(tmp_path: Path) -> None:
    waker = Waker(tmp_path, ["/bin/false"])
    with locked(tmp_path / LOCK):
        assert waker.is_awake()
        assert not waker.wake()
    assert not waker.is_awake()


def test_one_that_is_coming_up_is_waited_for(tmp_path: Path) -> None:
    waker = Waker(tmp_path, [sys.executable, "-c", "import time; time.sleep(5)"])
    assert waker.wake()
    assert not any(waker.wake() for _ in range(20))


def test_one_that_falls_over_is_not_started_again_at_once(tmp_path: Path) -> None:
    waker = Waker(tmp_path, [sys.executable, "-S", "-c", "import os; os.write(2, b'no'); os._exit(1)"])
    deadline = time.monotonic() + 1.5
    count = 0
    while time.monotonic() < deadline:
        count += waker.wake()
        time.sleep(0.01)
    assert count == 1
    assert waker.log.read_text() == "no"
    assert waker.log.stat().st_mode & 0o077 == 0


def test_the_second_supervisor_leaves_at_once(tmp_path: Path) -> None:
    with locked(tmp_path / LOCK):
        assert not serve(tmp_path / LOCK, lambda: Supervisor(nobody()))


def nobody() -> Surroundings:
    raise AssertionError("it must not be made")


def test_a_run_that_is_asked_for_while_the_last_one_leaves_is_not_forgotten(tmp_path: Path) -> None:
    site = Site(tmp_path)
    made: list[Supervisor] = []

    class Leaving(Supervisor):
        """Whoever asks for a run now finds the lock still held, and leaves it to us."""

        def watch(self, **_: object) -> None:
            until_done(self)
            self.tick()
            if len(made) == 1:
                site.request()

    def make() -> Supervisor:
        made.append(Leaving(site.supervisor()._is))
        return made[-1]

    assert serve(tmp_path / LOCK, make, linger=0.0)
    assert len(made) == 2
    assert [one.type for one in site.log.log] == ["run.requested", "run.started", "run.finished"]
