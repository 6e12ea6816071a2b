"""Hazards 18-20 and 26-37: unusual and invalid content of ads and lines."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ingest.models import DetailTask
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Contact, Location, Vacancy


def test_an_active_line_with_an_inactive_detail_stores_nothing(feed, site):
    """18: one in nine ACTIVE lines is outdated when its detail is fetched."""
    stub, empty, good = feed.publish(), feed.publish(), feed.publish()
    feed.close_silently(stub)
    feed.active_without_content(empty)
    report = site.follow()
    assert (report.exit_code, report.new, report.gone) == (0, 1, 2)
    assert set(map(str, Vacancy.objects.values_list("uuid", flat=True))) == {good}


def test_an_active_line_with_an_inactive_detail_deactivates_the_stored_ad(feed, site, store_ads):
    """Hazard 18."""
    one, two = store_ads(2)
    feed.change(one)
    feed.change(two)
    feed.close_silently(one)
    feed.active_without_content(two)
    report = site.follow()
    assert report.closed == 2
    assert site.ad(one).closed_reason == Vacancy.Closed.WITHDRAWN
    assert not Contact.objects.exists()


INVALID_EXPIRY = {
    "not a date": {"expires": "yesterday"},
    "null": {"expires": None},
    "a year beyond the calendar": {"expires": "+999999999-12-31T00:00:00+01:00"},
    "a number": {"expires": 20261231},
}


@pytest.mark.parametrize("fields", INVALID_EXPIRY.values(), ids=INVALID_EXPIRY.keys())
def test_an_unreadable_ad_is_quarantined_and_does_not_block_others(feed, site, fields):
    """Hazard 20."""
    good, content = feed.publish(), None
    content = {**feed.read_active_ads()[good], "uuid": feed.store.ads.uuid_for(777), **fields}
    bad = feed.publish(content)
    last = feed.publish()
    report = site.follow()
    no_end = "999999" in str(fields["expires"])
    assert site.active() - {bad} == {good, last}
    if no_end:  # "no end", as Java writes it
        assert bad in site.active()
        return
    assert (report.exit_code, report.quarantined) == (1, 1)
    assert (site.task(bad).state, site.task(bad).attempts) == (DetailTask.State.QUARANTINED, 1)
    assert site.task(bad).error_code == "expires"
    feed.clear_requests()
    site.follow()
    assert site.count_requests(bad) == 0
    feed.change(bad, expires=timezone.now() + dt.timedelta(days=9))  # a new line restarts the attempts
    assert site.follow().exit_code == 0
    assert site.matches_feed()


TOLERATED = {
    "a long title": {"title": "Sykepleier " * 60},
    "NUL in the text": {"title": "Syke\0pleier", "description": "<p>a\0b</p>"},
    "half a surrogate pair": {"title": "Syke\ud83dpleier"},
    "null lists": {"contactList": None, "workLocations": None, "occupationCategories": None, "categoryList": None},
    "a number for a text": {"positioncount": 3, "title": 42},
    "objects for texts": {"jobtitle": {"a": 1}, "sector": ["x"], "starttime": True},
    "texts for lists": {"contactList": "Kari", "workLocations": "OSLO"},
    "lists of the wrong things": {"contactList": [None, 1, "x"], "workLocations": [[]], "categoryList": [{}]},
    "no employer": {"employer": None},
    "an employer by name": {"employer": "Sykehuset"},
    "nulls inside an object": {"employer": {"name": None, "orgnr": None, "description": None, "homepage": None}},
    "an invalid publication date": {"published": "soon", "updated": None},
    "invalid numbers": {"categoryList": [{"categoryType": "ESCO", "code": 1, "name": None, "score": 1e400}]},
    "deep nesting": {"extra": {"a": {"b": [[[[1]]]]}}},
}


@pytest.mark.precomputing
def test_an_ad_with_tolerable_errors_is_stored(feed, site):
    """20, 37: wrong types and unusual characters that leave the ad usable."""
    ads = {what: feed.publish() for what in TOLERATED}
    for what, fields in TOLERATED.items():
        feed.edit_silently(ads[what], **fields)
    report = site.follow()
    rows = {what: site.ad(ad) for what, ad in ads.items()}
    assert [what for what, row in rows.items() if not row or not row.description or "\0" in row.title + row.description] == []
    assert (report.exit_code, report.new) == (0, len(ads))


def test_an_ad_that_cannot_be_stored_does_not_block_its_batch(feed, site, monkeypatch):
    """20: fifty ads are written in one transaction."""
    ads = [feed.publish() for _ in range(9)]
    real = store.store_vacancies

    def refusing(entries, **options):
        if any(str(entry.uuid) == ads[4] for entry in entries):
            raise ValueError("no")
        return real(entries, **options)

    monkeypatch.setattr(store, "store_vacancies", refusing)
    report = site.follow()
    assert (report.exit_code, report.new, report.quarantined) == (1, 8, 1)
    assert site.task(ads[4]).error_code == "not-stored"


def test_an_ad_is_fetched_regardless_of_its_lines_place_and_title(feed, site):
    """26: the line has only the first location's municipality, or `?`."""
    places = [{"country": "NORGE", "county": "OSLO", "municipal": None}, {"country": "NORGE", "county": "VESTLAND",
              "municipal": "BERGEN"}]  # fmt: skip
    ad = feed.publish(workLocations=places)
    site.follow()
    assert set(Location.objects.filter(vacancy=ad).values_list("path", flat=True)) == {"OSLO", "VESTLAND/BERGEN"}


