"""Distance filter on each engine, compared with distances computed from the database."""

from __future__ import annotations

import math
import random
import uuid
from collections import Counter
from functools import cache

import pytest
from django.db import transaction
from django.utils import timezone

from jobsearch.search.api import SearchQuery, count, search
from jobsearch.search.indexing import index_changes
from jobsearch.taxonomy.geography import load_centres
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.models import PostalCode, Vacancy
from tests.conftest import vacancy_data
from tests.web.support import prepare_documents

pytestmark = pytest.mark.django_db
# Where postal codes are, some of them not where the municipality's centre is.
TABLE = {
    "5003": (60.390, 5.330), "5221": (60.318, 5.353), "5268": (60.430, 5.560), "5700": (60.629, 6.415), "5722": (60.567, 5.990),
    "0150": (59.910, 10.745), "0980": (59.955, 10.900), "1337": (59.890, 10.530), "9008": (69.650, 18.950), "9170": (78.2, 15.6),
}  # fmt: skip
MUNICIPALITIES = [
    *[("VESTLAND", "BERGEN"), ("VESTLAND", "BERGEN"), ("VESTLAND", "VOSS"), ("VESTLAND", "ASKØY"), ("OSLO", "OSLO")],
    *[("AKERSHUS", "BÆRUM"), ("TROMS", "TROMSØ"), ("VESTLAND", ""), ("OSLO", ""), ("", ""), ("VESTLAND", "GAMLE KOMMUNE")],
]
CODES = [*TABLE, *TABLE, "", "", "5838", "0001", "0000", "500", "52 21", "N-5003"]
HOME = LocationData("NORGE", "VESTLAND", "BERGEN", postal_code="5003")


@pytest.fixture(scope="module")
def ads(corpus_engine, django_db_blocker):
    """300 ads with random municipalities and postal codes, in addition to the corpus; returns names of some by uuid."""
    with django_db_blocker.unblock():
        chance = random.Random(23)
        made = []
        for _ in range(300):
            where = tuple(_location(chance) for _ in range(chance.choice([0, 1, 1, 1, 1, 2, 3])))
            made.append(vacancy_data(uuid=uuid.UUID(int=chance.getrandbits(128), version=4), locations=where, contacts=()))
        named = {
            "centre": (HOME,),
            "far part": (LocationData("NORGE", "VESTLAND", "BERGEN", postal_code="5268"),),
            "no code": (LocationData("NORGE", "VESTLAND", "BERGEN"),),
            "unknown code": (LocationData("NORGE", "VESTLAND", "BERGEN", postal_code="5838"),),
            "county": (LocationData("NORGE", "VESTLAND", ""),),
            "abroad": (LocationData("DANMARK", postal_code="5003"),),
            "Oslo county": (LocationData("NORGE", "OSLO", ""),),
            "only a code": (LocationData("NORGE", "", "", postal_code="5003"),),
            "here and far": (LocationData("NORGE", "TROMS", "TROMSØ", postal_code="9008"), HOME),
        }
        ids = {}
        for name, locations in named.items():
            made.append(vacancy_data(title="Målemester", locations=locations, contacts=()))
            ids[made[-1].uuid] = name
        with transaction.atomic():
            store.store_vacancies(made)
        prepare_documents()
        index_changes()
        yield ids


def _location(chance: random.Random) -> LocationData:
    if chance.random() < 0.06:
        return LocationData(chance.choice(["SVERIGE", "DANMARK"]), postal_code=chance.choice(CODES))
    return LocationData("NORGE", *chance.choice(MUNICIPALITIES), postal_code=chance.choice(CODES))


@pytest.fixture
def table():
    loaded = timezone.now()
    PostalCode.objects.bulk_create(
        PostalCode(code=code, name=f"Sted {code}", latitude=latitude, longitude=longitude, loaded=loaded)
        for code, (latitude, longitude) in TABLE.items()
    )
    return TABLE


@cache
def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    a, b, turn = math.radians(one[0]), math.radians(other[0]), math.radians(other[1] - one[1])
    inner = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(inner))


def code_of(stated: str) -> str:
    code = stated.replace(" ", "")
    return code if len(code) == 4 and code.isdigit() and code != "0000" else ""


Codes = dict[str, tuple[float, float]]
Points = dict[uuid.UUID, list[tuple[float, float]]]


def locate(rows: list[Vacancy], codes: Codes) -> Points:
    """The points of each ad, by the definition.

    A location is at its postal code, or if that has no known position, at its municipality.
    """
    home = {row.uuid: [one for one in row.locations.all() if not one.path.startswith("UTLAND")] for row in rows}
    points = {key: [codes.get(code_of(one.postal_code)) or municipality_point(one.path) for one in home[key]] for key in home}
    return {key: [point for point in found if point is not None] for key, found in points.items()}


def find_within(query: SearchQuery, points: Points, codes: Codes) -> set[uuid.UUID]:
    """The ads with a point within the distance, by the definition."""
    centre = codes.get(query.near) or load_centres()[query.near].point
    return {key for key, own in points.items() if any(kilometres(centre, point) <= query.km for point in own)}


