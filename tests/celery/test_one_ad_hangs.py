"""Workers of each pool with the broker on the file system: they follow the feed, and a hanging ad delays no other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from uuid import UUID

import pytest

from jobsearch.demo.feed_server import FakeFeed
from jobsearch.search.engines.tantivy import TantivyEngine
from jobsearch.search.errors import IndexMissing
from tests.servers.live import LiveSite
from tests.servers.ports import wait_until


@pytest.mark.parametrize(("pool", "concurrency"), [("threads", 3), ("prefork", 2)])
def test_ads_are_indexed_on_one_machine_and_a_hanging_one_delays_neither_new_nor_closed_ads(
    live_site: Callable[..., LiveSite], feed: FakeFeed, pool: str, concurrency: int
) -> None:
    stopped = feed.publish(title="Murer")
    site = live_site("sqlite", feed=feed.url, FEED_POLL_SECONDS="1", DJANGO_SETTINGS_MODULE="tests.servers.hanging_settings")
    engine = TantivyEngine(site.folder / "index")

    def shown(ad: str) -> bool:
        try:
            with closing(engine.get_live_index()) as index:
                held = index.read_stored([UUID(ad)])
        except IndexMissing:
            return False
        return bool(held) and held[UUID(ad)].visible_until > 0

    site.worker(pool=pool, concurrency=concurrency)
    site.beat()
    wait_until(lambda: site.active() == {stopped}, 40, "the first ad in the database: the broker on the file system works")
    wait_until(lambda: shown(stopped), 40, "the first ad in the index")
    hanging = [feed.publish(title=f"HENGER {number}") for number in range(3)]
    other = feed.publish(title="Baker")
    feed.stop(stopped)
    wait_until(lambda: shown(other), 60, "the ad beside them")
    wait_until(lambda: not shown(stopped), 30, "the ad that was stopped to leave the index")
    wait_until(lambda: site.value("SELECT count(*) FROM search_setaside WHERE reason = 'slow'") == 3, 60, "three set aside")
    late = feed.publish(title="Snekker")
    wait_until(lambda: shown(late), 60, "an ad that came later")
    assert not any(map(shown, hanging))
