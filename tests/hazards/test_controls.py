"""Hazards 20, 21 and 24: the circuit breaker distinguishes an outage from bad ads, and confirms a 404 by control ads."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from ingest import detail_writer, replay
from ingest.models import DetailTask, FeedState
from jobsearch.vacancies.models import Contact, Vacancy

DAY = dt.timedelta(days=1)


# -- first load whose newest ads are bad --------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [7, 12, 30])
def test_a_first_load_with_bad_newest_ads_fetches_the_good_ones(feed, site, bad):
    """20: the newest are fetched first, and at that time no ad is known to be good."""
    good = {feed.publish() for _ in range(40)}
    failing = [feed.publish() for _ in range(bad)]
    for ad in failing:
        feed.detail_fails_for_good(ad)
    report = site.follow()
    assert (report.exit_code, report.deferred, report.at_tip) == (1, bad, True)
    assert site.active() == good
    assert {site.task(ad).error_code for ad in failing} == {"status-500"}


@pytest.mark.parametrize("gone", [3, 12, 25])
def test_a_first_load_with_missing_newest_ads(feed, site, gone):
    """21: twelve ads whose source became FINN do not mean a wrong host."""
    good = {feed.publish() for _ in range(30)}
    for ad in [feed.publish() for _ in range(gone)]:
        feed.become_finn(ad)
    report = site.follow()
    assert (report.exit_code, report.gone) == (0, gone)
    assert site.active() == good


def test_a_first_load_with_unreadable_newest_ads(feed, site):
    """Hazard 20."""
    good = {feed.publish() for _ in range(30)}
    for _ in range(14):
        feed.edit_silently(feed.publish(), expires="soon")
    report = site.follow()
    assert (report.exit_code, report.quarantined) == (1, 14)
    assert site.active() == good


@pytest.mark.precomputing
def test_a_first_load_with_every_kind_of_bad_ad_among_good_ones(feed, site):
    good = set()
    for number in range(90):
        ad = feed.publish()
        if number % 4 == 0:
            feed.detail_fails_for_good(ad)
        elif number % 4 == 1:
            feed.become_finn(ad)
        elif number % 4 == 2:
            feed.edit_silently(ad, expires=None)
        else:
            good.add(ad)
    assert site.follow().exit_code == 1
    assert site.active() == good


@pytest.mark.parametrize("stored_ads", [0, 3, 20])
def test_all_details_failing_is_an_outage(feed, site, stored_ads):
    """20: no ad's attempts are counted, and the pages are read nevertheless."""
    for _ in range(stored_ads):
        feed.publish()
    site.follow()
    for _ in range(30):
        feed.publish()
    with feed.faults.status(500, on="detail"):
        report = site.follow()
    assert (report.exit_code, report.at_tip) == (2, True)
    assert report.problem.startswith("outage")
    assert set(DetailTask.objects.values_list("attempts", flat=True)) == {0}
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_an_outage_is_detected_soon_although_each_request_is_slow(feed, site, short_limits):
    """41: the control ads are requested in parallel, not one after the other."""
    for _ in range(30):
        feed.publish()
    feed.faults.hang(on="detail")
    started = timezone.now()
    report = site.follow()
    assert report.problem.startswith("outage")
    assert timezone.now() - started < dt.timedelta(seconds=40)  # two seconds each; one by one it would be over sixty


def test_a_changed_feed_format_deactivates_nothing(feed, site, monkeypatch):
    """20, 42: if NAV renamed the field `expires`, the recheck would deactivate every ad."""
    ads = [feed.publish() for _ in range(30)]
    site.follow()
    replay.enqueue_recheck(limit=30)
    monkeypatch.setattr("ingest.client.parsing.parse_time", lambda value: None)
    report = site.follow()
    assert report.exit_code == 2
    assert report.problem.startswith("format")
    assert site.active() == set(ads)
    monkeypatch.undo()
    assert site.follow().exit_code == 0


# -- 404 without a control ad -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_a_short_time_of_404s_deactivates_nothing_without_control_ads(feed, site, count):
    """21: there is no other ad to request, so nothing shows that the feed works."""
    ads = [feed.publish() for _ in range(count)]
    site.follow()
    for ad in ads:
        feed.change(ad, title="Rettet")
    with feed.faults.mass_404():
        report = site.follow()
    assert (report.exit_code, report.closed, report.deferred) == (1, 0, count)
    assert site.active() == set(ads)
    assert Contact.objects.count() == count
    assert {task.error_code for task in DetailTask.objects.all()} == {"404-unproved"}
    site.advance_retries(minutes=1)
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_a_404_is_accepted_after_a_day(feed, site):
    """21: the only ad is gone, and no other ad can confirm it."""
    ad = feed.publish()
    site.follow()
    feed.change(ad)
    feed.become_finn(ad)
    now = timezone.now()
    for hours in (0, 1, 5, 12, 23):
        with time_machine.travel(now + dt.timedelta(hours=hours), tick=True):
            assert site.follow(retry_now=True).closed == 0
            assert site.task(ad).state == DetailTask.State.DEFERRED
    with time_machine.travel(now + detail_writer.ACCEPT_404_AFTER + dt.timedelta(minutes=1), tick=True):
        assert site.follow(retry_now=True).closed == 1
    assert site.task(ad) is None
    assert not Contact.objects.exists()


