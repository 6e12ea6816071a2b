"""Leases: one owner at a time, and no process blocked by a dead one."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobsearch.core import lease_owners
from jobsearch.core.leases import Lease, LeaseHeld, LeaseLost, find_holder
from jobsearch.core.models import LeaseRecord

pytestmark = pytest.mark.django_db
OTHER_MACHINE = "elsewhere/x 999999 1 abcd"


def hold(owner: str, seconds: float = 60) -> None:
    expires = timezone.now() + dt.timedelta(seconds=seconds)
    LeaseRecord.objects.update_or_create(name="writes", defaults={"owner": owner, "expires": expires})


def test_a_held_lease_is_refused_and_names_its_owner():
    with Lease("writes", 60), pytest.raises(LeaseHeld, match=f"process {os.getpid()}"), Lease("writes", 60):
        pass


def test_a_lease_is_released():
    with Lease("writes", 60) as lease:
        holder = find_holder("writes")
        assert holder and holder.owner == lease.owner
    assert find_holder("writes") is None
    assert LeaseRecord.objects.get().owner == ""
    with Lease("writes", 60):
        pass


def test_leases_of_different_names_are_independent():
    with Lease("writes", 60), Lease("rebuild", 60):
        pass


def test_an_expired_lease_of_another_machine_is_acquired():
    hold(OTHER_MACHINE, seconds=-1)
    assert find_holder("writes") is None
    with Lease("writes", 60):
        pass


def test_a_lease_of_another_machine_is_respected_until_it_expires():
    hold(OTHER_MACHINE)
    with pytest.raises(LeaseHeld), Lease("writes", 60):
        pass


def test_the_lease_of_a_dead_process_of_this_machine_is_acquired_at_once():
    code = "from jobsearch.core import lease_owners; print(lease_owners.create_owner())"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    hold(done.stdout.strip())
    with Lease("writes", 60):
        pass


def test_a_process_number_that_was_given_to_another_process_is_no_owner():
    machine, pid, _, _ = lease_owners.create_owner().split(" ")
    hold(f"{machine} {pid} 1 abcd")  # started at another tick than this process
    with Lease("writes", 60):
        pass


def test_a_process_of_another_user_which_proc_hides_is_alive(monkeypatch):
    def forbid(pid: int, number: int) -> None:
        raise PermissionError

    machine, _, _, _ = lease_owners.create_owner().split(" ")
    monkeypatch.setattr(os, "kill", forbid)
    hold(f"{machine} 4000000 1 abcd")  # no such entry under /proc
    with pytest.raises(LeaseHeld), Lease("writes", 60):
        pass


def test_the_lease_of_a_living_process_of_this_machine_is_respected():
    hold(lease_owners.create_owner())
    with pytest.raises(LeaseHeld), Lease("writes", 60):
        pass


def test_a_lease_that_is_released_within_the_wait_is_acquired():
    hold(OTHER_MACHINE, seconds=0.2)
    with Lease("writes", 60, wait=10):
        pass


def test_a_lost_lease_is_noticed_at_the_next_renewal():
    with Lease("writes", 60) as lease:
        lease.renew()
        hold(OTHER_MACHINE)
        with pytest.raises(LeaseLost):
            lease.renew()
    assert LeaseRecord.objects.get().owner == OTHER_MACHINE


def test_renewing_sets_the_whole_duration_again():
    with Lease("writes", 60) as lease:
        LeaseRecord.objects.update(expires=timezone.now())
        lease.renew_if_due()
        assert LeaseRecord.objects.get().expires < timezone.now()
        lease.renew()
        assert LeaseRecord.objects.get().expires > timezone.now() + dt.timedelta(seconds=50)


@pytest.mark.django_db(transaction=True)
def test_the_end_of_the_block_writes_nothing_after_a_release():
    with Lease("x", 60) as lease, transaction.atomic():
        lease.release()
    assert find_holder("x") is None
    with Lease("x", 60) as lease:
        lease.release()
        with CaptureQueriesContext(connection) as asked:
            lease.__exit__(None, None, None)
    assert len(asked) == 0


@pytest.mark.django_db(transaction=True)
def test_a_release_that_is_rolled_back_is_made_up_for():
    with pytest.raises(ZeroDivisionError), Lease("x", 60) as lease, transaction.atomic():
        lease.release()
        raise ZeroDivisionError
    assert find_holder("x") is None


def test_a_lease_that_was_lost_cannot_be_released():
    with Lease("x", 60) as lease:
        LeaseRecord.objects.update(owner="another process")
        with pytest.raises(LeaseLost):
            lease.release()
    assert LeaseRecord.objects.get().owner == "another process"


def test_a_free_lease_takes_one_query():
    with Lease("x", 60):
        pass
    with CaptureQueriesContext(connection) as asked, Lease("x", 60):
        pass
    assert len(asked) == 2, "acquired and released"
