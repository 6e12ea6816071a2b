"""What is suggested while somebody types, from the names of the record and the counts of the index."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobsearch.search import api as search
from jobsearch.search import cache
from jobsearch.search.api import SearchQuery, suggest
from jobsearch.search.assist import suggestions
from jobsearch.search.assist.suggestions import Name, Names
from jobsearch.search.engines import registry
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import CategoryData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from tests.web.support import ads, own_index  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
BERGEN = (LocationData("NORGE", "VESTLAND", "BERGEN", "BERGEN"),)
OSLO = (LocationData("NORGE", "OSLO", "OSLO", "OSLO"),)
COOK = (OccupationData("Reiseliv og mat", "Kokk"),)
DRIVER = (OccupationData("Transport og lager", "Tog-, sporvogn- og vegtrafikk"),)


@pytest.fixture
def some(ads):  # noqa: F811
    return ads(
        {"title": "Sykepleier", "locations": BERGEN, "employer_name": "Bergen kommune"},
        {"title": "Sykepleier", "locations": OSLO, "employer_name": "Oslo kommune"},
        {"title": "Sykepleiere søkes", "locations": OSLO, "employer_name": "Oslo kommune"},
        {
            "title": "Kokk",
            "locations": BERGEN,
            "employer_name": "Kafé Ole Bull AS",
            "occupations": COOK,
            "description": "<p>Mat.</p>",
        },
        {"title": "Sjåfør", "locations": OSLO, "occupations": DRIVER, "description": "<p>Kjør.</p>"},
        {"title": "Sjåfør", "locations": BERGEN, "occupations": DRIVER, "description": "<p>Kjør.</p>"},
        {
            "title": "Hemmelig tittel på Andøya",
            "locations": OSLO,
            "occupations": DRIVER,
            "description": "<p>Kjør.</p>",
            "categories": (CategoryData(type="ESCO", code="1", name="lastebilsjåfør"),),
        },
    )


def shown(typed: str, query: SearchQuery | None = None) -> dict[str, int]:
    return {one.label: one.count for one in suggest(query or SearchQuery(), typed)}


def leads_to(typed: str, label: str, query: SearchQuery | None = None) -> SearchQuery:
    (found,) = [one.query for one in suggest(query or SearchQuery(), typed) if one.label == label]
    return found


def test_names_go_on_as_what_is_typed_does(some):
    assert shown("syk") == {"Sykepleier": 3, "Sykehuset": 3}
    assert shown("ber") == {"Bergen": 3, "Bergen kommune": 1}
    assert shown("bergen kom") == {"Bergen kommune": 1}
    assert shown("kommune ber") == {"Bergen kommune": 1, "Bergen": 1}  # and what is in Bergen, with the word "kommune"
    assert shown("trafikk") == {} and shown("veg") == {"Tog-, sporvogn- og vegtrafikk": 3}


def test_what_stands_before_the_last_words_stays(some):
    assert leads_to("sykepleier be", "Bergen") == SearchQuery(q="sykepleier", place=("VESTLAND/BERGEN",))
    assert shown("sykepleier be") == {"Bergen": 1, "Bergen kommune": 1}
    assert leads_to("kjør sjå", "Sjåfør") == SearchQuery(q="kjør Sjåfør")
    (one, _) = suggest(SearchQuery(), "sykepleier be")
    assert one.kept == "sykepleier"


def test_words_that_only_lead_over_are_left_behind(some):
    assert leads_to("ledige stillinger i be", "Bergen") == SearchQuery(place=("VESTLAND/BERGEN",))
    assert leads_to("sykepleier i be", "Bergen") == SearchQuery(q="sykepleier", place=("VESTLAND/BERGEN",))


def test_each_kind_leads_to_the_filter_that_has_it(some):
    assert leads_to("os", "Oslo") == SearchQuery(place=("OSLO",))  # the county stands for its only municipality too
    assert leads_to("kok", "Kokk") == SearchQuery(occupation=("Reiseliv og mat/Kokk",))
    assert leads_to("kaf", "Kafé Ole Bull AS") == SearchQuery(employer=("Kafé Ole Bull AS",))
    assert leads_to("laste", "Lastebilsjåfør") == SearchQuery(q="Lastebilsjåfør")


def test_under_the_filters_that_are_chosen(some):
    in_bergen = SearchQuery(place=("VESTLAND",), sort="deadline")
    assert shown("syk", in_bergen) == {"Sykepleier": 1, "Sykehuset": 1}
    assert leads_to("sjå", "Sjåfør", in_bergen) == in_bergen.replace(q="Sjåfør")
    assert shown("kommune", in_bergen) == {"Bergen kommune": 1}


def test_a_place_takes_the_place_of_the_chosen_one(some):
    assert leads_to("os", "Oslo", SearchQuery(place=("VESTLAND/BERGEN",))) == SearchQuery(place=("OSLO",))


def test_a_value_of_the_feed_is_found_by_its_name_in_another_language_too(ads):  # noqa: F811
    ads({"locations": (LocationData("SVERIGE"),), "occupations": COOK})
    assert leads_to("swed", "Sverige") == SearchQuery(place=("UTLAND/SVERIGE",))
    with override("en"):
        assert leads_to("swed", "Sweden") == leads_to("sveri", "Sweden") == SearchQuery(place=("UTLAND/SVERIGE",))
        (one,) = [one for one in suggest(SearchQuery(), "trav") if one.query.occupation]
    assert one.query.occupation == ("Reiseliv og mat",) and one.marked[0] == ("Trav", True)


def test_the_words_of_the_search_before_do_not_count(some):
    assert shown("os", SearchQuery(q="kokk", page=3)) == shown("os")


@pytest.mark.parametrize("typed", ["sjafor", "SJÅFØR", "sjaafoer", "sjåfør "])
def test_typed_without_the_letters(some, typed):
    assert shown(typed)["Sjåfør"] == 3


def test_one_error_is_forgiven_where_nothing_begins_so(some):
    assert shown("sjaffør")["Sjåfør"] == 3
    assert shown("sykepelier")["Sykepleier"] == 3
    assert shown("bregen k") == {"Bergen kommune": 1}
    assert shown("sjffør")["Sjåfør"] == 3 and shown("sjfxør") == {}


@pytest.mark.parametrize(
    "typed", ["", " ", "s", "i", '"syk', '"sykepleier be"', "syk*", "kokk -syk", "???", "\x00\ud800", "asdfgh"]
)
def test_nothing_is_suggested_for_signs_and_single_letters(some, typed):
    assert suggest(SearchQuery(), typed) == []


def test_the_other_one_of_two_is_a_word(some):
    assert leads_to("kokk OR sjå", "Sjåfør") == SearchQuery(q="kokk OR Sjåfør")
    assert {one.kind for one in suggest(SearchQuery(), "kokk OR s")} <= {"occupation"}
    assert "Oslo" not in shown("kokk OR os")


def test_nothing_personal_is_looked_for(some):
    assert suggest(SearchQuery(), "kari@sykehus.example syk") == []
    assert suggest(SearchQuery(), "01010112345 syk") == suggest(SearchQuery(), "07019012454 syk") == []


def test_no_title_of_an_ad_is_a_name(ads):  # noqa: F811
    title = "Hyggelig nattevakt i Bodø"
    ads(*[{"title": title, "job_title": title}] * 3)
    assert suggest(SearchQuery(), "hygg") == suggest(SearchQuery(), "natteva") == []


def test_a_whole_word_of_another_language_does_not_go_on(ads):  # noqa: F811
    nursery = (OccupationData("Utdanning", "Barnehage- og skolefritidsassistenter"),)
    ads({}, {"title": "Assistent", "occupations": nursery, "employer_name": "Tun"})
    for typed in ("nurse", "nurses", "Nurse"):
        labels = {one.label for one in suggest(SearchQuery(), typed)}
        assert labels and "Barnehage- og skolefritidsassistenter" not in labels, typed
    assert "Barnehage- og skolefritidsassistenter" in shown("nurser")
    assert "Legesekretær" in {name.label for found in suggestions.names().matching(["lege"]).values() for name in found}


def test_every_count_is_that_of_the_search_it_leads_to(some):
    seen = 0
    for typed in ("s", "sy", "ber", "os", "ko", "kokk", "sjå", "kommune", "nurse", "driver", "sykepleier be", "last"):
        for one in suggest(SearchQuery(), typed):
            asked, problems = SearchQuery.from_params(QueryDict(one.query.urlencode()))
            assert (search.search(asked).total, problems) == (one.count, []), (typed, one.label)
            seen += 1
    assert seen > 15


def test_nothing_of_a_closed_ad_is_kept_longer_than_ten_minutes(some, monkeypatch):
    assert "Kafé Ole Bull AS" in shown("kaf")
    with transaction.atomic():
        store.close_vacancies([some[3]], Vacancy.Closed.FEED)
    assert shown("kaf") == {}  # its count is nothing at once
    later = cache.time.monotonic() + cache.KEEP_SECONDS + 1
    monkeypatch.setattr(cache.time, "monotonic", lambda: later)
    assert not any("Ole Bull" in name.label for name in suggestions.names()._names)


def test_personal_and_endless_names_are_not_suggested(ads):  # noqa: F811
    for name in ("Kokk ring 22334455", "Kokk a@b.example", "Kokk " + "x" * 60):
        ads({"categories": (CategoryData("ESCO", "1", name),)})
    assert [one.label for one in suggest(SearchQuery(), "kokk") if one.query.q != "Kokk"] == []


def test_a_name_is_no_syntax(ads):  # noqa: F811
    name = 'Kokk -natt "sjef" OR*'
    ads(*[{"title": name, "categories": (CategoryData(type="JANZZ", code="1", name=name),), "occupations": COOK}] * 2)
    (one,) = [one for one in suggest(SearchQuery(), "kokk n") if one.kind == "occupation"]
    assert one.query.q == "Kokk natt sjef" and one.count == 2


def test_at_most_eight_and_every_kind_has_a_share(ads):  # noqa: F811
    ads(
        *[
            {"categories": (CategoryData("ESCO", letter, f"bestyrer {letter}"),), "employer_name": f"Best {letter}"}
            for letter in "ABCDEFGHIJ"
        ],
        {"locations": BERGEN},
    )
    kinds = [one.kind for one in suggest(SearchQuery(), "be")]
    assert len(kinds) == suggestions.MOST and {*kinds} == {"occupation", "employer", "place"}
    assert sum(a != b for a, b in pairwise(kinds)) == 2  # each kind stands together
    assert len(suggest(SearchQuery(), "bestyr")) == suggestions.MOST


def test_all_counts_are_one_question_to_the_engine(some, monkeypatch):
    asked = []
    engine, totals = registry.engine(), registry.engine().totals
    monkeypatch.setattr(engine, "totals", lambda requests: asked.append(len(requests)) or totals(requests))
    suggest(SearchQuery(), "sy")
    suggest(SearchQuery(), "kommune")
    assert len(asked) == 2 and max(asked) <= suggestions.MOST_COUNTED


def test_what_was_typed_is_marked(some):
    (one,) = [one for one in suggest(SearchQuery(), "sjaf") if one.label == "Sjåfør"]
    assert one.marked == (("Sjåf", True), ("ør", False))
    (one,) = suggest(SearchQuery(), "kom ber")
    assert one.marked == (("Ber", True), ("gen ", False), ("kom", True), ("mune", False))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(max_size=60) | st.lists(st.sampled_from([*'sykepleier be "-*|', "OR ", "aa", "oslo ", "æ"])).map("".join))
def test_whatever_is_typed_each_count_is_what_its_search_finds(some, typed):
    for one in suggest(SearchQuery(extent=("Heltid",)), typed):
        page = search.search(one.query)
        assert page.total == one.count > 0 and not page.corrected
        assert "".join(piece for piece, _ in one.marked) == one.label


def test_many_names_are_searched_by_their_beginnings():
    names = Names([Name("employer", f"Firma {n}", "", n, ("firma", f"nr{n}")) for n in range(5000)])
    best = names.matching(["fir"])["employer"]
    assert [name.weight for name in best] == list(range(4999, 4999 - suggestions.MOST_COUNTED, -1))
    assert [name.weight for name in names.matching(["firma", "nr4999"])["employer"]] == [4999]
