"""One writer at a time, and nobody held up by the dead."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from jobsearch.core import lease_owners
from jobsearch.search.leases import Busy, Lease, LeaseLost
from jobsearch.search.models import IndexLease

pytestmark = pytest.mark.django_db


def hold(token: str, seconds: int = 60) -> None:
    until = timezone.now() + dt.timedelta(seconds=seconds)
    IndexLease.objects.update_or_create(name="writes", defaults={"token": token, "until": until})


def test_only_one_holds_it_and_it_is_given_back():
    with Lease("writes", 60), pytest.raises(Busy), Lease("writes", 60):
        pass
    with Lease("writes", 60):
        pass


def test_another_machine_is_waited_for_until_its_time_is_over():
    hold("elsewhere/1/x/y")
    with pytest.raises(Busy), Lease("writes", 60):
        pass
    hold("elsewhere/1/x/y", seconds=-1)
    with Lease("writes", 60):
        pass


def test_a_dead_process_of_this_machine_holds_nothing_up():
    code = "from jobsearch.core import lease_owners; print(lease_owners.this_process())"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    hold(done.stdout.strip())
    with Lease("writes", 60):
        pass


def test_a_living_process_of_this_machine_is_waited_for():
    hold(lease_owners.this_process())
    with pytest.raises(Busy), Lease("writes", 60):
        pass


def test_whoever_lost_it_is_told_before_anything_is_noted():
    with Lease("writes", 60) as lease:
        hold("elsewhere/1/x/y")
        with pytest.raises(LeaseLost):
            lease.renew()
