"""Parsing of deadlines in free text: a date or a kind, and never an exception."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobsearch.search.indexing import documents
from jobsearch.search.timestamps import day_number
from jobsearch.vacancies import deadlines
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO, compute_visible_until, get_oslo_date
from jobsearch.web.presenters import dates, jsonld

FIXED = settings(derandomize=True, deadline=None)

PUBLISHED = dt.date(2026, 11, 20)
DAY = dt.date(2026, 12, 15)


@pytest.mark.parametrize(
    "text",
    [
        "15.12.26", "Frist: 15.12.2026", "15. desember 2026", "15. des. 2026", "tirsdag 15. desember", "Innen 15.12.2026",
        "15.12.2026, kl 12", "20261215", "2026-12-15+01:00", "2026-12-15T23:59", "2026-12-15 12:00", "15/12-26", "15/12",
        "15.12.", "15.12",
        "15-12-2026", "15 12 2026", "15. 12. 2026", "15.12. 2026", "15.12.2026.", "15.12.2026 kl. 23:59", "15.12.26 kl 12.00",
        "Søknadsfrist: 15.des", "SØKNADSFRIST 15. DESEMBER 2026", "Søknadsfristen er 15. desember", "senest 15.12.2026 kl 12",
        "frist for å søke er 15. desember", "innan 15. desember", "tysdag 15. desember", "by 15 December 2026",
        "15th of December",
        "December 15th, 2026", "Dec 15", "Tuesday, 15 December 2026", "12/15/2026", "2026/12/15", "2026.12.15",
        "1.-15. desember 2026",
        "snarest, senest 15.12.2026", "fortløpende, siste frist 15. desember", "15.12.'26", "15des2026",
        "Application deadline: 15 Dec 2026",
        "15. desember 23:59", "15. desember 12.00", "15. desember 2026 eller før", "Snarest, senest 15.12.", "ASAP, latest 15/12",
        "Løpende vurdering, senest 15.12", "t.o.m. 15.12", "til og med 15/12", "Ny frist 15.12", "Forlenget til 15.12.",
        "Søk innen 15/12", "innen utgangen av 15.12", "1.12 - 15.12", "1.12.-15.12.",
        "Fortløpende, men senest tirsdag 15.12 kl 23:59",
    ],
)  # fmt: skip
def test_a_date_is_parsed_in_every_form(text):
    assert deadlines.parse_deadline(text, PUBLISHED) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5. januar", dt.date(2027, 1, 5)),
        ("20.11", PUBLISHED),
        ("19.11", dt.date(2027, 11, 19)),
        ("29. februar", dt.date(2028, 2, 29)),
        ("senest innen 5.jan 27", dt.date(2027, 1, 5)),
        ("24.12.25", dt.date(2025, 12, 24)),
        ("2026-12-15T23:30:00Z", dt.date(2026, 12, 16)),
    ],
)
def test_a_date_without_a_year_is_the_next_one_after_publishing(text, day):
    assert deadlines.parse_deadline(text, PUBLISHED) == day


@pytest.mark.parametrize(
    "text",
    [
        "", "Etter avtale", "uke 50", "31.02.2026", "20261315", "kl 12.00", "8.00-16.00", "2.5 stillinger", "50 %", "100 prosent",
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "31.12.9999", "01.01.0001", "15.12.2206", "15.12.1999", "15.12.62",
        "ring 22 33 44 55", "ring 12 10 20 26", "12.2026",
        "Snarest, første intervju 1.12", "Løpende, oppstart 1.8", "desember", "1. juledag", "9999-99-99", "٢٠٢٦-١٢-١٥",
    ],
)  # fmt: skip
def test_a_text_without_a_date_gives_none(text):
    assert deadlines.parse_deadline(text, PUBLISHED) is None


@pytest.mark.parametrize("text", ["15.12", "tirsdag 15. desember", "Dec 15"])
def test_without_a_publishing_date_a_date_without_a_year_gives_none(text):
    assert deadlines.parse_deadline(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Omgående", "soon"), ("Snarlig", "soon"), ("så snart som mulig", "soon"), ("Snarest mulig", "soon"), ("snarast råd",
        "soon"),
        ("ASAP", "soon"), ("As soon as possible", "soon"), ("straks", "soon"), ("umiddelbart", "soon"), ("med en gang", "soon"),
        ("hurtigst mulig", "soon"), ("Raskest mogleg", "soon"), ("så fort det lar seg gjøre", "soon"), ("Right away", "soon"),
        ("Fortløpende", "continuous"), ("Søknader vurderes løpende", "continuous"), ("fortlaupande", "continuous"),
        ("Rolling admission", "continuous"), ("til stillingen er besatt", "continuous"), ("until filled", "continuous"),
        ("Fortløpende, søk snarest", "soon"),
        ("Etter avtale", ""), ("", ""), ("Snart kommer jula AS", "soon"), ("omgåelse", ""),
    ],
)  # fmt: skip
def test_kinds_of_deadlines(text, kind):
    assert ("soon" if deadlines.is_soon(text) else "continuous" if deadlines.is_continuous(text) else "") == kind


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Frist: etter avtale", "etter avtale"), ("Søknadsfrist etter avtale", "etter avtale"), ("Fristen er satt", "satt"),
        ("Deadline: TBD", "TBD"), ("Fristløst", "Fristløst"), ("Etter avtale", "Etter avtale"), ("Frist:", "Frist:"), ("", ""),
    ],
)  # fmt: skip
def test_the_label_of_a_deadline_is_stripped(text, shown):
    assert deadlines.strip_label(text) == shown


WORDS = st.sampled_from(
    (
        "frist: innen 15 31 . / - : 12 2026 26 0 99999 desember des jan kl T Z +01:00 -99:99 9999-12-31 0001-01-01 tirsdag "
        "snarest ² ٣ \u0130"
    ).split(" ")
)


@FIXED
@given(st.lists(WORDS | st.text(max_size=4), max_size=12).map(" ".join) | st.text(), st.dates() | st.none())
def test_no_text_raises_an_exception(text, after):
    day = deadlines.parse_deadline(text, after)
    assert day is None or 2000 <= day.year <= 2099
    assert deadlines.is_soon(text) in {True, False} and deadlines.is_continuous(text) in {True, False}
    assert isinstance(deadlines.strip_label(text), str)


ZONES = st.sampled_from([dt.UTC, OSLO, dt.timezone(dt.timedelta(hours=14)), dt.timezone(-dt.timedelta(hours=12))])


@FIXED
@given(st.datetimes(timezones=ZONES))
def test_no_moment_raises_an_exception(moment):
    until = compute_visible_until(moment)
    assert until.astimezone(dt.UTC) and until > dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
    assert abs((get_oslo_date(moment) - moment.date()).days) <= 1
    assert dates.format_published(moment) and dates.format_time(moment)


@FIXED
@given(st.integers(-(2**70), 2**70), st.integers(-(2**40), 2**40), st.uuids())
def test_any_time_and_date_fits_into_the_sort_fields_of_an_index(published, deadline, uuid):
    assert 0 <= documents.compute_order(published, uuid) < 2**63
    assert 0 <= documents.compute_deadline_order(deadline, published, uuid) < 2**63


@FIXED
@given(st.dates())
def test_any_date_can_be_indexed_and_shown(day):
    assert day_number(day) == (day - dt.date(1970, 1, 1)).days
    assert dates.format_day(day) and dates.format_day(day, weekday=True)


@FIXED
@given(st.datetimes(timezones=ZONES), st.dates() | st.none(), st.datetimes(timezones=ZONES))
def test_any_moment_and_date_can_be_written_as_json_ld(expires, due, published):
    ad = Vacancy(visible_until=compute_visible_until(expires), application_due=due, published=published)
    until = jsonld._compute_valid_through(ad)
    assert until <= ad.visible_until
    assert jsonld._format_time(until) and jsonld._format_time(published)
