"""Fixtures of the hazard tests: feed client and fake feed server over real HTTP, a real database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.utils import timezone

from ingest import consistency, sync
from ingest.client.feed import FeedClient
from ingest.client.responses import ResponseLimits
from ingest.consistency import Kind
from ingest.models import DetailTask, FeedState
from ingest.report import Report
from jobsearch.demo.feed_server import FakeFeed, pages
from jobsearch.vacancies.models import Contact, Vacancy
from tests.ingest import plain_ads, precomputed_ads

PAUSES = (0.01,)
PAGE_SIZE = 100
# So long that no answer is late on a busy machine: with half a second, one of 1,100 details was. Only a test whose feed
# doesn't answer takes `short_limits`.
LIMITS = {
    "page": ResponseLimits(read=60.0, total=120.0, size=16_000_000),
    "detail": ResponseLimits(read=60.0, total=120.0, size=5_000_000),
}
SHORT_LIMITS = {
    "page": ResponseLimits(read=2.0, total=4.0, size=16_000_000),
    "detail": ResponseLimits(read=2.0, total=4.0, size=5_000_000),
}


@pytest.fixture(autouse=True)
def compute_no_ad_before_it_is_stored(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sync run forks a child process but those of tests with the mark `precomputing`.

    These are whole scenarios of each kind. On PostgreSQL they are only the tests of precomputing itself: the database has no
    part in what the child does.
    """
    is_about_it = request.path.name == "test_precomputing.py"
    if not is_about_it and (connection.vendor == "postgresql" or not request.node.get_closest_marker("precomputing")):
        precomputed_ads.compute_none(monkeypatch)


class Site:
    """The site that follows the fake feed: helpers that run a sync and read the database."""

    def __init__(self, feed: FakeFeed) -> None:
        self.feed = feed
        self.limits = LIMITS

    def client(self, **options) -> FeedClient:
        return sync.connect(**{"pauses": PAUSES, **self.limits, **options})

    def follow(self, after_batch: Callable[[], object] | None = None, **options) -> Report:
        """One sync run to the head of the feed. `after_batch` is called after each batch of details."""
        client = self.client()
        if after_batch:
            options["on_progress"] = lambda phase, done, total: after_batch() if phase == "details" else None
        try:
            return sync.run(feed=client, **options)
        finally:
            client.close()

    def ad(self, uuid: str) -> Vacancy | None:
        return Vacancy.objects.filter(uuid=uuid).first()

    def active(self) -> set[str]:
        return {str(uuid) for uuid in Vacancy.objects.active().values_list("uuid", flat=True)}

    def task(self, uuid: str) -> DetailTask | None:
        return DetailTask.objects.filter(uuid=uuid).first()

    def state(self) -> FeedState:
        return FeedState.objects.get(id=1)

    def advance_retries(self, **span: float) -> None:
        """Makes deferred tasks due earlier by this much, instead of waiting."""
        for row in DetailTask.objects.all():
            row.next_try -= dt.timedelta(**span)
            row.save()

    def matches_feed(self) -> bool:
        """Asserts that the active ads and their titles are those of the feed, and that only those ads have contacts."""
        truth = self.feed.read_active_ads()
        now = timezone.now()
        stored = {str(row.uuid): row.title for row in Vacancy.objects.active(now)}
        offered = {uuid: " ".join((content["title"] or "").split()) for uuid, content in truth.items()}
        people = {str(uuid) for uuid in Contact.objects.values_list("vacancy_id", flat=True)}
        assert stored == offered
        assert people <= set(truth)
        return True

    def publish_lines(self, count: int) -> None:
        """Publishes `count` lines about one ad, each with its own time: pages fill up with a single detail to fetch."""
        ad = self.feed.publish()
        for _ in range(count - 1):
            self.feed.change(ad)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.feed.requests]

    def count_requests(self, uuid: str) -> int:
        """Counts the requests for this ad's detail."""
        return sum(path.endswith(f"/feedentry/{uuid}") for path in self.paths)


@pytest.fixture
def feed(settings, monkeypatch) -> Iterator[FakeFeed]:
    """A feed with pages of 100 lines: to fill NAV's own, of 1,000, takes as long as the rest of a test."""
    monkeypatch.setattr(pages, "DEFAULT_PAGE_SIZE", PAGE_SIZE)
    with FakeFeed(ads=plain_ads) as fake_feed:
        settings.NAV_FEED_URL = fake_feed.url
        settings.NAV_FEED_TOKEN = ""
        yield fake_feed


@pytest.fixture
def site(feed: FakeFeed, transactional_db: None) -> Site:
    return Site(feed)


@pytest.fixture
def short_limits(site: Site) -> None:
    """Makes the site wait 2 s for an answer."""
    site.limits = SHORT_LIMITS


@pytest.fixture
def stored(site: Site, feed: FakeFeed) -> Callable[..., str]:
    """Publishes an ad and runs a sync, so that the database has it."""

    def publish(**fields) -> str:
        uuid = feed.publish(**fields)
        site.follow()
        assert uuid in site.active()
        return uuid

    return publish


@pytest.fixture
def store_ads(site: Site, feed: FakeFeed) -> Callable[[int], list[str]]:
    """Publishes this many ads and runs one sync, so that the database has them."""

    def publish(number: int) -> list[str]:
        ads = [feed.publish() for _ in range(number)]
        site.follow()
        assert site.active() >= {*ads}
        return ads

    return publish


@pytest.fixture
def compare(site: Site) -> Callable[..., dict[str, Kind]]:
    """Compares the database with the feed: uuid -> kind of difference."""

    def run(**options) -> dict[str, Kind]:
        client = site.client()
        try:
            return {str(item.uuid): item.kind for item in consistency.compare_with_feed(client, **options)}
        finally:
            client.close()

    return run
