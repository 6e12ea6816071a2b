"""Lease of the sync run, and the fence of its transactions."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ingest.lease import FeedLease, describe_error
from ingest.models import FeedState
from jobsearch.core.leases import LeaseHeld, LeaseLost
from jobsearch.core.models import LeaseRecord

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def get_for_feed():
    FeedState.get_for_feed("http://feed.example")


def test_a_held_lease_is_described_as_a_feed_that_is_followed():
    with FeedLease(), pytest.raises(LeaseHeld) as caught, FeedLease():
        pass
    assert "The feed is already being followed by process" in describe_error(caught.value)


def test_the_fence_stops_a_process_that_lost_the_lease():
    with FeedLease() as lease:
        lease.fence()
        LeaseRecord.objects.update(owner="elsewhere/x 1 1 abcd")
        with pytest.raises(LeaseLost):
            lease.fence()
    assert LeaseRecord.objects.get().owner == "elsewhere/x 1 1 abcd"


def test_the_fence_renews():
    with FeedLease() as lease:
        LeaseRecord.objects.update(expires=timezone.now())
        lease.fence()
        assert LeaseRecord.objects.get().expires > timezone.now() + dt.timedelta(seconds=50)


def test_the_fence_locks_the_row_of_the_feed(django_assert_num_queries):
    with FeedLease() as lease, django_assert_num_queries(2) as queries:
        lease.fence()
    assert "ingest_feedstate" in queries[1]["sql"]
