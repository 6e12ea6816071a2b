"""Hazards 22-28: what closes an ad, what does not, and what goes with it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ingest import replay, status
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Moderation, Vacancy


def test_a_feed_that_stands_still_is_seen_by_the_age_of_its_tip(feed, site):
    """22: every answer is 200, every run ends well."""
    feed.publish(at=timezone.now() - dt.timedelta(days=5))
    with feed.faults.frozen_tip():
        feed.publish()
        assert site.follow().exit_code == 0
        stands = status.status()
    assert stands.newest_line_age > dt.timedelta(days=4)
    assert any("står stille" in problem for problem in stands.problems)
    site.follow()
    assert status.status().problems == []


@pytest.mark.parametrize("how", ["stop", "dir_cleanup"])
def test_a_masked_line_closes_and_takes_title_and_employer_with_it(feed, site, stored, how):
    """23"""
    ad = stored()
    getattr(feed, how)(ad)
    assert site.follow().closed == 1
    row = site.ad(ad)
    assert (row.title, row.employer_name, row.raw, row.description) == ("", "", None, "")


def test_a_masked_line_writes_none_of_its_words(feed, site, stored):
    """23: `...`, nothing and `?` are no titles."""
    ad = stored()
    title = site.ad(ad).title
    feed.expire(ad)
    site.follow()
    assert site.ad(ad).title == title
    feed.append_line(ad, status="INACTIVE", title="...", business_name="", municipal="BERGEN")
    site.follow()
    row = site.ad(ad)
    assert (row.status, row.title, row.employer_name) == ("INACTIVE", "", "")


def test_an_inactive_line_without_title_closes_all_the_same(feed, site, stored):
    """23"""
    ad = stored()
    feed.close_silently(ad)
    feed.append_line(ad, status="INACTIVE", title="", business_name="", municipal="")
    assert site.follow().closed == 1
    assert ad not in site.active()


def test_an_ad_whose_last_day_has_passed_is_not_active_whatever_the_feed_says(feed, site, stored):
    """24: the closing line may be missed, or never come."""
    ad = stored(expires=timezone.now() + dt.timedelta(days=1))
    assert ad not in {str(row.uuid) for row in Vacancy.objects.active(timezone.now() + dt.timedelta(days=3))}


def test_an_ad_that_comes_with_a_passed_last_day_is_never_shown(feed, site):
    """24"""
    ad = feed.publish(expires=timezone.now() - dt.timedelta(days=2))
    report = site.follow()
    assert (report.new, report.expired) == (0, 1)
    assert ad not in site.active()
    assert not Contact.objects.filter(vacancy=ad).exists()


def test_an_ad_that_the_feed_does_not_name_again_stays(feed, site, stored):
    """25: "not seen in the last run" says nothing."""
    ads = [stored() for _ in range(3)]
    for _ in range(3):
        site.follow()
    assert site.active() == set(ads)


@pytest.mark.parametrize("how", ["stop", "expire", "dir_cleanup", "become_finn", "close_silently"])
def test_contacts_go_with_the_transaction_that_closes(feed, site, stored, how, settings):
    """27: and no file of the database holds them afterwards."""
    stored()
    ad = stored()
    person = Contact.objects.get(vacancy=ad)
    getattr(feed, how)(ad)
    replay.recheck()
    site.follow()
    assert not Contact.objects.filter(vacancy=ad).exists()
    row = site.ad(ad)
    assert (row.raw, row.description, row.application_url, row.source_url) == (None, "", "", "")
    for text in (person.email, person.name):
        assert text.encode() not in _files(settings)


def _files(settings) -> bytes:
    """Everything that lies in the database's files, where they are files."""
    from pathlib import Path

    from django.db import connection

    if connection.vendor != "sqlite":
        return b""
    main = Path(connection.settings_dict["NAME"])
    return b"".join(file.read_bytes() for file in main.parent.glob(main.name + "*"))


def test_hiding_survives_every_update(feed, site, stored):
    """28: the hand of an administrator is in a table that the feed never writes."""
    ad = stored()
    store.set_hidden(site.ad(ad).uuid, True)
    feed.change(ad)
    feed.stop(ad)
    feed.reactivate(ad)
    site.follow()
    assert Moderation.objects.get(uuid=ad).hidden
    assert ad not in site.active()


def test_a_zombie_is_found_by_looking_again(feed, site, stored):
    """24: an ad that turned FINN keeps ACTIVE as its last line."""
    stay, ad = stored(), stored()
    feed.become_finn(ad)
    assert site.follow().closed == 0
    assert replay.recheck() == 2
    assert site.follow().closed == 1
    assert site.active() == {stay}


def test_a_silent_edit_is_found_by_looking_again(feed, site, stored):
    """25: the detail can change without a line."""
    ad = stored()
    feed.edit_silently(ad, title="Uten et ord")
    replay.recheck()
    site.follow()
    assert site.ad(ad).title == "Uten et ord"


def test_every_active_ad_gets_its_turn(feed, site):
    """25: those not looked at for longest come first."""
    for _ in range(30):
        feed.publish()
    site.follow()
    feed.clear_requests()
    for _ in range(3):
        replay.recheck(limit=10)
        site.follow()
    asked = [path for path in site.paths if "feedentry" in path]
    assert len(asked) == len(set(asked)) == 30


def test_a_reactivated_ad_is_whole_again(feed, site, stored):
    """23: contacts and texts come back from the detail, never from a line."""
    ad = stored()
    feed.stop(ad)
    site.follow()
    feed.reactivate(ad)
    site.follow()
    assert site.is_true()
    assert Contact.objects.filter(vacancy=ad).exists()