@cache
def municipality_point(path: str) -> tuple[float, float] | None:
    known = load_centres().get({"OSLO": "OSLO/OSLO"}.get(path, path))
    return known.point if known else None


def everything(query: SearchQuery) -> set[uuid.UUID]:
    found: list[uuid.UUID] = []
    while hits := search(query.replace(page=len(found) // query.size + 1)).uuids:
        found += hits
        if len(hits) < query.size:
            break
    assert len(found) == len(set(found))
    return set(found)


@pytest.fixture(scope="module")
def rows(ads, django_db_blocker) -> list[Vacancy]:
    """The active ads, read once."""
    with django_db_blocker.unblock():
        return list(Vacancy.objects.active().prefetch_related("locations"))


DISTANCES = [5, 10, 25, 50, 100]
CENTRES = ["VESTLAND/BERGEN", "VESTLAND/VOSS", "OSLO/OSLO", "AKERSHUS/BÆRUM", "TROMS/TROMSØ", "SVALBARD/LONGYEARBYEN"]


@pytest.mark.parametrize("km", DISTANCES)
def test_with_postal_codes_hits_equal_the_computed_distances(rows, table, some_of, cases_of_engine, km):
    """Each distance from a fourth of the places, and each place with one or two distances."""
    known = locate(rows, table)
    sizes = []
    for near in cases_of_engine(some_of([*CENTRES, *table], DISTANCES.index(km))):
        query = SearchQuery(near=near, km=km, size=100)
        expected = find_within(query, known, table)
        assert everything(query) == expected, near
        assert count(query) == len(expected)
        sizes.append(len(expected))
    assert 0 < max(sizes) < len(known)


def test_a_municipality_alone_is_found_as_by_its_box(ads, table):
    for path in ("VESTLAND/BERGEN", "VESTLAND/VOSS", "TROMS/TROMSØ"):
        inside = everything(SearchQuery(near=path, km=0, size=100))
        assert inside == everything(SearchQuery(place=(path,), size=100)) != set()
    assert everything(SearchQuery(near="OSLO/OSLO", km=0, size=100)) == everything(SearchQuery(place=("OSLO",), size=100))


@pytest.mark.parametrize("km", DISTANCES)
def test_without_postal_codes_distances_are_between_municipalities(rows, cases_of_engine, km):
    known = locate(rows, {})
    for near in cases_of_engine(CENTRES):
        query = SearchQuery(near=near, km=km, size=100)
        assert everything(query) == find_within(query, known, {}), near


def named(ads: dict, query: SearchQuery) -> set[str]:
    return {ads[key] for key in everything(query) if key in ads}


ALWAYS = {"centre", "no code", "unknown code", "here and far"}


def test_an_ad_in_town_is_found_without_postal_codes(ads):
    query = SearchQuery(q="målemester", near="VESTLAND/BERGEN", km=10)
    assert named(ads, query) == ALWAYS | {"far part"}


def test_with_postal_codes_a_distant_part_of_the_municipality_is_not_found(ads, table):
    query = SearchQuery(q="målemester", near="VESTLAND/BERGEN", km=10)
    assert named(ads, query) == ALWAYS | {"only a code"}
    assert named(ads, query.replace(km=25)) == ALWAYS | {"only a code", "far part"}
    assert named(ads, query.replace(near="5268", km=5)) == {"far part"}
    assert named(ads, query.replace(near="OSLO/OSLO")) == {"Oslo county"}


def test_changed_postal_codes_apply_at_once_to_the_same_index(ads, table):
    query = SearchQuery(q="målemester", near="VESTLAND/BERGEN", km=10)
    PostalCode.objects.all().delete()
    PostalCode.objects.create(code="5003", name="Nordpolen", latitude=81.0, longitude=30.0, loaded=timezone.now())
    assert named(ads, query) == {"no code", "unknown code", "far part"}


def test_the_distance_combines_with_other_filters_and_counts(rows, table):
    query = SearchQuery(near="VESTLAND/BERGEN", km=25, place=("VESTLAND/BERGEN", "TROMS"), size=100)
    inside = find_within(query, locate(rows, table), table)
    near = [row for row in rows if row.uuid in inside]
    places = Counter(path for row in near for path in {p for location in row.locations.all() for p in _paths(location.path)})
    wanted = {
        row.uuid for row in near if {p for location in row.locations.all() for p in _paths(location.path)} & set(query.place)
    }
    page = search(query)
    assert everything(query) == wanted
    assert 0 < page.total == len(wanted) < len(near)
    counted = {value: number for value, number in page.counts["place"].items() if number and value != "Ikke oppgitt"}
    assert counted == dict(places), "the counts of places ignore the chosen places, not the distance"
    assert sum(page.counts["sector"].values()) == len(wanted)


def _paths(path: str) -> set[str]:
    return {path, path.partition("/")[0]} - {""}


def test_the_distance_combines_with_words_and_sort_orders(ads, table):
    for sort in ("relevance", "published", "deadline"):
        query = SearchQuery(q="målemester", near="VESTLAND/BERGEN", km=10, sort=sort)
        assert search(query).total == len(ALWAYS) + 1
        assert search(query.replace(q="målemester -målemester")).total == 0
