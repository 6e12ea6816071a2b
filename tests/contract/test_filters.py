"""Facets, counts, order and paging: against a count over the record that knows nothing of engines."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import Counter

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from jobsearch.search import FACETS, NOT_STATED, SearchQuery, count, count_new, lifecycle, search
from jobsearch.vacancies import occupations, places, record
from jobsearch.vacancies.data import LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO
from tests.conftest import vacancy_data

pytestmark = pytest.mark.django_db

PLACES = [("VESTLAND", "BERGEN"), ("VESTLAND", "VOSS"), ("OSLO", "OSLO"), ("VESTLAND", ""), ("TROMS", "TROMSØ")]
JOBS = [
    ("Helse og sosial", "Sykepleier"), ("Helse og sosial", "Tannhelse/-pleie"), ("Utdanning", "Grunnskole"), ("IT", ""),
    ("Uoppgitt/ ikke identifiserbare", "Ikke identifiserbare"), ("Nytt/yrke", "Under/yrke"),
]  # fmt: skip
TITLES = ["Sykepleier natt", "Lærer", "Butikkmedarbeider", "Utvikler"]
MULTIPLE = ("place", "occupation", "sector", "extent", "engagement")


@pytest.fixture(scope="module")
def many(corpus_engine, django_db_blocker):
    """250 ads of every mixture, beside the corpus."""
    with django_db_blocker.unblock():
        fill()
        yield corpus_engine


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
                description="<p>Vi trenger flere.</p>",
                locations=locations,
                occupations=tuple(OccupationData(*job) for job in chance.sample(JOBS, chance.choice([0, 1, 1, 2]))),
                sector=chance.choice(["Privat", "Offentlig", ""]),
                extent=chance.choice(["Heltid", "Deltid", ""]),
                engagement=chance.choice(["Fast", "Vikariat", "", "Noe nytt"]),
                published=now - dt.timedelta(hours=chance.randrange(240)) if chance.random() < 0.95 else None,
                application_due=(now + dt.timedelta(days=chance.randrange(-5, 20))).strftime("%Y-%m-%d")
                if chance.random() < 0.7
                else "Snarest",
                contacts=(),
            )
        )
    with transaction.atomic():
        record.store(ads, now=now)
    lifecycle.index_changes()


def values_of(row: Vacancy, facet: str, now: dt.datetime) -> set[str]:
    """The facet's values of one ad, from the record alone."""
    if facet == "place":
        paths = {one.path for one in row.locations.all() if one.path}
        return {*paths, *(path.partition("/")[0] for path in paths)} or {NOT_STATED}
    if facet == "occupation":
        jobs = {one.path for one in row.occupations.all()}
        return {*jobs, *(above for path in jobs if (above := occupations.parent(path)))} or {NOT_STATED}
    if facet == "published":
        midnight = dt.datetime.combine(now.astimezone(OSLO).date(), dt.time(), tzinfo=OSLO)
        first = {days: (midnight.date() - dt.timedelta(days=days - 1)) for days in (1, 3, 7)}
        return {str(d) for d, day in first.items() if row.published and row.published.astimezone(OSLO).date() >= day}
    return {getattr(row, facet) or NOT_STATED}


def brute(query: SearchQuery, rows: list[Vacancy], now: dt.datetime) -> tuple[set[uuid.UUID], dict[str, dict[str, int]]]:
    """Hits and counts by the definition: values of a facet OR-ed, facets AND-ed, a count leaves its own facet out."""
    has = {row.uuid: {facet: values_of(row, facet, now) for facet in FACETS} for row in rows}
    chosen = {facet: set(FACETS[facet].chosen(query)) for facet in FACETS if FACETS[facet].chosen(query)}

    def passes(key: uuid.UUID, but: str = "") -> bool:
        return all(has[key][facet] & wanted for facet, wanted in chosen.items() if facet != but)

    counts = {facet: Counter(v for key in has if passes(key, facet) for v in has[key][facet]) for facet in FACETS}
    return {key for key in has if passes(key)}, counts


def test_counts_and_hits_are_what_the_record_says(many):
    now = timezone.now()
    rows = list(Vacancy.objects.active(now).prefetch_related("locations", "occupations"))
    by_word = {"": rows, "butikkmedarbeider": None, "lærer": None}
    for word in [word for word, known in by_word.items() if known is None]:
        found = all_hits(SearchQuery(q=word))
        by_word[word] = [row for row in rows if row.uuid in found]
    chance = random.Random(4)
    pool = {facet: sorted({v for row in rows for v in values_of(row, facet, now)}) for facet in MULTIPLE}
    for turn in range(60):
        query = SearchQuery(q=chance.choice([*by_word]), published=chance.choice([None, None, 1, 3, 7]))
        for facet in chance.sample(MULTIPLE, chance.randrange(4)):
            for value in chance.sample(pool[facet], min(len(pool[facet]), chance.choice([1, 1, 2, 3]))):
                query = query.with_value(facet, value)
        hits, counts = brute(query, by_word[query.q], now)
        page = search(query, now)
        assert page.total == len(hits), query
        assert turn % 4 or all_hits(query) == hits, query
        for facet in FACETS:
            assert nonzero(page.counts[facet]) == nonzero(counts[facet]), (query, facet)
        assert count(query, now) == page.total


def all_hits(query: SearchQuery) -> set[uuid.UUID]:
    found: list[uuid.UUID] = []
    page = search(query)
    for number in range(1, 20):
        hits = search(query.replace(page=number)).uuids
        found += hits
        if not hits:
            break
    assert len(found) == len(set(found)) == page.total, "a page repeats or leaves out an ad"
    return set(found)


def nonzero(counts) -> dict[str, int]:
    return {value: number for value, number in counts.items() if number}


@pytest.mark.parametrize("sort", ["relevance", "published", "deadline"])
@pytest.mark.parametrize("q", ["", "sykepleier", "bergen"])
def test_order_is_fixed_and_pages_share_it_out(many, sort, q):
    now = timezone.now()
    today = now.astimezone(OSLO).date()
    found: list[uuid.UUID] = []
    query = SearchQuery(q=q, sort=sort)
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


def test_a_page_past_the_last_is_empty_and_still_counts(many):
    page = search(SearchQuery(page=400))
    assert not page.hits
    assert page.total > 250


def test_new_since_a_moment_is_by_when_the_record_saw_it(many):
    assert count_new(SearchQuery(), timezone.now() - dt.timedelta(hours=1)) == search(SearchQuery()).total
    assert count_new(SearchQuery(), timezone.now() + dt.timedelta(hours=1)) == 0


def test_an_address_with_the_chosen_values_asks_the_same(many):
    asked = SearchQuery(q="lærer").with_value("occupation", "Nytt/yrke/Under/yrke").with_value("place", "UTLAND/SVERIGE")
    read, problems = SearchQuery.from_params(QueryDict(asked.urlencode()))
    assert (read, problems) == (asked, [])
    assert search(read).total == search(asked).total


def test_choices_show_every_county_and_chosen_values_without_ads(many):
    query = SearchQuery().with_value("place", "FINNMARK/VARDØ")
    counts = search(query).counts["place"]
    choices = {choice.value: choice for choice in FACETS["place"].choices(counts, query)}
    assert choices["FINNMARK"].open
    assert [child.value for child in choices["FINNMARK"].children if child.chosen] == ["FINNMARK/VARDØ"]
    assert choices["VESTLAND"].count == counts["VESTLAND"]
    assert choices[NOT_STATED].count == counts[NOT_STATED] > 0
    assert places.ABROAD in choices
