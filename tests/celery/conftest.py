"""Real workers on a real Redis, following a stand-in's feed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobsearch.demo.feed_server import FakeFeed
from tests.ingest import plain_ads


@pytest.fixture
def feed() -> Iterator[FakeFeed]:
    with FakeFeed(ads=plain_ads) as fake_feed:
        yield fake_feed


@pytest.fixture
def full_feed(feed: FakeFeed) -> FakeFeed:
    """Enough ads, slow enough, that a first load can be caught in the middle."""
    for _ in range(400):
        feed.publish()
    feed.faults.latency(detail=0.05)
    return feed
