"""Facets: what they request from the engine and how they read the counts, at the limits of days."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from jobsearch.search.api import SearchQuery
from jobsearch.search.conditions import Range
from jobsearch.search.facets import FACETS, Choice, find_choices
from jobsearch.search.facets.deadline import DUE_IN_WORDS, DUE_SOON, DUE_UNKNOWN
from jobsearch.vacancies.visibility import OSLO

UTC = dt.UTC


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-10-25", 25), ("2026-03-29", 23), ("2026-11-01", 24)], ids=["clocks back", "clocks on", "ordinary"]
)
def test_a_day_has_the_length_of_the_day_in_oslo(day, hours):
    chosen = dt.date.fromisoformat(day)
    condition = FACETS["published"].build_filter(SearchQuery(published=chosen), dt.datetime(2026, 11, 10, 9, tzinfo=UTC))
    assert isinstance(condition, Range)
    assert condition.below - condition.least == hours * 3600
    assert dt.datetime.fromtimestamp(condition.least, OSLO).isoformat()[:16] == f"{day}T00:00"


@pytest.mark.parametrize(
    "now",
    [
        dt.datetime(2026, 10, 27, 22, 30, tzinfo=UTC),  # just before midnight in Oslo
        dt.datetime(2026, 10, 27, 23, 0, tzinfo=UTC),  # midnight
        dt.datetime(2026, 4, 2, 21, 59, 59, tzinfo=UTC),
        dt.datetime(2026, 1, 3, 12, 0, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("ago", [None, 0, 1, 12, 13, 14, 15, 16, 40])
def test_every_day_of_the_chart_has_its_own_count(now, ago):
    """With an ad published at 00:00 and one at 23:59 of each day, every day counts two, whatever its length."""
    today = now.astimezone(OSLO).date()
    query = SearchQuery(published=None if ago is None else today - dt.timedelta(days=ago))
    facet = FACETS["published"]
    edges = facet.build_count(query, now).edges
    assert list(edges) == sorted({*edges})
    moments = [
        dt.datetime.combine(today - dt.timedelta(days=back), clock, tzinfo=OSLO).timestamp()
        for back in range(60)
        for clock in (dt.time(0, 0), dt.time(23, 59, 59))
    ]
    bounds = [*edges, float("inf")]
    raw = {str(low): sum(low <= moment < high for moment in moments) for low, high in itertools.pairwise(bounds)}
    counts = facet.read_counts(raw)
    days = {str(today - dt.timedelta(days=back)) for back in range(14)} | ({str(query.published)} if query.published else set())
    assert {value for value in counts if len(value) > 1} == days
    assert {counts[value] for value in days} == {2}
    assert [counts[value] for value in ("1", "3", "7")] == [2, 6, 14]


def test_deadlines_are_counted_from_today_in_oslo_and_past_ones_apart():
    now = dt.datetime(2026, 11, 10, 23, 30, tzinfo=UTC)  # the 11th in Oslo
    facet = FACETS["deadline"]
    edges = facet.build_count(SearchQuery(), now).edges
    day = (dt.date(2026, 11, 11) - dt.date(1970, 1, 1)).days
    unknown, soon, in_words = DUE_UNKNOWN, DUE_SOON, DUE_IN_WORDS
    due = [
        unknown,
        unknown,
        soon,
        soon,
        soon,
        day - 1,
        day - 300,
        in_words,
        day,
        day + 2,
        day + 3,
        day + 6,
        day + 13,
        day + 29,
        day + 30,
    ]
    bounds = [*edges, float("inf")]
    raw = {str(low): sum(low <= day < high for day in due) for low, high in itertools.pairwise(bounds)}
    assert facet.read_counts(raw) == {"Ikke oppgitt": 2, "asap": 3, "3": 2, "7": 4, "14": 5, "30": 6, "passed": 2, "all": 15}


def test_empty_counts_are_read_as_empty():
    assert [facet.read_counts({}) for facet in FACETS.values()] == [{}] * len(FACETS)


def test_a_list_is_narrowed_by_letters_of_the_names_and_keeps_chosen_values():
    def choice(label, *children, chosen=False):
        return Choice(label, label, 1, chosen, children)

    county = choice("Møre og Romsdal", choice("Ålesund"), choice("Molde"))
    choices = [county, choice("Halden"), choice("Oslo", chosen=True), choice("Vålerenga")]

    def names(typed):
        return [(one.label, [part.label for part in one.children]) for one in find_choices(choices, typed)]

    assert names("ålesund") == [("Møre og Romsdal", ["Ålesund"]), ("Oslo", [])]
    assert names(" ALES ") == [("Møre og Romsdal", ["Ålesund"]), ("Oslo", [])]
    assert names("ål") == [("Møre og Romsdal", ["Ålesund"]), ("Oslo", []), ("Vålerenga", [])]
    assert names("al") == [("Møre og Romsdal", ["Ålesund"]), ("Halden", []), ("Oslo", []), ("Vålerenga", [])]
    assert names("more og") == [("Møre og Romsdal", []), ("Oslo", [])]