def test_an_ad_without_occupation_sector_or_county_is_kept(feed, site):
    """29: the facets have a value "not stated" for it."""
    ad = feed.publish(occupationCategories=[], categoryList=[], sector="", workLocations=[])
    site.follow()
    row = site.ad(ad)
    assert ad in site.active()
    assert (row.sector, row.occupations.count(), row.locations.count()) == ("", 0, 0)


def test_extent_is_stored_as_sent(feed, site):
    """30: the feed sends Heltid for most ads, also for part-time ones; the value is stored unchanged."""
    ad = feed.publish(extent="Heltid", title="Vikar 50 %")
    site.follow()
    assert site.ad(ad).extent == "Heltid"


DEADLINES = {
    "2026-10-11T00:00:00": dt.date(2026, 10, 11),
    "2026-10-31": dt.date(2026, 10, 31),
    "21.08.2026": dt.date(2026, 8, 21),
    "Snarest": None,
    "": None,
    "31.02.2026": None,
    "etter avtale " * 40: None,
}


def test_the_deadline_is_stored_as_text_and_as_a_date_if_valid(feed, site):
    """31: and it never replaces the expiry date."""
    ads = {text: feed.publish(applicationDue=text) for text in DEADLINES}
    assert site.follow().exit_code == 0
    rows = {text: site.ad(ad) for text, ad in ads.items()}
    assert {text: row.application_due for text, row in rows.items()} == DEADLINES
    assert {text: row.application_due_text.strip() for text, row in rows.items()} == {
        text: text[:500].strip() for text in DEADLINES
    }
    assert min(row.expires for row in rows.values()) > timezone.now()


def test_html_keeps_its_text_and_loses_its_scripts(feed, site):
    """Hazard 32."""
    ad = feed.publish(
        description="<ul><li><p>Natt &lt;helg&gt;</p></li></ul><script>alert(1)</script><p onclick='x()'>a&#64;b</p>"
    )
    site.follow()
    text = site.ad(ad).description
    assert "&lt;helg&gt;" in text
    assert "script" not in text
    assert "onclick" not in text
    assert "a@b" in text


LINKS = {
    "javascript:alert(1)": "",
    "www.sykehus.example/sok": "https://www.sykehus.example/sok",
    "jobb@sykehus.example": "mailto:jobb@sykehus.example",
    "data:text/html,x": "",
    None: "",
}


def test_only_safe_links_are_kept(feed, site):
    """Hazard 33."""
    ads = {link: feed.publish(applicationUrl=link, sourceurl=link) for link in LINKS}
    site.follow()
    rows = {link: site.ad(ad) for link, ad in ads.items()}
    assert {link: row.application_url for link, row in rows.items()} == LINKS
    assert {link: row.source_url for link, row in rows.items()} == LINKS


def test_all_spellings_of_a_place_have_one_path(feed, site):
    """Hazard 34."""
    ads = [
        feed.publish(workLocations=[{"country": "NORGE", "county": county, "municipal": name}])
        for county, name in (("INNLANDET", "OS (INNLANDET)"), ("INNLANDET", "OS"), ("Innlandet", "Os"))
    ]
    site.follow()
    paths = Location.objects.filter(vacancy__in=ads).values_list("path", flat=True)
    assert len(set(paths)) == 1
    assert set(Location.objects.values_list("raw_municipality", flat=True)) == {"OS (INNLANDET)", "OS", "Os"}


def test_the_same_text_of_the_same_employer_has_one_hash(feed, site):
    """35: the search groups duplicates by it."""
    same = {"description": "<p>Samme tekst</p>", "employer": {"name": "Kjeden"}}
    one, two = feed.publish(**same), feed.publish(**same)
    other = feed.publish(**{**same, "employer": {"name": "En annen"}})
    site.follow()
    assert site.ad(one).body_hash == site.ad(two).body_hash != site.ad(other).body_hash


def test_codes_are_kept_in_one_letter_case_and_names_without_semicolons(feed, site):
    """Hazard 36."""
    ad = feed.publish(
        categoryList=[
            {"categoryType": "ESCO", "code": "http://data.europa.eu/esco/isco/C9112", "name": "Renholdere;", "score": 1.0}
        ]
    )
    site.follow()
    category = site.ad(ad).categories.get()
    assert (category.code, category.name) == ("http://data.europa.eu/esco/isco/c9112", "Renholdere")
    assert category.raw_name == "Renholdere;"


def test_an_unknown_status_counts_as_inactive(feed, site, store_ads, caplog):
    """18: the documentation has only two statuses."""
    ads = dict(zip(("PAUSED", "inactive", "ACTIVE "), store_ads(3), strict=True))
    for word, ad in ads.items():
        feed.change(ad)
        feed.faults.unknown_status(word, index=-1, uuid=ad)
    site.follow()
    assert site.active() == {ads["ACTIVE "]}
    assert [word for word in ads if word in caplog.text] == ["PAUSED"]


def test_a_line_without_uuid_is_logged_and_skipped(feed, site, caplog):
    """Hazard 20."""
    ads = [feed.publish() for _ in range(6)]
    with feed.faults.line_without_uuid(uuid=ads[2]):
        report = site.follow()
    assert report.exit_code == 0
    assert report.rejected_lines >= 1
    assert site.active() == set(ads) - {ads[2]}
    assert "no uuid" in caplog.text


def test_a_line_with_an_invalid_time_is_applied(feed, site, store_ads):
    """Hazard 20."""
    ad, other = store_ads(2)
    feed.expire(ad)
    new = feed.publish()
    with feed.faults.bad_dates(uuid=ad), feed.faults.bad_dates(uuid=new):
        assert site.follow().exit_code == 0
    assert site.active() == {other, new}
