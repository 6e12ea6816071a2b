"""Distance filter: places that can be typed, their labels, and the areas that a search matches."""

from __future__ import annotations

import random
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone

from jobsearch.saved.descriptions import list_criteria, summarise_query
from jobsearch.search.api import SearchQuery
from jobsearch.search.conditions import Terms
from jobsearch.search.facets import distance, get_filter
from jobsearch.search.facets.areas import list_areas as area_names
from jobsearch.taxonomy.geography import load_centres
from jobsearch.vacancies.ad_data import LocationData
from jobsearch.vacancies.models import PostalCode


@pytest.mark.parametrize(
    ("path", "code", "names"),
    [
        ("VESTLAND/BERGEN", "5003", ("5003", "5003 VESTLAND/BERGEN")),
        ("VESTLAND/BERGEN", " 50 03 ", ("5003", "5003 VESTLAND/BERGEN")),
        ("VESTLAND/BERGEN", "", ("VESTLAND", "VESTLAND/BERGEN")),
        ("VESTLAND/BERGEN", "0000", ("VESTLAND", "VESTLAND/BERGEN")),
        ("VESTLAND/BERGEN", "N-5003", ("VESTLAND", "VESTLAND/BERGEN")),
        ("VESTLAND/BERGEN", "٥٠٠٣", ("VESTLAND", "VESTLAND/BERGEN")),
        ("VESTLAND", "", ("VESTLAND",)),
        ("", "6091", ("6091",)),
        ("", "", ()),
        ("UTLAND/DANMARK", "9000", ()),
        ("UTLAND", "9000", ()),
    ],
)
def test_a_location_has_its_postal_code_or_else_its_municipality_as_area(path, code, names):
    assert area_names(path, code) == names


def read(**params: str) -> tuple[str, int, list[str]]:
    query, problems = SearchQuery.from_params(QueryDict(urlencode(params)))
    return query.near, query.km, [problem.code for problem in problems]


@pytest.fixture
def voss(db):
    """A table of three postal codes."""
    at = {"loaded": timezone.now()}
    PostalCode.objects.bulk_create(
        [
            PostalCode(code="5003", name="Bergen", latitude=60.39, longitude=5.33, **at),
            PostalCode(code="5221", name="Nesttun", latitude=60.32, longitude=5.35, **at),
            PostalCode(code="5700", name="Voss", latitude=60.63, longitude=6.42, **at),
        ]
    )


TYPED = {
    "VESTLAND/BERGEN": "VESTLAND/BERGEN",
    "vestland/bergen": "VESTLAND/BERGEN",
    "bergen": "VESTLAND/BERGEN",
    "  Bergen ": "VESTLAND/BERGEN",
    "Bergen kommune": "VESTLAND/BERGEN",
    "Bergen, Vestland": "VESTLAND/BERGEN",
    "Voss herad": "VESTLAND/VOSS",
    "oslo": "OSLO/OSLO",
    "tromso": "TROMS/TROMSØ",
    "Tromsø": "TROMS/TROMSØ",
    "TROMSØ KOMMUNE": "TROMS/TROMSØ",
    "Aalesund": "MØRE OG ROMSDAL/ÅLESUND",
    "alesund": "MØRE OG ROMSDAL/ÅLESUND",
    "as": "AKERSHUS/ÅS",
    "Herøy (Nordland)": "NORDLAND/HERØY (NORDLAND)",
    "herøy, nordland": "NORDLAND/HERØY (NORDLAND)",
    "Heroy (More og Romsdal)": "MØRE OG ROMSDAL/HERØY (MØRE OG ROMSDAL)",
    "Karasjok": "FINNMARK/KARASJOHKA KARASJOK",
    "kárášjohka": "FINNMARK/KARASJOHKA KARASJOK",
    "Tana": "FINNMARK/DEATNU TANA",
    "Deatnu Tana": "FINNMARK/DEATNU TANA",
    "Stor-Elvdal": "INNLANDET/STOR-ELVDAL",
    "stor elvdal": "INNLANDET/STOR-ELVDAL",
    "Førde": "VESTLAND/SUNNFJORD",
    "Jessheim": "AKERSHUS/ULLENSAKER",
    "Mo i Rana": "NORDLAND/RANA",
    "Sandvika, Akershus": "AKERSHUS/BÆRUM",
    "Longyearbyen": "SVALBARD/LONGYEARBYEN",
    "5700 Voss": "VESTLAND/VOSS",
    "N-5700 Voss": "VESTLAND/VOSS",
}


