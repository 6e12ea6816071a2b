"""Dates are Oslo's at critical times: leap day, both changes to and from summer time, the end of a month and of a year.

Each moment is given with the day that it is in Oslo, so that no expected day is computed as the code computes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction

from jobsearch.search.api import SearchQuery, count, search
from jobsearch.search.facets import CHART_DAYS
from jobsearch.vacancies import store as record
from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO, compute_visible_until
from jobsearch.web.presenters import chart, dates, jsonld
from tests.conftest import vacancy_data
from tests.web.page import Page
from tests.web.support import make_ads, own_index  # noqa: F401 - a fixture

UNUSUAL = {
    "leap day": ("2028-02-29T12:00+01:00", "2028-02-29"),
    "clocks go on in a second": ("2027-03-28T01:59:59+01:00", "2027-03-28"),
    "clocks have gone on": ("2027-03-28T03:30+02:00", "2027-03-28"),
    "end of a day of 23 hours": ("2027-03-28T23:30+02:00", "2027-03-28"),
    "after a day of 23 hours": ("2027-03-29T00:15+02:00", "2027-03-29"),
    "02:30 for the first time": ("2026-10-25T02:30+02:00", "2026-10-25"),
    "02:30 for the second time": ("2026-10-25T02:30+01:00", "2026-10-25"),
    "end of a day of 25 hours": ("2026-10-25T23:30+01:00", "2026-10-25"),
    "after a day of 25 hours": ("2026-10-26T00:15+01:00", "2026-10-26"),
    "last minute of a year": ("2026-12-31T23:59+01:00", "2026-12-31"),
    "first moment of a year": ("2027-01-01T00:00+01:00", "2027-01-01"),
    "first hour of a month": ("2026-12-01T00:10+01:00", "2026-12-01"),
    "last hour of a month": ("2026-06-30T23:50+02:00", "2026-06-30"),
}
WEEK = {f"weekday {day}": (f"2026-12-{7 + day:02}T09:00+01:00", f"2026-12-{7 + day:02}") for day in range(7)}
MOMENTS = UNUSUAL | WEEK


def days_of_the_week(turn: int) -> pytest.MarkDecorator:
    """All unusual moments and every third day of the week: of three tests with a search index, each day is in one or two.

    No code of dates knows which day of the week it is but for its name, which the other tests have on all of them.
    """
    week = [
        pytest.param(given, id=name, marks=() if number % 3 == turn else pytest.mark.every_combination)
        for number, (name, given) in enumerate(WEEK.items())
    ]
    unusual = [pytest.param(given, id=name) for name, given in UNUSUAL.items()]
    return pytest.mark.parametrize("today", [*unusual, *week], indirect=True)


@pytest.fixture(params=MOMENTS.values(), ids=MOMENTS)
def today(request: pytest.FixtureRequest) -> Iterator[dt.date]:
    """The date in Oslo at the time of the clock."""
    moment, day = request.param
    with time_machine.travel(dt.datetime.fromisoformat(moment), tick=False):
        yield dt.date.fromisoformat(day)


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def first_second(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=OSLO).astimezone(dt.UTC)


def last_second(day: dt.date) -> dt.datetime:
    return first_second(day + days(1)) - dt.timedelta(seconds=1)


def store(*ads: dict) -> None:
    with transaction.atomic():
        record.store_vacancies([vacancy_data(**fields) for fields in ads])


def test_days_are_relative_to_the_date_in_oslo(today):
    assert dates.get_today() == today
    assert dates.format_published(first_second(today)) == "Publisert i dag"
    for moment in (first_second(today - days(1)), last_second(today - days(1))):
        assert dates.format_published(moment) == "Publisert i går"
        assert dates.format_time(moment).startswith("i går kl. ")
    assert dates.format_published(last_second(today - days(2))) == f"Publisert {dates.format_day(today - days(2))}"
    assert dates.format_time(first_second(today)) == "i dag kl. 00:00"
    for day in (today - days(1), today, today + days(1)):
        assert (str(day.year) in dates.format_day(day)) is (day.year != today.year)


def test_deadlines_are_relative_to_the_date_in_oslo(today):
    def said(left: int) -> tuple[str, str]:
        deadline = dates.format_deadline(Vacancy(application_due=today + days(left)))
        assert deadline is not None
        return deadline.text, deadline.tone

    assert said(-1) == ("Fristen er ute", "past")
    assert said(0) == ("Frist i dag", "soon")
    assert said(1) == ("Frist i morgen", "soon")
    assert said(2) == (f"Frist {dates.format_day(today + days(2), weekday=True)}", "soon")
    assert said(4) == (f"Frist {dates.format_day(today + days(4), weekday=True)}", "")
    assert said(7) == (f"Frist {dates.format_day(today + days(7))}", "")


@pytest.mark.django_db
def test_ad_is_shown_until_the_end_of_its_last_day(today):
    store(
        {"title": "today", "expires": first_second(today)},
        {"title": "today at noon", "expires": first_second(today) + dt.timedelta(hours=12)},
        {"title": "tomorrow", "expires": first_second(today + days(1))},
        {"title": "yesterday", "expires": last_second(today - days(1))},
    )

    def shown(at: dt.datetime) -> set[str]:
        return set(Vacancy.objects.active(at).values_list("title", flat=True))

    assert (
        compute_visible_until(first_second(today)) == compute_visible_until(last_second(today)) == first_second(today + days(1))
    )
    assert set(Vacancy.objects.active().values_list("title", flat=True)) == {"today", "today at noon", "tomorrow"}
    assert shown(last_second(today)) == {"today", "today at noon", "tomorrow"}
    assert shown(first_second(today + days(1))) == {"tomorrow"}
    assert shown(first_second(today + days(2))) == set()
    assert record.close_expired() == 0
    assert record.close_expired(last_second(today)) == 0
    assert record.close_expired(first_second(today + days(1))) == 2


@pytest.mark.django_db
def test_job_posting_is_valid_through_the_day_of_its_deadline(today):
    store({"application_due": str(today), "expires": first_second(today + days(9))})
    vacancy = Vacancy.objects.get()
    posting = jsonld.build_job_posting(vacancy, [], "https://jobb.example/")
    assert posting is not None
    assert dt.datetime.fromisoformat(posting["validThrough"]) == first_second(today + days(1))
    assert jsonld.build_job_posting(vacancy, [], "https://jobb.example/", first_second(today + days(1))) is None


@days_of_the_week(0)
@pytest.mark.django_db
def test_counts_filters_and_chart_divide_ads_by_days_in_oslo(today, own_index):  # noqa: F811
    """Two ads a day, in its first and last second, for twenty days; today one, in its first second."""
    past = [today - days(ago) for ago in range(20)]
    make_ads(
        *({"published": first_second(day)} for day in past),
        *({"published": last_second(day)} for day in past[1:]),
    )
    expected = {day: 2 if day != today else 1 for day in past}
    page = search(SearchQuery())
    counts = page.counts["published"]
    assert counts == {str(day): expected[day] for day in past[:CHART_DAYS]} | {"1": 1, "3": 5, "7": 13}
    for day in past:
        query = SearchQuery(published=day)
        assert count(query) == expected[day], day
        assert search(query).counts["published"][str(day)] == expected[day]
    for number in (1, 3, 7):
        assert count(SearchQuery(published=number)) == counts[str(number)]
    drawn = chart.make_bars(SearchQuery(), counts, lambda query: "")
    assert [(bar.value, bar.count) for bar in drawn] == [(str(day), expected[day]) for day in reversed(past[:CHART_DAYS])]


@days_of_the_week(1)
@pytest.mark.django_db
def test_deadline_filter_uses_days_in_oslo(today, own_index):  # noqa: F811
    left = [-2, -1, 0, 1, 2, 3, 6, 7, 13, 14, 29, 30]
    make_ads(*({"application_due": str(today + days(number)), "expires": first_second(today + days(60))} for number in left))
    counts = search(SearchQuery()).counts["deadline"]
    for value in ("3", "7", "14", "30"):
        expected = sum(0 <= number < int(value) for number in left)
        assert counts[value] == count(SearchQuery(deadline=value)) == expected, value


@days_of_the_week(2)
@pytest.mark.django_db
def test_duplicates_on_both_sides_of_midnight_share_a_row_with_their_dates(today, own_index, client):  # noqa: F811
    same = {"employer_name": "Kiwi", "description": "<p>Kiwi søker deg. Du liker folk.</p>", "application_due": str(today)}
    when = {"BERGEN": first_second(today), "VOSS": last_second(today - days(1)), "STORD": first_second(today - days(1))}
    make_ads(
        *(
            {
                **same,
                "title": f"Butikkmedarbeider {name.capitalize()}",
                "published": moment,
                "expires": first_second(today),
                "locations": (LocationData("NORGE", "VESTLAND", name, name),),
            }
            for name, moment in when.items()
        )
    )
    page = Page(client.get("/"))
    assert len(page.all("//ul[contains(@class, 'cards')]/li | //ol[contains(@class, 'cards')]/li")) == 1
    text = page.text("//article")
    assert "Frist i dag" in text
    assert "Publisert i dag" in text
