"""Hazards 18-20 and 26-37: what ads and lines say, and what becomes of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ingest.models import DetailTask
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Location, Vacancy


def test_an_active_line_over_an_inactive_detail_stores_nothing(feed, site):
    """18: one in nine ACTIVE lines is out of date when its detail is fetched."""
    stub, empty, good = feed.publish(), feed.publish(), feed.publish()
    feed.close_silently(stub)
    feed.active_without_content(empty)
    report = site.follow()
    assert (report.exit_code, report.new, report.gone) == (0, 1, 2)
    assert set(map(str, Vacancy.objects.values_list("uuid", flat=True))) == {good}


def test_an_active_line_over_an_inactive_detail_closes_what_was_stored(feed, site, stored):
    """18"""
    one, two = stored(), stored()
    feed.change(one)
    feed.change(two)
    feed.close_silently(one)
    feed.active_without_content(two)
    report = site.follow()
    assert report.closed == 2
    assert site.ad(one).closed_reason == Vacancy.Closed.WITHDRAWN
    assert not Contact.objects.exists()


POISON = {
    "a last day that is no date": {"expires": "yesterday"},
    "no last day": {"expires": None},
    "a last day beyond all calendars": {"expires": "+999999999-12-31T00:00:00+01:00"},
    "a last day of the wrong type": {"expires": 20261231},
}


@pytest.mark.parametrize("fields", POISON.values(), ids=POISON.keys())
def test_a_poisoned_ad_is_set_apart_and_holds_nothing_up(feed, site, fields):
    """20"""
    good, content = feed.publish(), None
    content = {**feed.truth()[good], "uuid": feed.store.ads.uuid_for(777), **fields}
    bad = feed.publish(content)
    last = feed.publish()
    report = site.follow()
    calendar = "999999" in str(fields["expires"])
    assert site.active() - {bad} == {good, last}
    if calendar:  # "no end", as Java writes it
        assert bad in site.active()
        return
    assert (report.exit_code, report.quarantined) == (1, 1)
    assert (site.task(bad).state, site.task(bad).attempts) == (DetailTask.State.QUARANTINED, 1)
    assert "expires" in site.task(bad).reason
    feed.clear_requests()
    site.follow()
    assert site.asked(bad) == 0
    feed.change(bad, expires=timezone.now() + dt.timedelta(days=9))  # a new line is a new chance
    assert site.follow().exit_code == 0
    assert site.is_true()


HARMLESS = {
    "a long title": {"title": "Sykepleier " * 60},
    "NUL in the text": {"title": "Syke\0pleier", "description": "<p>a\0b</p>"},
    "half a character": {"title": "Syke\ud83dpleier"},
    "null lists": {"contactList": None, "workLocations": None, "occupationCategories": None, "categoryList": None},
    "a number for a text": {"positioncount": 3, "title": 42},
    "objects for texts": {"jobtitle": {"a": 1}, "sector": ["x"], "starttime": True},
    "texts for lists": {"contactList": "Kari", "workLocations": "OSLO"},
    "lists of the wrong things": {"contactList": [None, 1, "x"], "workLocations": [[]], "categoryList": [{}]},
    "no employer": {"employer": None},
    "an employer by name": {"employer": "Sykehuset"},
    "nulls within": {"employer": {"name": None, "orgnr": None, "description": None, "homepage": None}},
    "a publishing date that is none": {"published": "soon", "updated": None},
    "numbers that are none": {"categoryList": [{"categoryType": "ESCO", "code": 1, "name": None, "score": 1e400}]},
    "a deep tree": {"extra": {"a": {"b": [[[[1]]]]}}},
}


@pytest.mark.parametrize("fields", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_leaves_the_meaning_whole_is_stored(feed, site, fields):
    """20, 37: wrong types and odd characters where an ad still makes sense."""
    ad = feed.publish()
    feed.edit_silently(ad, **fields)
    report = site.follow()
    assert (report.exit_code, report.new) == (0, 1)
    row = site.ad(ad)
    assert "\0" not in row.title + row.description
    assert row.description


def test_an_ad_that_cannot_be_stored_does_not_take_its_batch_along(feed, site, monkeypatch):
    """20: fifty ads share a transaction."""
    ads = [feed.publish() for _ in range(9)]
    real = store.store

    def refusing(entries, **options):
        if any(str(entry.uuid) == ads[4] for entry in entries):
            raise ValueError("no")
        return real(entries, **options)

    monkeypatch.setattr(store, "store", refusing)
    report = site.follow()
    assert (report.exit_code, report.new, report.quarantined) == (1, 8, 1)
    assert "not-stored" in site.task(ads[4]).reason


def test_an_ad_is_fetched_whatever_its_line_says_of_place_and_title(feed, site):
    """26: the line names the first place only, or `?`."""
    places = [{"country": "NORGE", "county": "OSLO", "municipal": None}, {"country": "NORGE", "county": "VESTLAND",
              "municipal": "BERGEN"}]  # fmt: skip
    ad = feed.publish(workLocations=places)
    site.follow()
    assert set(Location.objects.filter(vacancy=ad).values_list("path", flat=True)) == {"OSLO", "VESTLAND/BERGEN"}


def test_an_ad_without_occupation_sector_or_county_is_kept(feed, site):
    """29: the search has a bucket "not stated" for it."""
    ad = feed.publish(occupationCategories=[], categoryList=[], sector="", workLocations=[])
    site.follow()
    row = site.ad(ad)
    assert ad in site.active()
    assert (row.sector, row.occupations.count(), row.locations.count()) == ("", 0, 0)


def test_extent_is_kept_as_the_feed_says_it(feed, site):
    """30: the feed calls most ads Heltid; we neither believe it nor change it."""
    ad = feed.publish(extent="Heltid", title="Vikar 50 %")
    site.follow()
    assert site.ad(ad).extent == "Heltid"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-11T00:00:00", dt.date(2026, 10, 11)),
        ("2026-10-31", dt.date(2026, 10, 31)),
        ("21.08.2026", dt.date(2026, 8, 21)),
        ("Snarest", None),
        ("", None),
        ("31.02.2026", None),
        ("etter avtale " * 40, None),
    ],
)
def test_the_deadline_is_a_text_and_a_date_only_where_it_is_one(feed, site, text, day):
    """31: and it never takes the place of the last day."""
    ad = feed.publish(applicationDue=text)
    assert site.follow().exit_code == 0
    row = site.ad(ad)
    assert row.application_due == day
    assert row.application_due_text.strip() == text[:500].strip()
    assert row.expires > timezone.now()


def test_html_keeps_its_words_and_loses_its_scripts(feed, site):
    """32"""
    ad = feed.publish(
        description="<ul><li><p>Natt &lt;helg&gt;</p></li></ul><script>alert(1)</script><p onclick='x()'>a&#64;b</p>"
    )
    site.follow()
    text = site.ad(ad).description
    assert "&lt;helg&gt;" in text
    assert "script" not in text
    assert "onclick" not in text
    assert "a@b" in text


@pytest.mark.parametrize(
    ("link", "kept"),
    [("javascript:alert(1)", ""), ("www.sykehus.example/sok", "https://www.sykehus.example/sok"),
     ("jobb@sykehus.example", "mailto:jobb@sykehus.example"), ("data:text/html,x", ""), (None, "")],
)  # fmt: skip
def test_only_safe_links_are_kept(feed, site, link, kept):
    """33"""
    ad = feed.publish(applicationUrl=link, sourceurl=link)
    site.follow()
    assert (site.ad(ad).application_url, site.ad(ad).source_url) == (kept, kept)


def test_one_place_has_one_path_however_it_is_spelt(feed, site):
    """34"""
    ads = [
        feed.publish(workLocations=[{"country": "NORGE", "county": county, "municipal": name}])
        for county, name in (("INNLANDET", "OS (INNLANDET)"), ("INNLANDET", "OS"), ("Innlandet", "Os"))
    ]
    site.follow()
    paths = Location.objects.filter(vacancy__in=ads).values_list("path", flat=True)
    assert len(set(paths)) == 1
    assert set(Location.objects.values_list("raw_municipality", flat=True)) == {"OS (INNLANDET)", "OS", "Os"}


def test_the_same_text_of_the_same_employer_has_one_hash(feed, site):
    """35: for the search to fold."""
    same = {"description": "<p>Samme tekst</p>", "employer": {"name": "Kjeden"}}
    one, two = feed.publish(**same), feed.publish(**same)
    other = feed.publish(**{**same, "employer": {"name": "En annen"}})
    site.follow()
    assert site.ad(one).body_hash == site.ad(two).body_hash != site.ad(other).body_hash


def test_codes_are_kept_in_one_letter_case_and_names_without_semicolons(feed, site):
    """36"""
    ad = feed.publish(
        categoryList=[
            {"categoryType": "ESCO", "code": "http://data.europa.eu/esco/isco/C9112", "name": "Renholdere;", "score": 1.0}
        ]
    )
    site.follow()
    category = site.ad(ad).categories.get()
    assert (category.code, category.name) == ("http://data.europa.eu/esco/isco/c9112", "Renholdere")
    assert category.raw_name == "Renholdere;"


@pytest.mark.parametrize("word", ["PAUSED", "inactive", "ACTIVE "])
def test_an_unknown_status_counts_as_inactive(feed, site, stored, word, caplog):
    """18: the documentation names two."""
    ad = stored()
    feed.change(ad)
    with feed.faults.unknown_status(word, index=-1, uuid=ad):
        site.follow()
    assert (ad in site.active()) == (word == "ACTIVE ")
    assert ("PAUSED" in caplog.text) == (word == "PAUSED")


def test_a_line_without_uuid_is_named_and_left_out(feed, site, caplog):
    """20"""
    ads = [feed.publish() for _ in range(6)]
    with feed.faults.line_without_uuid(uuid=ads[2]):
        report = site.follow()
    assert report.exit_code == 0
    assert report.rejected_lines >= 1
    assert site.active() == set(ads) - {ads[2]}
    assert "no uuid" in caplog.text


def test_a_line_without_a_time_counts_like_any_other(feed, site, stored):
    """20"""
    ad, other = stored(), stored()
    feed.expire(ad)
    new = feed.publish()
    with feed.faults.bad_dates(uuid=ad), feed.faults.bad_dates(uuid=new):
        assert site.follow().exit_code == 0
    assert site.active() == {other, new}
