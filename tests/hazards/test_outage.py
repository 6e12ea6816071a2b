"""Hazards 19-21: failed details are retried; an outage is distinguished from a bad ad, and a wrong host from a missing ad."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ingest import detail_queue, replay
from ingest.models import DetailTask


def test_a_failed_detail_is_retried_until_it_succeeds(feed, site, stored):
    """19: the cursor has advanced, and the feed sends no further line about the ad."""
    stored()
    ad = feed.publish()
    with feed.faults.status(500, uuid=ad):
        report = site.follow()
        assert (report.exit_code, report.deferred, report.at_tip) == (1, 1, True)
    task = site.task(ad)
    assert (task.state, task.attempts) == (DetailTask.State.DEFERRED, 1)
    assert task.error_code == "status-500"
    assert site.follow().exit_code == 1  # not yet due
    site.advance_retries(minutes=1)
    assert site.follow().exit_code == 0
    assert ad in site.active()


def test_a_run_with_retry_now_does_not_wait_for_the_backoff(feed, site, stored):
    """Hazard 19."""
    stored()
    ad = feed.publish()
    with feed.faults.status(500, uuid=ad):
        site.follow()
    assert site.follow(retry_now=True).exit_code == 0
    assert ad in site.active()


def test_a_bad_ad_is_retried_with_backoff_and_then_quarantined(feed, site, stored):
    """Hazard 20."""
    stored()
    ad = feed.publish()
    feed.detail_fails_for_good(ad)
    site.follow()
    pauses = []
    while site.task(ad).state == DetailTask.State.DEFERRED:
        pauses.append(site.task(ad).next_try - timezone.now())
        site.advance_retries(days=1)
        site.follow()
    assert len(pauses) == detail_queue.MAX_ATTEMPTS - 1
    assert pauses[4] > pauses[2] > pauses[0]
    assert site.task(ad).state == DetailTask.State.QUARANTINED
    assert site.follow().exit_code == 1
    feed.change(ad)
    assert site.follow().exit_code == 0
    assert ad in site.active()


def test_an_administrator_releases_the_quarantine(feed, site, stored):
    """Hazard 20."""
    ad = stored()
    feed.change(ad, expires="never")
    assert site.follow().quarantined == 1
    feed.edit_silently(ad, expires=(timezone.now() + dt.timedelta(days=3)).isoformat())
    assert detail_queue.release_quarantined() == 1
    assert site.task(ad).attempts == 0
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_an_outage_counts_no_attempts(feed, site, stored):
    """20: otherwise hundreds of ads would be quarantined after a night's outage."""
    stored()
    ads = [feed.publish() for _ in range(40)]
    with feed.faults.status(503, on="detail"):
        report = site.follow()
    assert report.exit_code == 2
    assert "outage" in report.problem
    assert set(DetailTask.objects.values_list("state", "attempts")) == {(DetailTask.State.WAITING, 0)}
    assert DetailTask.objects.count() == len(ads)
    assert len([path for path in site.paths if "feedentry" in path]) < 60
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_an_outage_with_few_ads_to_fetch_counts_no_attempts(feed, site, store_ads):
    """20: a single failing ad may be bad; a control ad that worked recently decides."""
    store_ads(2)
    ad = feed.publish()
    with feed.faults.status(503, on="detail"):
        assert site.follow().exit_code == 2
    assert site.task(ad).attempts == 0


def test_many_bad_ads_in_a_row_are_not_an_outage(feed, site, store_ads):
    """20: deferred ads become due together, and the queue then contains only bad ads."""
    store_ads(2)
    bad = [feed.publish() for _ in range(12)]
    for ad in bad:
        feed.detail_fails_for_good(ad)
    report = site.follow()
    assert (report.exit_code, report.deferred) == (1, 12)
    site.advance_retries(days=1)
    good = feed.publish()
    assert site.follow().exit_code == 1
    assert good in site.active()
    assert set(DetailTask.objects.values_list("attempts", flat=True)) == {2}


def test_a_confirmed_404_deactivates_the_ad(feed, site, store_ads):
    """21: withdrawn, or its source is FINN now; retries would never succeed."""
    stay, ad = store_ads(2)
    feed.change(ad)
    feed.become_finn(ad)
    report = site.follow()
    assert (report.exit_code, report.closed) == (0, 1)
    assert site.task(ad) is None
    assert site.active() == {stay}


def test_a_404_of_an_unknown_ad_removes_it_from_the_queue(feed, site, stored):
    """Hazard 21."""
    stored()
    ad = feed.publish()
    feed.become_finn(ad)
    report = site.follow()
    assert (report.exit_code, report.gone) == (0, 1)
    assert site.ad(ad) is None


def test_mass_404_deactivates_nothing(feed, site):
    """21: a wrong host answers 404 for every ad."""
    ads = [feed.publish() for _ in range(60)]
    site.follow()
    replay.enqueue_recheck(limit=40)
    with feed.faults.mass_404():
        report = site.follow()
    assert report.exit_code == 2
    assert "mass-404" in report.problem
    assert site.active() == set(ads)
    assert site.follow().exit_code == 0


@pytest.mark.precomputing
def test_mass_404_during_the_first_load_loses_no_ad(feed, site):
    """21: there are no stored ads to use as control ads."""
    ads = [feed.publish() for _ in range(60)]
    with feed.faults.mass_404():
        assert site.follow().exit_code == 2
    assert DetailTask.objects.count() == len(ads)
    assert site.follow().exit_code == 0
    assert site.matches_feed()


def test_many_missing_ads_are_deactivated_if_others_are_found(feed, site):
    """21: a wrong host would not have the other ads."""
    ads = [feed.publish() for _ in range(40)]
    site.follow()
    for ad in ads[:12]:
        feed.become_finn(ad)
    replay.enqueue_recheck(limit=40)
    assert site.follow().exit_code == 0
    assert site.matches_feed()
