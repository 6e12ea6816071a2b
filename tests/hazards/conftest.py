"""The consumer against the stand-in: real HTTP, a real database, nothing replaced but the patience."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from ingest import sync
from ingest.client.feed import Feed
from ingest.client.http import Limits
from ingest.models import DetailTask, FeedState
from ingest.report import Report
from jobsearch.demo.feed_server import FakeFeed
from jobsearch.vacancies.models import Contact, Vacancy
from tests.ingest import plain_ads

IMPATIENT = {
    "pauses": (0.01,),
    "page": Limits(read=1.0, total=2.0, size=16_000_000),
    "detail": Limits(read=0.5, total=1.0, size=5_000_000),
}


class Site:
    """Our side of the wire: what a test does to it and asks of it."""

    def __init__(self, feed: FakeFeed) -> None:
        self.feed = feed

    def client(self, **options) -> Feed:
        return sync.connect(**{**IMPATIENT, **options})

    def follow(self, **options) -> Report:
        """One run to the tip."""
        client = self.client()
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

    def let_time_pass(self, **span: float) -> None:
        """Moves what was put off towards us instead of waiting for it."""
        for row in DetailTask.objects.all():
            row.next_try -= dt.timedelta(**span)
            row.save()

    def is_true(self) -> bool:
        """The record holds as active what the feed offers, with the same titles, and contacts of nothing else."""
        truth = self.feed.truth()
        now = timezone.now()
        held = {str(row.uuid): row.title for row in Vacancy.objects.active(now)}
        told = {uuid: " ".join((content["title"] or "").split()) for uuid, content in truth.items()}
        people = {str(uuid) for uuid in Contact.objects.values_list("vacancy_id", flat=True)}
        assert held == told
        assert people <= set(truth)
        return True

    def many_lines(self, count: int) -> None:
        """Lines about one ad, each at a time of its own: pages fill up while there is a single detail to fetch."""
        ad = self.feed.publish()
        for _ in range(count - 1):
            self.feed.change(ad)

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.feed.requests]

    def asked(self, uuid: str) -> int:
        """How many times the detail of this ad was asked for."""
        return sum(path.endswith(f"/feedentry/{uuid}") for path in self.paths)


@pytest.fixture
def feed(settings) -> Iterator[FakeFeed]:
    with FakeFeed(ads=plain_ads) as fake_feed:
        settings.NAV_FEED_URL = fake_feed.url
        settings.NAV_FEED_TOKEN = ""
        yield fake_feed


@pytest.fixture
def site(feed: FakeFeed, transactional_db: None) -> Site:
    return Site(feed)


@pytest.fixture
def stored(site: Site, feed: FakeFeed) -> Callable[..., str]:
    """Publishes an ad and follows the feed, so that the record holds it."""

    def publish(**fields) -> str:
        uuid = feed.publish(**fields)
        site.follow()
        assert uuid in site.active()
        return uuid

    return publish
