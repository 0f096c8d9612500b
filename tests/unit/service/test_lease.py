"""Leases, stops and clocks, one by one; the same with a running wrapper stands in test_stopping.py."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from surefoot.payloads.service import places
from surefoot.payloads.service.clock import Clock, wall_ms
from surefoot.payloads.service.documents import Anchor, parsed
from surefoot.payloads.service.lease import Permission
from surefoot.payloads.service.refusals import Reason, RefusedError
from tests.fakes.service import Site, moment

WEEK = 604_800_000


class Time:
    """A wall clock that anybody may set, and a steady one that nobody can."""

    def __init__(self) -> None:
        self.wall = wall_ms()
        self.seconds = 0.0

    def pass_by(self, seconds: float) -> None:
        self.wall += int(seconds * 1000)
        self.seconds += seconds

    def clock(self, least: int = 0) -> Clock:
        return Clock(least, wall=lambda: self.wall, steady=lambda: self.seconds)


def permission(site: Site, time: Time | None = None, longest: int = WEEK) -> Permission:
    memory = places.remembered(site.state)
    clock = (time or Time()).clock(memory.latest)
    anchor = parsed(site.anchor.read_bytes(), Anchor)
    return Permission(site.state, anchor, longest_ms=longest, memory=memory, clock=clock)


def refused(site: Site, time: Time | None = None, longest: int = WEEK) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        permission(site, time, longest)
    return caught.value


def test_a_good_lease_allows(site: Site) -> None:
    assert permission(site).block() is None


@pytest.mark.parametrize("name", ["grant.dsse", "lease.dsse"])
def test_without_papers_nothing_starts(site: Site, name: str) -> None:
    (site.state / name).unlink()
    assert refused(site).reason is Reason.LEASE


@pytest.mark.parametrize("name", ["grant.dsse", "lease.dsse"])
def test_edited_papers_are_refused(site: Site, name: str) -> None:
    envelope = json.loads((site.state / name).read_bytes())
    payload = envelope["payload"]
    at = len(payload) // 2
    envelope["payload"] = payload[:at] + ("A" if payload[at] != "A" else "B") + payload[at + 1 :]
    site.put(name, json.dumps(envelope).encode())
    assert refused(site).reason is Reason.LEASE


def test_a_lease_behind_a_link_is_refused(site: Site) -> None:
    (site.state / "lease.dsse").rename(site.root / "lease.dsse")
    (site.state / "lease.dsse").symlink_to(site.root / "lease.dsse")
    assert refused(site).reason is Reason.LEASE


@pytest.mark.parametrize(
    "changes",
    [
        {"environment": "clinic"},
        {"ws": "0" * 64},
        {"activation": "act_other"},
        {"grant": "0" * 64},
        {"releases": ["0" * 64]},
        {"unknown": 1},
        {"version": 0},
        {"version": 2**60},
        {"issued": "yesterday"},
        {"issued": "2026-01-01T00:00:00"},
        pytest.param({"expires": moment(8 * 86_400)}, id="expires in eight days"),
        pytest.param({"issued": moment(-3600)}, id="issued an hour ago"),
    ],
    ids=str,
)
def test_a_lease_wider_than_its_grant_or_for_elsewhere_is_refused(site: Site, changes: dict[str, Any]) -> None:
    site.write_lease(**{"version": 1, **changes})
    assert refused(site).reason is Reason.LEASE


def test_a_lease_signed_by_a_person_instead_of_the_keeper_is_refused(site: Site) -> None:
    site.write_lease(1, key=site.person)
    assert refused(site).reason is Reason.LEASE


def test_a_grant_signed_by_the_keeper_is_refused(site: Site) -> None:
    site.write_grant(site.keeper)
    site.write_lease(1)
    assert refused(site).reason is Reason.LEASE


def test_a_grant_signed_by_a_stranger_is_refused(site: Site) -> None:
    site.write_grant(Ed25519PrivateKey.generate())
    site.write_lease(1)
    assert refused(site).reason is Reason.LEASE


@pytest.mark.parametrize("changes", [{"environment": "clinic"}, {"releases": ["0" * 64]}, {"activation": "act_x"}])
def test_a_grant_for_elsewhere_is_refused(site: Site, changes: dict[str, Any]) -> None:
    site.write_grant(**changes)
    site.write_lease(1)
    assert refused(site).reason is Reason.LEASE


def test_a_lease_longer_than_the_release_allows_is_refused(site: Site) -> None:
    assert refused(site, longest=60_000).reason is Reason.LEASE


def test_a_lease_that_outlives_its_grant_is_refused(site: Site) -> None:
    site.write_grant(until=moment(60))
    site.write_lease(1)
    assert refused(site).reason is Reason.LEASE


def test_an_ended_lease_is_refused(site: Site) -> None:
    time = Time()
    time.pass_by(4000)
    assert refused(site, time).reason is Reason.LEASE_ENDED


def test_a_lease_ends_to_the_second(site: Site) -> None:
    time = Time()
    found = permission(site, time)
    left = (found.expires - time.wall) / 1000
    time.pass_by(left - 0.01)
    assert found.block() is None
    time.pass_by(0.02)
    block = found.block()
    assert block is not None
    assert block.reason is Reason.LEASE_ENDED


def test_setting_the_clock_back_does_not_keep_a_lease_alive(site: Site) -> None:
    time = Time()
    found = permission(site, time)
    time.seconds += 3601
    time.wall -= 86_400_000
    found.look()
    block = found.block()
    assert block is not None
    assert block.reason is Reason.LEASE_ENDED


def test_setting_the_clock_forward_ends_a_lease_at_the_next_look(site: Site) -> None:
    time = Time()
    found = permission(site, time)
    time.wall += 3_700_000
    found.look()
    assert found.block() is not None


def test_a_restart_with_the_clock_set_back_does_not_bring_an_ended_lease_back(site: Site) -> None:
    time = Time()
    found = permission(site, time)
    time.pass_by(3700)
    found.look()
    back = Time()
    assert back.wall < time.wall
    assert refused(site, back).reason is Reason.LEASE_ENDED


def test_a_clock_before_the_lease_was_issued_gains_nothing(site: Site) -> None:
    time = Time()
    time.wall -= 10 * 86_400_000
    found = permission(site, time)
    time.seconds += 3601
    assert found.block() is not None


def test_a_newer_lease_is_followed(site: Site) -> None:
    time = Time()
    found = permission(site, time)
    first = found.expires
    site.write_lease(2, seconds=7200)
    found.look()
    assert found.version == 2
    assert found.expires > first
    assert found.refused == ""


def test_an_older_lease_is_refused_while_running_and_after_a_restart(site: Site) -> None:
    old = (site.state / "lease.dsse").read_bytes()
    found = permission(site)
    site.write_lease(2)
    found.look()
    expires = found.expires
    site.put("lease.dsse", old)
    found.look()
    assert (found.version, found.expires) == (2, expires)
    assert "version 1" in found.refused
    assert refused(site).reason is Reason.LEASE


def test_another_lease_of_the_same_version_is_refused(site: Site) -> None:
    permission(site)
    site.write_lease(1, seconds=7200)
    assert refused(site).reason is Reason.LEASE


def test_a_lease_that_vanishes_or_is_edited_changes_nothing_until_the_good_one_ends(site: Site) -> None:
    time = Time()
    found = permission(site, time)
    (site.state / "lease.dsse").unlink()
    found.look()
    assert found.block() is None
    assert found.refused
    site.put("lease.dsse", b"garbage")
    found.look()
    assert found.block() is None
    time.pass_by(3700)
    assert found.block() is not None


def test_a_lease_that_no_longer_names_the_release_withdraws_it(site: Site) -> None:
    found = permission(site)
    site.write_lease(2, releases=[])
    found.look()
    block = found.block()
    assert block is not None
    assert block.reason is Reason.LEASE_WITHDRAWN


def test_a_lease_that_calls_the_release_stopped_stops_it_for_good(site: Site) -> None:
    found = permission(site)
    site.write_lease(2, stopped=[{"release": site.release, "reason": "recalled", "fallback": None}])
    found.look()
    block = found.block()
    assert block is not None
    assert (block.reason, block.detail) == (Reason.STOPPED, "recalled")
    site.write_lease(3)
    found.look()
    assert found.block() is not None
    assert refused(site).reason is Reason.STOPPED


def test_memory_that_cannot_be_read_is_no_fresh_start(site: Site) -> None:
    permission(site)
    (site.state / "memory.json").write_bytes(b"{")
    with pytest.raises(RefusedError):
        places.remembered(site.state)


def test_a_stop_outlives_its_file_and_a_restart(site: Site) -> None:
    found = permission(site)
    site.write_stop()
    found.look()
    block = found.block()
    assert block is not None
    assert (block.reason, block.stop, block.detail) == (Reason.STOPPED, "stop-1", "a drill")
    (site.state / "stop.dsse").unlink()
    found.look()
    assert found.block() is not None
    assert refused(site).reason is Reason.STOPPED


@pytest.mark.parametrize("name", ["STOP", "stop.dsse"])
def test_a_stop_that_nobody_signed_stops_too(site: Site, name: str) -> None:
    found = permission(site)
    (site.state / name).write_bytes(b"")
    found.look()
    block = found.block()
    assert block is not None
    assert block.reason is Reason.STOPPED


def test_a_stop_signed_by_a_stranger_stops_too(site: Site) -> None:
    site.write_stop(Ed25519PrivateKey.generate())
    assert refused(site).reason is Reason.STOPPED


def test_only_a_grant_that_names_the_stop_lifts_it(site: Site) -> None:
    site.write_stop()
    assert refused(site).reason is Reason.STOPPED
    site.write_grant(lifts=["stop-2"])
    site.write_lease(2)
    assert refused(site).reason is Reason.STOPPED
    site.write_grant(lifts=["stop-1"])
    site.write_lease(3)
    assert permission(site).block() is None


def test_a_grant_signed_by_the_keeper_lifts_nothing(site: Site) -> None:
    site.write_stop()
    assert refused(site).reason is Reason.STOPPED
    site.write_grant(site.keeper, lifts=["stop-1"])
    site.write_lease(2)
    assert refused(site).reason is Reason.LEASE


def test_a_lease_whose_version_cannot_be_remembered_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found = permission(site)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(places, "write_whole", full)
    site.write_lease(2, seconds=7200)
    found.look()
    assert found.version == 1
    site.write_stop()
    found.look()
    assert found.block() is not None
