"""Whatever happens in whatever order, a quiet run at the end leaves the record as the feed is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest import detail_queue, replay
from ingest.models import DetailTask, FeedState, PageMark, Run
from ingest.standin import StandIn
from ingest.standin.store import LateCommit
from jobsearch.vacancies import record
from jobsearch.vacancies.models import Contact, Moderation, Tombstone, Vacancy
from tests.ingest import plain_ads

from .conftest import Site

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """Not an Exception, as a process that is killed handles nothing either."""


class World:
    """A feed and our side of it; each operation takes a number, by which it chooses an ad."""

    def __init__(self, feed: StandIn) -> None:
        self.feed, self.site = feed, Site(feed)
        self.active: list[str] = []
        self.closed: list[str] = []
        self.ever: set[str] = set()
        self.late: list[LateCommit] = []
        self.rotated = False

    def publish(self, number: int) -> None:
        for _ in range(1 + number % 3):
            ad = self.feed.publish()
            self.active.append(ad)
            self.ever.add(ad)

    def change(self, number: int) -> None:
        if self.active:
            self.feed.change(self.active[number % len(self.active)])

    def edit_silently(self, number: int) -> None:
        if self.active:
            self.feed.edit_silently(self.active[number % len(self.active)])

    def _close(self, number: int, how: Callable[[str], object], *, for_good: bool = False) -> None:
        if self.active:
            ad = self.active.pop(number % len(self.active))
            how(ad)
            if not for_good:
                self.closed.append(ad)

    def expire(self, number: int) -> None:
        self._close(number, self.feed.expire)

    def stop(self, number: int) -> None:
        self._close(number, self.feed.stop)

    def dir_cleanup(self, number: int) -> None:
        self._close(number, self.feed.dir_cleanup)

    def close_silently(self, number: int) -> None:
        self._close(number, self.feed.close_silently)

    def become_finn(self, number: int) -> None:
        self._close(number, self.feed.become_finn, for_good=True)

    def reactivate(self, number: int) -> None:
        if self.closed:
            ad = self.closed.pop(number % len(self.closed))
            self.feed.reactivate(ad)
            self.active.append(ad)

    def begin_late(self, number: int) -> None:
        self.late.append(self.feed.late_commit())

    def commit_late(self, number: int) -> None:
        if self.late:
            ad = self.late.pop(number % len(self.late)).commit()
            self.active.append(ad)
            self.ever.add(ad)

    def follow(self, number: int) -> None:
        self.site.follow()

    def follow_in_trouble(self, number: int) -> None:
        faults = self.feed.faults
        trouble = [
            lambda: faults.status(500, on="detail", every=2),
            lambda: faults.status(503, on="detail"),
            lambda: faults.reset(on="page", every=2),
            lambda: faults.mass_404(),
            lambda: faults.html_with_200(on="any", every=3),
            lambda: faults.truncated(on="detail", times=3),
            lambda: faults.self_referring_next(),
            lambda: faults.page_gone(),
        ]
        with trouble[number % len(trouble)]():
            self.site.follow()

    def follow_and_be_killed(self, number: int) -> None:
        def kill() -> None:
            raise Killed

        with contextlib.suppress(Killed):
            self.site.follow(after_batch=kill)

    def rotate_the_token(self, number: int) -> None:
        if not self.rotated:  # two tokens of one second are the same text
            self.feed.tokens.rotate(flapping=bool(number % 2))
        self.rotated = True

    def check_again(self, number: int) -> None:
        replay.recheck(limit=number)

    def walk_again(self, number: int) -> None:
        client = self.site.client()
        replay.replay_overlap(client)
        client.close()

    def settle(self) -> None:
        self.feed.faults.clear()
        self.feed.tokens.settle()
        while self.late:
            self.commit_late(0)
        self.site.follow()
        self.walk_again(0)
        replay.recheck(limit=1000)
        detail_queue.release()
        report = self.site.follow(retry_now=True)
        assert report.exit_code == 0, report


OPERATIONS = [name for name in vars(World) if not name.startswith("_") and name != "settle"]
STEPS = st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 40)), max_size=25)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[("publish", 5), ("follow_in_trouble", 7)])
@given(steps=STEPS)
def test_after_any_sequence_the_record_is_the_feed(transactional_db, steps):
    for model in (FeedState, DetailTask, PageMark, Run, Vacancy, Tombstone, Moderation):
        model.objects.all().delete()
    with StandIn(ads=plain_ads) as feed, override_settings(NAV_FEED_URL=feed.url, NAV_FEED_TOKEN=""):
        world = World(feed)
        for name, number in steps:
            getattr(world, name)(number)
        world.settle()
        assert world.site.is_true()
        _no_trace_of(world.ever - set(feed.truth()))


def _no_trace_of(ads: set[str]) -> None:
    """The contacts of these ads are in no table and in no file of the database."""
    assert not Contact.objects.filter(vacancy__in=ads).exists()
    assert not Vacancy.objects.filter(uuid__in=ads).exclude(raw=None).exists()
    record.erase_traces()
    if connection.vendor != "sqlite":
        return
    main = Path(connection.settings_dict["NAME"])
    stored = b"".join(file.read_bytes() for file in main.parent.glob(main.name + "*"))
    numbers = {plain_ads.uuid_for(number): number for number in range(1, 200)}
    for ad in ads:
        for text in (f"kari{numbers[ad]}@sykehus", f"Kari Nummer{numbers[ad]}<", f"Kari Nummer{numbers[ad]}."):
            assert text.encode() not in stored, (ad, text)
