"""Hazards 20, 21 and 24: what is an outage, what is one ad's own trouble, and what a 404 proves."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from ingest import detail_writer, replay
from ingest.models import DetailTask, FeedState
from jobsearch.vacancies.models import Contact, Vacancy

DAY = dt.timedelta(days=1)


# -- a first load whose newest ads are bad ------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [7, 12, 30])
def test_a_first_load_with_bad_newest_ads_fetches_the_good_ones(feed, site, bad):
    """20: the newest come first, and at first there is no ad that is known to be well."""
    good = {feed.publish() for _ in range(40)}
    poor = [feed.publish() for _ in range(bad)]
    for ad in poor:
        feed.detail_fails_for_good(ad)
    report = site.follow()
    assert (report.exit_code, report.deferred, report.at_tip) == (1, bad, True)
    assert site.active() == good
    assert {"status-500" in site.task(ad).reason for ad in poor} == {True}


@pytest.mark.parametrize("gone", [3, 12, 25])
def test_a_first_load_whose_newest_ads_are_gone(feed, site, gone):
    """21: twelve ads that turned FINN are no wrong host."""
    good = {feed.publish() for _ in range(30)}
    for ad in [feed.publish() for _ in range(gone)]:
        feed.become_finn(ad)
    report = site.follow()
    assert (report.exit_code, report.gone) == (0, gone)
    assert site.active() == good


def test_a_first_load_whose_newest_ads_cannot_be_read(feed, site):
    """20"""
    good = {feed.publish() for _ in range(30)}
    for _ in range(14):
        feed.edit_silently(feed.publish(), expires="soon")
    report = site.follow()
    assert (report.exit_code, report.quarantined) == (1, 14)
    assert site.active() == good


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


@pytest.mark.parametrize("held", [0, 3, 20])
def test_all_details_failing_is_an_outage_whatever_is_held(feed, site, held):
    """20: nothing is charged, and the pages were read all the same."""
    for _ in range(held):
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
    assert site.is_true()


def test_an_outage_is_known_soon_though_each_question_takes_its_time(feed, site):
    """41: those that are asked to make sure are asked at once, not one after the other."""
    for _ in range(30):
        feed.publish()
    feed.faults.hang(on="detail")
    started = timezone.now()
    report = site.follow()
    assert report.problem.startswith("outage")
    assert timezone.now() - started < dt.timedelta(seconds=10)  # half a second each; one by one it would be over fifteen


def test_a_new_form_of_the_feed_closes_nothing(feed, site, monkeypatch):
    """20, 42: were the field `expires` renamed, every ad that is looked at again would be closed."""
    ads = [feed.publish() for _ in range(30)]
    site.follow()
    replay.recheck(limit=30)
    monkeypatch.setattr("ingest.client.parsing.read_time", lambda value: None)
    report = site.follow()
    assert report.exit_code == 2
    assert report.problem.startswith("format")
    assert site.active() == set(ads)
    monkeypatch.undo()
    assert site.follow().exit_code == 0


# -- 404 without a control ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 5, 9])
def test_a_moment_of_404_closes_nothing_where_every_ad_is_asked_for(feed, site, count):
    """21: no other ad is there to ask for, so nothing shows that the feed is well."""
    ads = [feed.publish() for _ in range(count)]
    site.follow()
    for ad in ads:
        feed.change(ad, title="Rettet")
    with feed.faults.mass_404():
        report = site.follow()
    assert (report.exit_code, report.closed, report.deferred) == (1, 0, count)
    assert site.active() == set(ads)
    assert Contact.objects.count() == count
    assert {task.reason.partition(":")[0] for task in DetailTask.objects.all()} == {"404-unproved"}
    site.let_time_pass(minutes=1)
    assert site.follow().exit_code == 0
    assert site.is_true()


def test_a_404_that_stays_is_believed_after_a_day(feed, site):
    """21: the only ad is gone, and no other will ever prove it."""
    ad = feed.publish()
    site.follow()
    feed.change(ad)
    feed.become_finn(ad)
    now = timezone.now()
    for hours in (0, 1, 5, 12, 23):
        with time_machine.travel(now + dt.timedelta(hours=hours), tick=True):
            assert site.follow(retry_now=True).closed == 0
            assert site.task(ad).state == DetailTask.State.DEFERRED
    with time_machine.travel(now + detail_writer.BELIEVED_AFTER + dt.timedelta(minutes=1), tick=True):
        assert site.follow(retry_now=True).closed == 1
    assert site.task(ad) is None
    assert not Contact.objects.exists()


def test_a_new_line_begins_the_day_anew(feed, site):
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


def test_a_control_that_is_gone_itself_proves_nothing(feed, site):
    """21: the one other ad turned FINN too."""
    one, other = feed.publish(), feed.publish()
    site.follow()
    feed.change(one)
    feed.become_finn(one)
    feed.become_finn(other)
    report = site.follow()
    assert (report.exit_code, report.closed) == (1, 0)
    third = feed.publish()
    replay.recheck()
    assert site.follow(retry_now=True).closed == 2
    assert site.active() == {third}


def test_an_ad_that_ended_is_a_control_too(feed, site):
    """21: of a closed ad the feed keeps a detail without content, which a wrong host has not."""
    ended, gone = feed.publish(), feed.publish()
    site.follow()
    feed.expire(ended)
    feed.change(gone)
    feed.become_finn(gone)
    assert site.follow().closed == 2
    assert site.active() == set()


def test_a_server_that_has_an_ad_only_now_and_then_closes_nothing(feed, site):
    """21, 39: one of two servers is ill; what it calls missing is there when the other is asked."""
    ads = [feed.publish() for _ in range(40)]
    site.follow()
    for ad in ads:
        feed.change(ad)
    feed.faults.mass_404(every=2)
    for _ in range(3):
        site.follow(retry_now=True)
    feed.faults.clear()
    assert len(site.active()) >= len(ads) - 2  # what was missing three times running may be believed, until it is asked again
    site.follow(retry_now=True)


# -- an ad that was closed for a 404 is looked at again -------------------------------------------------------------------


def test_a_withdrawn_ad_is_looked_at_again_a_day_later_and_comes_back(feed, site, stored):
    """21, 25: its last line says ACTIVE, so no line will come to say that it is back."""
    stay, ad = stored(), stored()
    feed.change(ad)
    with feed.faults.status(404, uuid=ad):
        assert site.follow().closed == 1
    assert site.ad(ad).closed_reason == Vacancy.Closed.WITHDRAWN
    assert replay.recheck() == 1  # the other one
    site.follow()
    assert site.active() == {stay}
    with time_machine.travel(timezone.now() + DAY + dt.timedelta(minutes=1), tick=True):
        assert replay.recheck() == 2
        site.follow()
        assert site.active() == {stay, ad}
        assert Contact.objects.filter(vacancy=ad).exists()


def test_a_withdrawn_ad_is_looked_at_again_once_a_day_and_not_for_ever(feed, site, stored):
    stored()
    ad = stored()
    feed.become_finn(ad)
    replay.recheck()
    site.follow()
    feed.clear_requests()
    now = timezone.now()
    version = site.ad(ad).version
    for hours in range(2, 24 * 15, 12):
        with time_machine.travel(now + dt.timedelta(hours=hours), tick=True):
            replay.recheck()
            site.follow()
    assert 5 <= site.asked(ad) / 3 <= 8  # each 404 is asked for twice more
    assert site.ad(ad).version == version  # nothing for the search to do
    assert site.ad(ad).status == Vacancy.Status.INACTIVE


def test_an_ad_that_a_line_ended_is_not_looked_at_again(feed, site, stored):
    """Neither one that was withdrawn before its line came."""
    stay, one, two = stored(), stored(), stored()
    feed.stop(one)
    feed.close_silently(two)
    replay.recheck()
    site.follow()
    assert site.ad(two).closed_reason == Vacancy.Closed.WITHDRAWN
    feed.expire(two)
    site.follow()
    assert site.ad(two).closed_reason == Vacancy.Closed.FEED
    feed.clear_requests()
    with time_machine.travel(timezone.now() + DAY * 2, tick=True):
        replay.recheck()
        site.follow()
    assert site.asked(one) == site.asked(two) == 0
    assert site.active() == {stay}


def test_the_feed_state_knows_nothing_of_an_outage_that_was_none(feed, site, stored):
    stored()
    ad = feed.publish()
    feed.become_finn(ad)
    site.follow()
    assert FeedState.objects.get().problem == ""
