"""Hazards 22-28: what deactivates an ad, what does not, and which data is deleted with it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from ingest import replay, status
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Moderation, Vacancy
from tests.database_files import read_files


def test_a_frozen_feed_is_reported_by_the_age_of_its_newest_line(feed, site):
    """22: every response is 200 and every sync run succeeds."""
    feed.publish(at=timezone.now() - dt.timedelta(days=5))
    with feed.faults.frozen_head():
        feed.publish()
        assert site.follow().exit_code == 0
        facts = status.status()
    assert facts.newest_line_age > dt.timedelta(days=4)
    assert any("står stille" in problem for problem in facts.problems)
    site.follow()
    assert status.status().problems == []


def test_a_masked_line_deactivates_and_deletes_title_and_employer(feed, site, store_ads):
    """Hazard 23."""
    ads = dict(zip(("stop", "dir_cleanup"), store_ads(2), strict=True))
    for how, ad in ads.items():
        getattr(feed, how)(ad)
    assert site.follow().closed == 2
    rows = {how: site.ad(ad) for how, ad in ads.items()}
    assert {how: (row.title, row.employer_name, row.raw, row.description) for how, row in rows.items()} == dict.fromkeys(
        ads, ("", "", None, "")
    )


def test_a_masked_lines_texts_are_not_stored(feed, site, stored):
    """23: `...`, an empty text and `?` are not titles."""
    ad = stored()
    title = site.ad(ad).title
    feed.expire(ad)
    site.follow()
    assert site.ad(ad).title == title
    feed.append_line(ad, status="INACTIVE", title="...", business_name="", municipal="BERGEN")
    site.follow()
    row = site.ad(ad)
    assert (row.status, row.title, row.employer_name) == ("INACTIVE", "", "")


def test_an_inactive_line_without_title_deactivates(feed, site, stored):
    """Hazard 23."""
    ad = stored()
    feed.close_silently(ad)
    feed.append_line(ad, status="INACTIVE", title="", business_name="", municipal="")
    assert site.follow().closed == 1
    assert ad not in site.active()


def test_an_expired_ad_is_not_active_without_a_closing_line(feed, site, stored):
    """24: the closing line may be missed, or never be sent."""
    ad = stored(expires=timezone.now() + dt.timedelta(days=1))
    assert ad not in {str(row.uuid) for row in Vacancy.objects.active(timezone.now() + dt.timedelta(days=3))}


def test_an_ad_that_is_expired_when_fetched_is_never_shown(feed, site):
    """Hazard 24."""
    ad = feed.publish(expires=timezone.now() - dt.timedelta(days=2))
    report = site.follow()
    assert (report.new, report.expired) == (0, 1)
    assert ad not in site.active()
    assert not Contact.objects.filter(vacancy=ad).exists()


def test_an_ad_without_new_lines_stays_active(feed, site, store_ads):
    """25: an ad without a line in the last run is not closed."""
    ads = store_ads(3)
    for _ in range(3):
        site.follow()
    assert site.active() == set(ads)


@pytest.mark.precomputing
def test_contacts_are_deleted_in_the_transaction_that_deactivates(feed, site, store_ads, settings):
    """27: and the database's files do not contain them afterwards."""
    _stay, *ads = store_ads(6)
    ends = dict(zip(("stop", "expire", "dir_cleanup", "become_finn", "close_silently"), ads, strict=True))
    people = {how: Contact.objects.get(vacancy=ad) for how, ad in ends.items()}
    for how, ad in ends.items():
        getattr(feed, how)(ad)
    replay.enqueue_recheck()
    site.follow()
    assert [how for how, ad in ends.items() if Contact.objects.filter(vacancy=ad).exists()] == []
    rows = {how: site.ad(ad) for how, ad in ends.items()}
    assert {how: (row.raw, row.description, row.application_url, row.source_url) for how, row in rows.items()} == dict.fromkeys(
        ends, (None, "", "", "")
    )
    content = _read_database_files(settings)
    assert [
        how for how, person in people.items() if {person.email.encode() in content, person.name.encode() in content} != {False}
    ] == []


def _read_database_files(settings) -> bytes:
    """The content of all SQLite files; empty for another database."""
    if connection.vendor != "sqlite":
        return b""
    main = Path(connection.settings_dict["NAME"])
    return read_files(*main.parent.glob(main.name + "*"))


def test_hiding_by_an_administrator_survives_every_update(feed, site, stored):
    """28: moderation is in a table that the ingest never writes."""
    ad = stored()
    store.set_hidden(site.ad(ad).uuid, True)
    feed.change(ad)
    feed.stop(ad)
    feed.reactivate(ad)
    site.follow()
    assert Moderation.objects.get(uuid=ad).hidden
    assert ad not in site.active()


def test_the_recheck_finds_an_ad_that_the_feed_never_closed(feed, site, store_ads):
    """24: an ad whose source became FINN keeps ACTIVE as its last line."""
    stay, ad = store_ads(2)
    feed.become_finn(ad)
    assert site.follow().closed == 0
    assert replay.enqueue_recheck() == 2
    assert site.follow().closed == 1
    assert site.active() == {stay}


def test_the_recheck_finds_an_edit_without_a_line(feed, site, stored):
    """25: the detail can change without a line."""
    ad = stored()
    feed.edit_silently(ad, title="Uten et ord")
    replay.enqueue_recheck()
    site.follow()
    assert site.ad(ad).title == "Uten et ord"


def test_the_recheck_covers_every_active_ad(feed, site):
    """25: the ads checked least recently come first."""
    for _ in range(30):
        feed.publish()
    site.follow()
    feed.clear_requests()
    for _ in range(3):
        replay.enqueue_recheck(limit=10)
        site.follow()
    requested = [path for path in site.paths if "feedentry" in path]
    assert len(requested) == len(set(requested)) == 30


def test_a_reactivated_ad_is_complete_again(feed, site, stored):
    """23: contacts and texts are restored from the detail, never from a line."""
    ad = stored()
    feed.stop(ad)
    site.follow()
    feed.reactivate(ad)
    site.follow()
    assert site.matches_feed()
    assert Contact.objects.filter(vacancy=ad).exists()
