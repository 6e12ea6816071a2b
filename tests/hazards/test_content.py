"""Hazards 18-37: what ads and lines say, and what must not become of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ingest import detail_queue, replay, status
from ingest.models import DetailTask
from jobsearch.vacancies import record
from jobsearch.vacancies.models import Contact, Location, Moderation, Vacancy


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


def test_a_detail_that_fails_is_owed_until_it_comes(feed, site, stored):
    """19: the cursor has moved on, and the feed will not name the ad again."""
    stored()
    ad = feed.publish()
    with feed.faults.status(500, uuid=ad):
        report = site.follow()
        assert (report.exit_code, report.deferred, report.at_tip) == (1, 1, True)
    task = site.task(ad)
    assert (task.state, task.attempts) == (DetailTask.State.DEFERRED, 1)
    assert "status-500" in task.reason
    assert site.follow().exit_code == 1  # not yet due
    site.let_time_pass(minutes=1)
    assert site.follow().exit_code == 0
    assert ad in site.active()


def test_a_person_who_asks_need_not_wait_for_the_pause(feed, site, stored):
    """19"""
    stored()
    ad = feed.publish()
    with feed.faults.status(500, uuid=ad):
        site.follow()
    assert site.follow(retry_now=True).exit_code == 0
    assert ad in site.active()


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
    real = record.store

    def refusing(entries, **options):
        if any(str(entry.uuid) == ads[4] for entry in entries):
            raise ValueError("no")
        return real(entries, **options)

    monkeypatch.setattr(record, "store", refusing)
    report = site.follow()
    assert (report.exit_code, report.new, report.quarantined) == (1, 8, 1)
    assert "not-stored" in site.task(ads[4]).reason


def test_a_bad_ad_is_tried_with_growing_pauses_and_then_set_apart(feed, site, stored):
    """20"""
    stored()
    ad = feed.publish()
    feed.detail_fails_for_good(ad)
    site.follow()
    pauses = []
    while site.task(ad).state == DetailTask.State.DEFERRED:
        pauses.append(site.task(ad).next_try - timezone.now())
        site.let_time_pass(days=1)
        site.follow()
    assert len(pauses) == detail_queue.ATTEMPTS - 1
    assert pauses[4] > pauses[2] > pauses[0]
    assert site.task(ad).state == DetailTask.State.QUARANTINED
    assert site.follow().exit_code == 1
    feed.change(ad)
    assert site.follow().exit_code == 0
    assert ad in site.active()


def test_an_administrator_releases_the_quarantine(feed, site, stored):
    """20"""
    ad = stored()
    feed.change(ad, expires="never")
    assert site.follow().quarantined == 1
    feed.edit_silently(ad, expires=(timezone.now() + dt.timedelta(days=3)).isoformat())
    assert detail_queue.release() == 1
    assert site.task(ad).attempts == 0
    assert site.follow().exit_code == 0
    assert site.is_true()


def test_an_outage_charges_no_ad(feed, site, stored):
    """20: hundreds of ads would be in quarantine after a bad night."""
    stored()
    ads = [feed.publish() for _ in range(40)]
    with feed.faults.status(503, on="detail"):
        report = site.follow()
    assert report.exit_code == 2
    assert "outage" in report.problem
    assert set(DetailTask.objects.values_list("state", "attempts")) == {(DetailTask.State.WAITING, 0)}
    assert DetailTask.objects.count() == len(ads)
    assert len([path for path in site.paths if "feedentry" in path]) < 25
    assert site.follow().exit_code == 0
    assert site.is_true()


def test_an_outage_with_few_ads_to_fetch_charges_no_ad(feed, site, stored):
    """20: one failing ad may be bad; an ad that was well a moment ago tells."""
    stored(), stored()
    ad = feed.publish()
    with feed.faults.status(503, on="detail"):
        assert site.follow().exit_code == 2
    assert site.task(ad).attempts == 0


def test_many_bad_ads_in_a_row_are_no_outage(feed, site, stored):
    """20: all that is put off comes back at once, and nothing but bad ads is in the queue then."""
    stored(), stored()
    bad = [feed.publish() for _ in range(12)]
    for ad in bad:
        feed.detail_fails_for_good(ad)
    report = site.follow()
    assert (report.exit_code, report.deferred) == (1, 12)
    site.let_time_pass(days=1)
    good = feed.publish()
    assert site.follow().exit_code == 1
    assert good in site.active()
    assert set(DetailTask.objects.values_list("attempts", flat=True)) == {2}


def test_a_detail_that_is_404_closes_the_ad_for_good(feed, site, stored):
    """21: withdrawn, or a FINN ad now; asking again would go on for ever."""
    stay, ad = stored(), stored()
    feed.change(ad)
    feed.become_finn(ad)
    report = site.follow()
    assert (report.exit_code, report.closed) == (0, 1)
    assert site.task(ad) is None
    assert site.active() == {stay}


def test_a_404_of_an_ad_never_seen_is_forgotten(feed, site, stored):
    """21"""
    stored()
    ad = feed.publish()
    feed.become_finn(ad)
    report = site.follow()
    assert (report.exit_code, report.gone) == (0, 1)
    assert site.ad(ad) is None


def test_mass_404_closes_nothing(feed, site):
    """21: a wrong host answers 404 for every ad there is."""
    ads = [feed.publish() for _ in range(60)]
    site.follow()
    replay.recheck(limit=40)
    with feed.faults.mass_404():
        report = site.follow()
    assert report.exit_code == 2
    assert "mass-404" in report.problem
    assert site.active() == set(ads)
    assert site.follow().exit_code == 0


def test_mass_404_at_the_first_load_loses_no_ad(feed, site):
    """21: nothing is held yet to compare with."""
    ads = [feed.publish() for _ in range(60)]
    with feed.faults.mass_404():
        assert site.follow().exit_code == 2
    assert DetailTask.objects.count() == len(ads)
    assert site.follow().exit_code == 0
    assert site.is_true()


def test_many_ads_that_are_really_gone_are_closed(feed, site):
    """21: the others are still there, which a wrong host would not have."""
    ads = [feed.publish() for _ in range(40)]
    site.follow()
    for ad in ads[:12]:
        feed.become_finn(ad)
    replay.recheck(limit=40)
    assert site.follow().exit_code == 0
    assert site.is_true()


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


def test_an_ad_is_fetched_whatever_its_line_says_of_place_and_title(feed, site):
    """26: the line names the first place only, or `?`."""
    places = [{"country": "NORGE", "county": "OSLO", "municipal": None}, {"country": "NORGE", "county": "VESTLAND",
              "municipal": "BERGEN"}]  # fmt: skip
    ad = feed.publish(workLocations=places)
    site.follow()
    assert set(Location.objects.filter(vacancy=ad).values_list("path", flat=True)) == {"OSLO", "VESTLAND/BERGEN"}


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
    record.set_hidden(site.ad(ad).uuid, True)
    feed.change(ad)
    feed.stop(ad)
    feed.reactivate(ad)
    site.follow()
    assert Moderation.objects.get(uuid=ad).hidden
    assert ad not in site.active()


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
