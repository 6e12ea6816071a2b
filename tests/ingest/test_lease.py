"""Lease of the sync run: one process at a time, released when the process ends."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import pytest
from django.utils import timezone

from ingest.client.errors import LeaseHeld, LeaseLost
from ingest.lease import Lease
from ingest.models import FeedState
from jobsearch.core import lease_owners

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bound():
    FeedState.bound("http://feed.example")


def set_lease(owner: str, seconds: float = 60) -> None:
    FeedState.objects.update(lease_owner=owner, lease_until=timezone.now() + dt.timedelta(seconds=seconds))


def test_a_held_lease_is_refused_and_names_its_owner():
    with Lease(), pytest.raises(LeaseHeld, match=f"process {os.getpid()}"), Lease():
        pass


def test_a_lease_is_released():
    with Lease():
        pass
    with Lease():
        assert FeedState.objects.get().lease_owner
    assert FeedState.objects.get().lease_owner == ""


def test_an_expired_lease_of_another_machine_is_taken():
    set_lease("elsewhere/x 1 1 abcd", seconds=-1)
    with Lease():
        pass


def test_a_lease_of_another_machine_is_respected_until_it_expires():
    set_lease("elsewhere/x 999999 1 abcd")
    with pytest.raises(LeaseHeld), Lease():
        pass


def test_a_lease_of_a_dead_process_of_this_machine_is_taken():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    machine, _, _, _ = lease_owners.this_process().split(" ")
    set_lease(f"{machine} {process.pid} - abcd")
    with Lease():
        pass


def test_a_reused_process_id_is_not_the_owner():
    machine, pid, _, _ = lease_owners.this_process().split(" ")
    set_lease(f"{machine} {pid} 1 abcd")  # its start time differs from that of this process
    with Lease():
        pass


def test_a_process_of_another_user_hidden_in_proc_is_alive(monkeypatch):
    def forbid(pid: int, number: int) -> None:
        raise PermissionError

    machine, _, _, _ = lease_owners.this_process().split(" ")
    monkeypatch.setattr(os, "kill", forbid)
    set_lease(f"{machine} 4000000 1 abcd")  # no such entry under /proc
    with pytest.raises(LeaseHeld), Lease():
        pass


def test_the_fence_fails_after_the_lease_was_lost():
    with Lease() as lease:
        lease.fence()
        set_lease("elsewhere/x 1 1 abcd")
        with pytest.raises(LeaseLost):
            lease.fence()
    assert FeedState.objects.get().lease_owner == "elsewhere/x 1 1 abcd"


def test_the_fence_renews_the_lease():
    with Lease() as lease:
        FeedState.objects.update(lease_until=timezone.now())
        lease.fence()
        assert FeedState.objects.get().lease_until > timezone.now() + dt.timedelta(seconds=50)
