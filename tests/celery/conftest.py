"""Real workers on a real Redis, following a stand-in's feed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.standin import StandIn
from tests.ingest import plain_ads


@pytest.fixture
def feed() -> Iterator[StandIn]:
    with StandIn(ads=plain_ads) as standin:
        yield standin


@pytest.fixture
def full_feed(feed: StandIn) -> StandIn:
    """Enough ads, slow enough, that a first load can be caught in the middle."""
    for _ in range(400):
        feed.publish()
    feed.faults.latency(detail=0.05)
    return feed
