"""Facets, counts, order and paging, compared with counts made from the database."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from collections import Counter

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from jobsearch.search.api import SearchQuery, count, count_facets, count_new, search
from jobsearch.search.facets import FACETS, get_exclusion
from jobsearch.search.indexing import index_changes
from jobsearch.taxonomy import occupations, places
from jobsearch.taxonomy.catalogue import NOT_STATED
from jobsearch.vacancies import deadlines, store
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from tests.conftest import vacancy_data
from tests.web.support import prepare_documents

from .conftest import on_all

pytestmark = pytest.mark.django_db

PLACES = [("VESTLAND", "BERGEN"), ("VESTLAND", "VOSS"), ("OSLO", "OSLO"), ("VESTLAND", ""), ("TROMS", "TROMSØ")]
JOBS = [
    ("Helse og sosial", "Sykepleier"), ("Helse og sosial", "Tannhelse/-pleie"), ("Utdanning", "Grunnskole"), ("IT", ""),
    ("Uoppgitt/ ikke identifiserbare", "Ikke identifiserbare"), ("Nytt/yrke", "Under/yrke"),
]  # fmt: skip
TITLES = ["Sykepleier natt", "Lærer", "Butikkmedarbeider", "Utvikler"]
EMPLOYERS = [
    "Kroa AS",
    "Oslo kommune",
    "OSLO kommune",
    'Spill + "Lek" [x] (C++) .*?',
    "Ål & Åsen AS",
    "Blåbærskogen\u00a0  SA",
    "",
]
TEXTS = [
    "<p>Vi trenger flere.</p>",
    "<p>Vi søker deg som har erfaring med barn og er glad i å være ute. Du har ikke noe imot regn.</p>",
    "<p>Me søkjer deg som har erfaring frå arbeid med born og er glad i å vere ute. Du har ikkje noko imot regn.</p>",
    "<p>We are looking for you who have experience in this work and who will be happy with our team.</p>",
    "<p>Praca dla osób, które nie boją się pracy w nocy. Oferujemy od zaraz, do tego mieszkanie, oraz premia na start.</p>",
]
DUE = ["Snarest", "snarest mulig", "Fortløpende", "", "", "Når rette vedkommende er funnet"]
MULTIPLE = ("place", "occupation", "sector", "extent", "engagement", "employer", "language")
SINGLE = ("deadline", "published")
OPEN = "open"  # ads whose deadline has not passed: what a search without a chosen deadline finds; no value of an address


@pytest.fixture(scope="module")
def many(corpus_engine, django_db_blocker):
    """250 ads with random values, in addition to the corpus."""
    with django_db_blocker.unblock():
        fill()
        yield corpus_engine


@pytest.fixture(scope="module")
def now(many) -> dt.datetime:
    """The moment of all searches of this file."""
    return timezone.now()


@pytest.fixture(scope="module")
def rows(many, now, django_db_blocker) -> list[Vacancy]:
    """The active ads, read once: with places and occupations that takes longer than the searches of a test."""
    with django_db_blocker.unblock():
        return list(Vacancy.objects.active(now).prefetch_related("locations", "occupations"))


@pytest.fixture(scope="module")
def pool(rows, now) -> dict[str, list[str]]:
    """The values of each facet among the active ads."""
    return {facet: sorted({value for row in rows for value in all_values_of(row, now)[facet]} - {OPEN}) for facet in FACETS}


def fill() -> None:
    chance = random.Random(17)
    now = timezone.now()
    ads = []
    for _ in range(250):
        where = chance.sample(PLACES, chance.choice([0, 1, 1, 1, 2, 3]))
        locations = tuple(LocationData("NORGE", county, town, city=town) for county, town in where)
        if chance.random() < 0.1:
            locations += (LocationData("SVERIGE"),)
        ads.append(
            vacancy_data(
                uuid=uuid.UUID(int=chance.getrandbits(128), version=4),
                title=chance.choice(TITLES),
                description=chance.choice(TEXTS),
                employer_name=chance.choice(EMPLOYERS),
                locations=locations,
                occupations=tuple(OccupationData(*job) for job in chance.sample(JOBS, chance.choice([0, 1, 1, 2]))),
                sector=chance.choice(["Privat", "Offentlig", ""]),
                extent=chance.choice(["Heltid", "Deltid", ""]),
                engagement=chance.choice(["Fast", "Vikariat", "", "Noe nytt"]),
                published=now - dt.timedelta(hours=chance.randrange(-20, 500)) if chance.random() < 0.95 else None,
                application_due=str(now.astimezone(OSLO).date() + dt.timedelta(days=chance.randrange(-5, 40)))
                if chance.random() < 0.7
                else chance.choice(DUE),
                contacts=(),
            )
        )
    with transaction.atomic():
        store.store_vacancies(ads, now=now)
    prepare_documents()
    index_changes()


def values_of(row: Vacancy, facet: str, now: dt.datetime) -> set[str]:
    """The facet values of one ad, from its database row."""
    if facet == "place":
        paths = {location.path for location in row.locations.all() if location.path}
        return {*paths, *(path.partition("/")[0] for path in paths)} or {NOT_STATED}
    if facet == "occupation":
        jobs = {occupation.path for occupation in row.occupations.all()}
        return {*jobs, *(above for path in jobs if (above := occupations.get_parent(path)))} or {NOT_STATED}
    today = now.astimezone(OSLO).date()
    if facet == "published":
        if not row.published:
            return set()
        day = row.published.astimezone(OSLO).date()
        return {str(day)} | {str(days) for days in (1, 3, 7) if day > today - dt.timedelta(days=days)}
    if facet == "deadline":
        if not row.application_due:
            words = row.application_due_text
            soon = deadlines.is_soon(words) or deadlines.is_continuous(words)
            return {OPEN, "all"} | ({"asap"} if soon else set() if words else {NOT_STATED})
        left = (row.application_due - today).days
        return {"all", OPEN if left >= 0 else "passed"} | {str(days) for days in (3, 7, 14, 30) if 0 <= left < days}
    if facet == "employer":
        return {row.employer_name or NOT_STATED}
    return {getattr(row, facet) or NOT_STATED}


def all_values_of(row: Vacancy, now: dt.datetime) -> dict[str, set[str]]:
    """The values of every facet of one ad; kept with the row, because a test compares dozens of searches on the same rows."""
    kept = row.__dict__.setdefault("values_at", {})
    if now not in kept:
        kept[now] = {facet: values_of(row, facet, now) for facet in FACETS}
    return kept[now]


def compute_expected(
    query: SearchQuery, rows: list[Vacancy], now: dt.datetime
) -> tuple[set[uuid.UUID], dict[str, dict[str, int]]]:
    """Hits and counts by the definition: values of a facet OR-ed, facets AND-ed, a count ignores its own facet.

    No ad with an excluded value is a hit or counted.
    """
    chosen = {facet: set(FACETS[facet].list_chosen(query)) for facet in FACETS if FACETS[facet].list_chosen(query)}
    chosen.setdefault("deadline", {OPEN})
    excluded = {facet: set(get_exclusion(facet).list_chosen(query)) for facet in FACETS if get_exclusion(facet)}
    excluded = {facet: unwanted for facet, unwanted in excluded.items() if unwanted}

    hits: set[uuid.UUID] = set()
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    for row in rows:
        has = all_values_of(row, now)
        if any(has[facet] & unwanted for facet, unwanted in excluded.items()):
            continue
        missed = [facet for facet, wanted in chosen.items() if not has[facet] & wanted]
        if not missed:
            hits.add(row.uuid)
        # A count ignores its own facet: an ad that misses one facet alone is counted in that facet.
        for facet in FACETS if not missed else missed if len(missed) == 1 else ():
            counts[facet].update(has[facet])
    last_days = {str(now.astimezone(OSLO).date() - dt.timedelta(days=ago)) for ago in range(14)} | {"1", "3", "7"}
    del counts["deadline"][OPEN]
    shown = last_days | {str(query.published)}
    counts["published"] = Counter({value: number for value, number in counts["published"].items() if value in shown})
    return hits, counts


def assert_engine_agrees(query: SearchQuery, rows: list[Vacancy], now: dt.datetime) -> set[uuid.UUID]:
    """Asserts that every number of the engine is right for this search; returns the expected hits."""
    hits, counts = compute_expected(query, rows, now)
    page = search(query, now)
    assert page.total == count(query, now) == len(hits), query
    for facet, spec in FACETS.items():
        expected = nonzero(counts[facet])
        if spec.long:
            assert nonzero(count_facets(query, facet, now)) == expected, (query, facet)
            expected = {value: number for value, number in expected.items() if value in spec.list_chosen(query)}
        assert nonzero(page.counts[facet]) == expected, (query, facet)
    return hits


@on_all("corpus_engine")
def test_counts_and_hits_equal_the_database(rows, pool, now, cases_of_engine):
    by_word = {"": rows}
    for word in ("butikkmedarbeider", "lærer"):
        found = all_hits(SearchQuery(q=word, deadline="all"))
        by_word[word] = [row for row in rows if row.uuid in found]
    chance = random.Random(4)
    past = [value for value in pool["published"] if value <= str(now.astimezone(OSLO).date())]
    turns = range(60)
    tested = {*cases_of_engine(turns)}
    for turn in turns:
        query = SearchQuery(q=chance.choice([*by_word]))
        for facet in chance.sample(MULTIPLE, chance.randrange(4)):
            for value in chance.sample(pool[facet], min(len(pool[facet]), chance.choice([1, 1, 2, 3]))):
                query = query.with_value(facet, value)
        if chance.random() < 0.4:
            query = query.with_value("published", chance.choice(past))
        if chance.random() < 0.4:
            query = query.with_value("deadline", chance.choice(pool["deadline"]))
        if turn not in tested:
            continue
        hits = assert_engine_agrees(query, by_word[query.q], now)
        assert turn % 4 or all_hits(query) == hits, query


def test_counts_of_two_facets_equal_the_database(rows, pool, now, every_combination, cases_of_engine):
    """Each pair of facets; on a server nine pairs, in which each facet occurs."""
    today = now.astimezone(OSLO).date()
    values = pool | {"published": ["1", "3", "7", *(str(today - dt.timedelta(days=ago)) for ago in (0, 2, 13, 14, 15, 17))]}
    pairs = [*itertools.combinations((*MULTIPLE, *SINGLE), 2)]
    tested = cases_of_engine(pairs)
    assert {facet for pair in tested for facet in pair} == {*MULTIPLE, *SINGLE}
    for one, other in tested:
        chance = random.Random(f"{one} {other}")
        for value in chance.sample(values[one], min(4 if every_combination else 2, len(values[one]))):
            assert_engine_agrees(SearchQuery().with_value(one, value).with_value(other, chance.choice(values[other])), rows, now)


@pytest.mark.parametrize("facet", [*MULTIPLE, *SINGLE])
def test_the_total_of_each_value_equals_its_facet_count(many, now, facet, cases_of_engine):
    counts = count_facets(SearchQuery(), facet, now)
    assert len(counts) > 2 or facet in {"sector", "extent"}
    for value, number in cases_of_engine([*counts.items()]):
        assert count(SearchQuery().with_value(facet, value), now) == number, value


@on_all("corpus_engine")
@pytest.mark.parametrize("facet", MULTIPLE)
def test_excluded_values_leave_every_other_ad(rows, pool, now, facet, cases_of_engine):
    exclusion = get_exclusion(facet)
    every = count(SearchQuery(), now)
    values = pool[facet]
    chance = random.Random(facet)
    for value in cases_of_engine(chance.sample(values, min(4, len(values)))):
        query = SearchQuery().with_value(exclusion.name, value)
        assert len(assert_engine_agrees(query, rows, now)) == every - count(SearchQuery().with_value(facet, value), now)
        assert_engine_agrees(query.with_value(facet, chance.choice(values)), rows, now)


@pytest.mark.parametrize("ago", [0, 1, 12, 13, 14, 15, 16, 17, 20])
def test_a_chosen_day_outside_the_chart_is_counted_alone(rows, now, ago):
    """The first day outside the chart is 14 days ago: its end is also the beginning of the chart."""
    assert_engine_agrees(SearchQuery(published=now.astimezone(OSLO).date() - dt.timedelta(days=ago)), rows, now)


def all_hits(query: SearchQuery) -> set[uuid.UUID]:
    found: list[uuid.UUID] = []
    page = search(query)
    for number in range(1, 40):
        hits = search(query.replace(page=number)).uuids
        found += hits
        if not hits:
            break
    assert len(found) == len(set(found)) == page.total, "a page repeats or omits an ad"
    return set(found)


def nonzero(counts) -> dict[str, int]:
    return {value: number for value, number in counts.items() if number}


@pytest.mark.parametrize("sort", ["relevance", "published", "deadline"])
@pytest.mark.parametrize("q", ["", "sykepleier", "bergen"])
def test_the_order_is_deterministic_over_all_pages(many, now, sort, q):
    today = now.astimezone(OSLO).date()
    found: list[uuid.UUID] = []
    query = SearchQuery(q=q, sort=sort, deadline="all")
    while hits := search(query.replace(page=len(found) // 25 + 1), now).uuids:
        found += hits
        if len(hits) < 25:
            break
    assert len(found) == len(set(found)) == search(query, now).total
    rows = Vacancy.objects.in_bulk(found)
    newest = [-(rows[key].published.timestamp() // 1 if rows[key].published else 0) for key in found]
    if sort == "published" or (sort == "relevance" and not q):
        assert newest == sorted(newest)
    if sort == "deadline":
        due = [rows[key].application_due for key in found]
        group = [0 if day and day >= today else 1 if day is None else 2 for day in due]
        assert group == sorted(group)
        assert [day for day in due if day and day >= today] == sorted(day for day in due if day and day >= today)
    assert found == all_in_order(query, now)


def all_in_order(query: SearchQuery, now: dt.datetime) -> list[uuid.UUID]:
    pages = -(-search(query, now).total // 25)
    return [key for number in range(1, pages + 1) for key in search(query.replace(page=number), now).uuids]


@on_all("corpus_engine")
def test_a_page_past_the_last_is_empty_and_has_the_total(many):
    page = search(SearchQuery(page=400))
    assert not page.hits
    assert page.total > 250


@on_all("corpus_engine")
def test_new_ads_are_counted_by_when_they_were_first_seen(many):
    assert count_new(SearchQuery(), timezone.now() - dt.timedelta(hours=1)) == search(SearchQuery()).total
    assert count_new(SearchQuery(), timezone.now() + dt.timedelta(hours=1)) == 0


def test_the_address_of_a_search_gives_the_same_search(many):
    asked = SearchQuery(q="lærer").with_value("occupation", "Nytt/yrke/Under/yrke").with_value("place", "UTLAND/SVERIGE")
    read, problems = SearchQuery.from_params(QueryDict(asked.urlencode()))
    assert (read, problems) == (asked, [])
    assert search(read).total == search(asked).total


def test_choices_include_every_county_and_chosen_values_without_ads(many):
    query = SearchQuery().with_value("place", "FINNMARK/VARDØ")
    counts = search(query).counts["place"]
    choices = {choice.value: choice for choice in FACETS["place"].list_choices(counts, query)}
    assert choices["FINNMARK"].open
    assert [child.value for child in choices["FINNMARK"].children if child.chosen] == ["FINNMARK/VARDØ"]
    assert choices["VESTLAND"].count == counts["VESTLAND"]
    assert choices[NOT_STATED].count == counts[NOT_STATED] > 0
    assert places.ABROAD in choices