@pytest.mark.django_db
@pytest.mark.parametrize("typed", TYPED)
def test_a_typed_name_is_resolved_to_the_municipality(typed):
    assert read(near=typed) == (TYPED[typed], 25, [])


@pytest.mark.django_db
def test_each_proposed_municipality_is_resolved():
    proposals = distance.list_proposals()
    for path in load_centres():
        assert distance.find_place(distance.label_place(path)) == path, path
        assert distance.label_place(path) in proposals, path


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        *[("5700", "5700"), ("5700 Voss", "5700"), ("N-5700", "5700"), ("NO-5700 VOSS", "5700"), ("5700, Voss", "5700")],
        *[("Nesttun", "5221"), ("Voss", "VESTLAND/VOSS"), ("5838 Bergen", "VESTLAND/BERGEN"), ("9999 Nesttun", "5221")],
    ],
)
def test_a_postal_code_is_preferred_if_its_position_is_known(voss, typed, near):
    assert read(near=typed) == (near, 25, [])


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *[("Atlantis", "unknown"), ("Vestland", "unknown"), ("UTLAND/SVERIGE", "unknown"), ("50033", "unknown")],
        *[("5838", "no_point"), ("9999 Atlantis", "no_point"), ("0000", "no_point"), ("٥٧٠٠", "unknown"), ("?", "unknown")],
        *[("Herøy", "ambiguous"), ("Våler", "ambiguous"), ("Sandvika", "ambiguous"), ("herøy, atlantis", "ambiguous")],
    ],
)
def test_an_unknown_place_is_reported_and_kept_so_that_a_saved_search_is_not_widened(voss, typed, code):
    query, problems = SearchQuery.from_params({"q": "kokk", "near": typed, "km": "50"})
    assert query == SearchQuery(q="kokk", unreadable=(("near", typed),))
    assert query.urlencode() == f"q=kokk&{urlencode({'near': typed})}" and query.without("near") == SearchQuery(q="kokk")
    assert [(problem.field, problem.code, problem.blocks) for problem in problems] == [("near", code, False)]
    assert problems[0].value in problems[0].message


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "code"), [("kari@sykehus.example", "email"), ("01010112377", "identity_number")])
def test_personal_data_is_refused_and_not_repeated(typed, code):
    query, problems = SearchQuery.from_params({"near": typed})
    assert query == SearchQuery()
    assert [(problem.code, problem.value, problem.blocks) for problem in problems] == [(code, "", True)]
    assert typed not in problems[0].message


@pytest.mark.django_db
def test_without_postal_codes_the_error_asks_for_the_municipality():
    _, problems = SearchQuery.from_params({"near": "5003"})
    assert [problem.code for problem in problems] == ["no_table"]
    assert "5003" in problems[0].message
    assert "kommunen" in problems[0].message


@pytest.mark.django_db
def test_an_ambiguous_name_is_reported_with_the_distinct_places():
    _, problems = SearchQuery.from_params({"near": "Herøy"})
    for name in ("Herøy (Nordland)", "Herøy (Møre og Romsdal)"):
        assert name in problems[0].message
        assert read(near=name)[2] == []
    _, problems = SearchQuery.from_params({"near": "Sandvika"})
    assert "Bærum" in problems[0].message
    assert "Lierne" in problems[0].message


@pytest.mark.django_db
def test_any_text_in_the_address_is_read():
    chance = random.Random(9)
    letters = "aå0123456789 ,/()'\x00\u202e\ud800٣²-NO\n\t"
    for _ in range(2000):
        typed = "".join(chance.choices(letters, k=chance.randrange(12)))
        query, problems = SearchQuery.from_params({"near": typed, "km": typed})
        assert not query.near or not [problem for problem in problems if problem.field == "near"]
        assert all(isinstance(problem.message, str) for problem in problems)
    assert SearchQuery.from_params({"near": "a" * 100_000})[0].near == ""


