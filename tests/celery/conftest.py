"""Fixtures: real workers on a real Redis that follow a fake feed server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads


@pytest.fixture
def feed() -> Iterator[FakeFeed]:
    with FakeFeed(ads=plain_ads) as fake_feed:
        yield fake_feed


ADS = 150


@pytest.fixture
def full_feed(feed: FakeFeed) -> FakeFeed:
    """A feed with enough ads, and slow enough, that a test can interrupt the first load."""
    for _ in range(ADS):
        feed.publish()
    feed.faults.latency(detail=0.15)
    return feed
