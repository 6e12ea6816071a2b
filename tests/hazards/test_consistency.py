"""Consistency check against the feed: finds and repairs the differences that remain possible."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ingest import consistency
from ingest.client.errors import FeedUnavailable
from ingest.consistency import Kind
from ingest.models import FeedState
from jobsearch.vacancies.models import Contact, Vacancy


@pytest.fixture
def repair(site):
    def run() -> None:
        client = site.client()
        consistency.repair(consistency.compare_with_feed(client))
        client.close()
        assert site.follow().exit_code == 0

    return run


def test_without_differences_nothing_is_reported(feed, site, compare):
    for _ in range(20):
        feed.publish()
    feed.stop(feed.publish())
    feed.publish(expires=timezone.now() - dt.timedelta(days=3))
    site.follow()
    assert compare() == {}


@pytest.mark.precomputing
def test_every_difference_is_reported_and_repaired(feed, site, compare, repair):
    ads = [feed.publish() for _ in range(12)]
    late = feed.late_commit()
    feed.publish(), feed.publish()
    site.follow()
    missing, lost, gone, edited, tampered, silent = late.commit(), *ads[:5]
    Vacancy.objects.filter(uuid=lost).delete()
    feed.become_finn(gone)
    feed.edit_silently(edited, contactList=[{"name": "En annen", "email": None}])
    Vacancy.objects.filter(uuid=tampered).update(title="Noe annet")
    feed.close_silently(silent)
    assert compare() == {
        missing: Kind.MISSING, lost: Kind.MISSING, gone: Kind.NEVER_CLOSED, edited: Kind.DIFFERS, tampered: Kind.DIFFERS,
        silent: Kind.NEVER_CLOSED,
    }  # fmt: skip
    repair()
    assert compare() == {}
    assert site.matches_feed()
    assert Contact.objects.get(vacancy=edited).name == "En annen"


UNUSUAL = {
    "a long contact": {"contactList": [{"name": "Kari Nordmann", "role": "x" * 501, "email": "k@x.no"}]},
    "many contacts": {"contactList": [{"name": f"Kari {number}", "email": "k@x.no"} for number in range(201)]},
    "an empty contact": {"contactList": [{"name": "-", "email": "null"}, {"name": "Kari", "email": "k@x.no"}]},
    "many places": {
        "workLocations": [{"country": "NORGE", "county": "OSLO", "municipal": "OSLO", "address": f"{n}"} for n in range(201)]
    },
    "a decomposed place": {"workLocations": [{"country": "NORGE", "county": "MØRE OG ROMSDAL", "municipal": "A\u030aLESUND"}]},
    "long fields": {"title": "x" * 600, "jobtitle": "y" * 600, "applicationDue": "z" * 600, "sector": "w" * 600},
    "references": {
        "title": "R&amp;amp;D",
        "employer": {"name": "H&amp;M &#8238;", "description": "<p>.</p>", "homepage": "www.x.no"},
    },
    "known values": {"engagementtype": "FAST", "extent": "heltid", "sector": "offentlig "},
    "no values": {"title": "null", "sector": "N/A", "starttime": "-"},
    "a future publication date": {"published": "2031-01-01T00:00:00"},
    "a long text": {"description": "<p>" + "<ul><li>x" * 3_000},
    "links": {"applicationUrl": "https://n\u0430v.no/x", "sourceurl": "mailto:a@b.no?cc=c@d.no"},
    "many occupations": {"occupationCategories": [{"level1": "HELSE OG SOSIAL", "level2": "sykepleier"}] * 300},
    "unusual categories": {"categoryList": [{"categoryType": "ESCO", "code": "C" * 600, "name": "Renholdere; "}] * 300},
    "unusual numbers": {"score": 1e22, "other": -0.0, "more": 12345678901234567890, "positioncount": 2.0},
    "half surrogate pairs": {"title": "Kokk\ud83d", "extra": {"a\ud83d": ["b\x00"]}},
}


@pytest.mark.precomputing
def test_values_that_were_cut_or_cleaned_are_not_a_difference(feed, site, compare, repair):
    ads, other = {what: feed.publish() for what in UNUSUAL}, feed.publish()
    for what, fields in UNUSUAL.items():
        feed.edit_silently(ads[what], **fields)
    site.follow()
    assert [what for what, ad in ads.items() if ad not in site.active()] == []
    assert other in site.active()
    found = compare()
    assert {what: found.pop(ad) for what, ad in ads.items() if ad in found} == {}
    assert found == {}
    # A real difference is still found, and repaired once.
    Vacancy.objects.filter(uuid__in=ads.values()).update(employer_orgnr="999888777", start_text="nå")
    Contact.objects.filter(vacancy=other).delete()
    found = compare()
    assert {what: found.pop(ad, None) for what, ad in ads.items()} == dict.fromkeys(UNUSUAL, Kind.DIFFERS)
    assert found == {other: Kind.DIFFERS}
    repair()
    found = compare()
    assert {what: found.pop(ad) for what, ad in ads.items() if ad in found} == {}
    assert found == {}


def test_a_missed_line_is_reported(feed, site, compare, repair):
    """The feed's last line says INACTIVE, and the database has the ad as active."""
    ad, other = feed.publish(), feed.publish()
    site.follow()
    cursor = FeedState.objects.values("page_id", "page_seen").get()
    feed.stop(ad)
    for _ in range(3):
        feed.publish()
    site.follow()
    Vacancy.objects.filter(uuid=ad).update(status="ACTIVE")
    assert compare() == {ad: Kind.CLOSED}
    assert cursor
    repair()
    assert compare() == {}
    assert other in site.active()


def test_the_cursor_does_not_move(feed, site, compare):
    feed.publish()
    site.follow()
    before = FeedState.objects.values().get()
    ad = feed.publish()
    assert compare() == {ad: Kind.MISSING}
    assert FeedState.objects.values().get() == before


def test_an_unreadable_ad_is_reported(feed, site, compare):
    ad = feed.publish()
    broken = feed.publish()
    feed.edit_silently(ad, expires="never")
    feed.detail_fails_for_good(broken)
    site.follow()
    assert compare() == {ad: Kind.UNREADABLE, broken: Kind.UNANSWERED}


def test_an_outage_ends_the_check(feed, site, compare):
    for _ in range(40):
        feed.publish()
    site.follow()
    with feed.faults.status(503, on="detail"), pytest.raises(FeedUnavailable):
        compare()


def test_removed_characters_are_not_a_difference(feed, site, compare):
    feed.publish(title="  Syke\N{RIGHT-TO-LEFT OVERRIDE}pleier  natt ", description="<p>a\0b</p><script>x</script>")
    site.follow()
    assert compare() == {}


def test_progress_is_reported(feed, site, compare):
    for _ in range(5):
        feed.publish()
    site.follow()
    calls = []
    compare(progress=lambda *arguments: calls.append(arguments))
    assert calls[-1] == ("details", 5, 5)