@pytest.mark.django_db
def test_only_the_listed_distances_are_accepted():
    for km in (0, 5, 10, 25, 50, 100):
        assert read(near="Bergen", km=str(km)) == ("VESTLAND/BERGEN", km, [])
    for km in ("7", "00", "-5", "1e1", "٥", "10.0", "025", "x"):
        assert read(near="Bergen", km=km) == ("VESTLAND/BERGEN", 25, ["unknown"])
        assert read(km=km) == ("", 25, []), "a distance from nowhere is no question"


@pytest.mark.django_db
def test_equal_searches_have_one_address():
    query, _ = SearchQuery.from_params({"q": "kokk", "near": "bergen", "km": "50"})
    assert query.to_params() == [("q", "kokk"), ("near", "VESTLAND/BERGEN"), ("km", "50")]
    assert SearchQuery.from_params(QueryDict(query.urlencode())) == (query, [])
    assert SearchQuery(near="VESTLAND/BERGEN").to_params() == [("near", "VESTLAND/BERGEN")]
    assert SearchQuery(km=50).to_params() == []


@pytest.mark.django_db
def test_the_distance_is_chosen_labelled_and_removed_like_a_facet_value():
    query = SearchQuery(q="kokk", place=("VESTLAND",)).with_value("near", "50 VESTLAND/BERGEN")
    assert query.chosen == [("place", "VESTLAND"), ("near", "50 VESTLAND/BERGEN")]
    assert get_filter("near").label_chip("50 VESTLAND/BERGEN") == "Innen 50 km fra Bergen"
    assert query.without("near", "50 VESTLAND/BERGEN") == SearchQuery(q="kokk", place=("VESTLAND",))
    assert list_criteria(query)[-1] == ("Avstand", ["Innen 50 km fra Bergen"])
    assert summarise_query(query) == "kokk · Vestland · Innen 50 km fra Bergen"


@pytest.mark.django_db
def test_a_municipality_without_kilometres_around_it():
    query, _ = SearchQuery.from_address("near=bergen&km=0")
    assert query.to_params() == [("near", "VESTLAND/BERGEN"), ("km", "0")]
    assert get_filter("near").label_chip("0 VESTLAND/BERGEN") == "Bare Bergen"
    assert summarise_query(query) == "Bare Bergen"
    assert query.without("near", "0 VESTLAND/BERGEN") == SearchQuery()


def test_a_municipality_is_found_by_its_name_and_a_postal_code_has_none(voss):
    assert distance.build_condition("VESTLAND/BERGEN", 0) == Terms("place", ("VESTLAND/BERGEN",))
    assert distance.build_condition("OSLO/OSLO", 0) == Terms("place", ("OSLO/OSLO", "OSLO")), "an ad may state the county only"
    assert read(near="5700", km="0") == ("5700", 5, [])


def test_the_label_of_a_postal_code_has_its_place(voss):
    assert distance.label_place("5700") == "5700 Voss"
    assert distance.label_place("9999") == "9999"


def test_the_condition_matches_postal_codes_and_municipalities_in_reach(voss, make_vacancy):
    for municipality in ("BERGEN", "VOSS"):
        make_vacancy(locations=(LocationData("NORGE", "VESTLAND", municipality, postal_code="5838"),))
    paths = ("VESTLAND/ASKØY", "VESTLAND/BERGEN")
    assert distance.build_condition("VESTLAND/BERGEN", 10) == Terms("area", ("5003", "5221", *paths, "5838 VESTLAND/BERGEN"))
    PostalCode.objects.all().delete()
    assert distance.build_condition("VESTLAND/BERGEN", 10) == Terms("place", paths)


def test_a_large_distance_stays_within_the_engines_limit_of_terms(db):
    codes = [f"{number:04}" for number in range(1, 10_000)]
    at = {"latitude": 60.39, "longitude": 5.33, "loaded": timezone.now()}
    PostalCode.objects.bulk_create(PostalCode(code=code, name="Sted", **at) for code in codes)
    asked = distance.build_condition("VESTLAND/BERGEN", 100)
    assert set(codes) < set(asked.values)
    assert len(asked.values) < 65_536  # OpenSearch's limit of a list of terms