def test_a_new_line_restarts_the_day(feed, site):
    ad = feed.publish()
    site.follow()
    with feed.faults.mass_404():
        feed.change(ad)
        site.follow()
        assert site.task(ad).missing_since
        DetailTask.objects.update(missing_since=timezone.now() - 2 * DAY)
        feed.change(ad)
        assert site.follow().closed == 0
    site.follow(retry_now=True)
    assert ad in site.active()


def test_a_missing_control_ad_confirms_nothing(feed, site):
    """21: the source of the only other ad became FINN too."""
    one, other = feed.publish(), feed.publish()
    site.follow()
    feed.change(one)
    feed.become_finn(one)
    feed.become_finn(other)
    report = site.follow()
    assert (report.exit_code, report.closed) == (1, 0)
    third = feed.publish()
    replay.enqueue_recheck()
    assert site.follow(retry_now=True).closed == 2
    assert site.active() == {third}


def test_a_closed_ad_is_a_control_ad_too(feed, site):
    """21: the feed keeps a detail without content for a closed ad; a wrong host has none."""
    closed, gone = feed.publish(), feed.publish()
    site.follow()
    feed.expire(closed)
    feed.change(gone)
    feed.become_finn(gone)
    assert site.follow().closed == 2
    assert site.active() == set()


def test_a_server_that_finds_ads_only_sometimes_deactivates_nothing(feed, site):
    """21, 39: one of two servers is faulty; the other one finds the ads that it calls missing."""
    ads = [feed.publish() for _ in range(40)]
    site.follow()
    for ad in ads:
        feed.change(ad)
    feed.faults.mass_404(every=2)
    for _ in range(3):
        site.follow(retry_now=True)
    feed.faults.clear()
    assert len(site.active()) >= len(ads) - 2  # three 404s in a row may be accepted, until the next check
    site.follow(retry_now=True)


# -- recheck of ads that were closed by a 404 -----------------------------------------------------------------------------


def test_a_withdrawn_ad_is_rechecked_a_day_later_and_reactivated(feed, site, store_ads):
    """21, 25: its last line says ACTIVE, so no new line will announce its return."""
    stay, ad = store_ads(2)
    feed.change(ad)
    with feed.faults.status(404, uuid=ad):
        assert site.follow().closed == 1
    assert site.ad(ad).closed_reason == Vacancy.Closed.WITHDRAWN
    assert replay.enqueue_recheck() == 1  # the other one
    site.follow()
    assert site.active() == {stay}
    with time_machine.travel(timezone.now() + DAY + dt.timedelta(minutes=1), tick=True):
        assert replay.enqueue_recheck() == 2
        site.follow()
        assert site.active() == {stay, ad}
        assert Contact.objects.filter(vacancy=ad).exists()


def test_a_withdrawn_ad_is_rechecked_daily_for_a_week(feed, site, store_ads):
    _other, ad = store_ads(2)
    feed.become_finn(ad)
    replay.enqueue_recheck()
    site.follow()
    feed.clear_requests()
    now = timezone.now()
    version = site.ad(ad).version
    for hours in range(2, 24 * 15, 12):
        with time_machine.travel(now + dt.timedelta(hours=hours), tick=True):
            replay.enqueue_recheck()
            site.follow()
    assert 5 <= site.count_requests(ad) / 3 <= 8  # each 404 is confirmed by two more requests
    assert site.ad(ad).version == version  # the index needs no update
    assert site.ad(ad).status == Vacancy.Status.INACTIVE


def test_an_ad_that_a_line_closed_is_not_rechecked(feed, site, store_ads):
    """Nor is one that was withdrawn before its closing line came."""
    stay, one, two = store_ads(3)
    feed.stop(one)
    feed.close_silently(two)
    replay.enqueue_recheck()
    site.follow()
    assert site.ad(two).closed_reason == Vacancy.Closed.WITHDRAWN
    feed.expire(two)
    site.follow()
    assert site.ad(two).closed_reason == Vacancy.Closed.FEED
    feed.clear_requests()
    with time_machine.travel(timezone.now() + DAY * 2, tick=True):
        replay.enqueue_recheck()
        site.follow()
    assert site.count_requests(one) == site.count_requests(two) == 0
    assert site.active() == {stay}


def test_a_false_alarm_is_not_stored_as_an_outage(feed, site, stored):
    stored()
    ad = feed.publish()
    feed.become_finn(ad)
    site.follow()
    assert FeedState.objects.get().error_code == ""
