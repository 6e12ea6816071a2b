"""SearchQuery: from the parameters of an address and back."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from jobsearch.core.text_values import clean_parameter
from jobsearch.search.api import QueryError, SearchQuery, search
from jobsearch.search.facets.published import PUBLISHED_DAYS
from jobsearch.search.search_query import DEEPEST_HIT, SIZES
from jobsearch.vacancies.ad_data import LocationData, OccupationData
from jobsearch.vacancies.visibility import OSLO

pytestmark = pytest.mark.django_db
LAST_PAGE = DEEPEST_HIT // SIZES[0]
SLASHES = "Uoppgitt/ ikke identifiserbare/Ikke identifiserbare"


def read(*pairs: tuple[str, str]):
    return SearchQuery.from_params(QueryDict(urlencode(pairs)))


def test_all_parameters_survive_the_round_trip():
    query, problems = read(
        ("q", " sykepleier   natt "), ("place", "OSLO"), ("place", "VESTLAND/BERGEN"), ("occupation", SLASHES),
        ("occupation", "Helse og sosial/Tannhelse/-pleie"), ("sector", "Ikke oppgitt"), ("extent", "Deltid"),
        ("engagement", "Fast"), ("employer", "Oslo  kommune"), ("employer", "Helse & Ro AS"), ("language", "nn"),
        ("deadline", "7"), ("published", "3"), ("sort", "deadline"), ("size", "50"), ("page", "2"),
    )  # fmt: skip
    assert problems == []
    assert query.q == "sykepleier natt"
    assert query.occupation == ("Helse og sosial/Tannhelse/-pleie", SLASHES)
    assert (query.employer, query.language) == (("Helse & Ro AS", "Oslo kommune"), ("nn",))
    assert (query.deadline, query.published, query.sort) == ("7", 3, "deadline")
    assert (query.size, query.page, query.offset, query.deepest_page) == (50, 2, 50, 200)
    assert read(*query.to_params()) == (query, [])


def test_the_same_search_has_the_same_address():
    one, _ = read(("place", "OSLO"), ("place", "AGDER"), ("place", "OSLO"), ("q", "kokk"), ("sort", "relevance"), ("page", "1"))
    other, _ = read(("q", "kokk "), ("place", "agder"), ("place", "Oslo"), ("utm_source", "x"))
    assert one.urlencode() == other.urlencode() == "q=kokk&place=AGDER&place=OSLO"


def test_a_child_replaces_its_chosen_parent():
    query, _ = read(("place", "VESTLAND"), ("place", "VESTLAND/BERGEN"), ("occupation", "IT"), ("occupation", "IT/Utvikling"))
    assert query.place == ("VESTLAND/BERGEN",)
    assert query.occupation == ("IT/Utvikling",)
    assert SearchQuery().with_value("place", "VESTLAND").with_value("place", "VESTLAND/VOSS").place == ("VESTLAND/VOSS",)
    assert query.with_value("place", "VESTLAND").place == ("VESTLAND",)


def test_unknown_values_are_kept_so_that_a_saved_search_is_not_widened():
    """The engine finds out whether ads have a value; what cannot be read at all is reported here, and kept too."""
    query, problems = read(("place", "atlantis"), ("place", "OSLO"), ("sector", "Kirken"), ("published", "2"), ("sort", "x"))
    assert (query.place, query.sector, query.published, query.sort) == (("ATLANTIS", "OSLO"), ("Kirken",), None, "relevance")
    assert query.unreadable == (("published", "2"),)
    assert {(problem.field, problem.value) for problem in problems} == {("published", "2"), ("sort", "x")}
    assert query.urlencode() == "place=ATLANTIS&place=OSLO&sector=Kirken&published=2"
    assert query.chosen[-1] == ("published", "2")
    assert query.without("published") == query.with_value("published", "7").replace(published=None)
    assert query.without("published").unreadable == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("deadline", value) for value in ("2", "ASAP", "31", "-7", "0", "07")],
        *[("size", value) for value in ("0", "10", "1000", "-25", "x")],
        *[("published", value) for value in ("0", "8", "yesterday", "2026-13-01", "2026-02-30", "20261101", "9999-99-99", "-1")],
        ("published", str(timezone.now().astimezone(OSLO).date() + dt.timedelta(days=2))),
        ("published", str(timezone.now().astimezone(OSLO).date() - dt.timedelta(days=PUBLISHED_DAYS + 1))),
    ],
)
def test_each_invalid_choice_is_reported(name, value):
    query, problems = read((name, value), ("q", "kokk"))
    kept = () if name == "size" else ((name, value),)
    assert query == SearchQuery(q="kokk", unreadable=kept)
    assert [(problem.field, problem.value, problem.code) for problem in problems] == [(name, value, "unknown")]
    assert value in problems[0].message


def test_a_day_in_oslo_can_be_chosen():
    today = timezone.now().astimezone(OSLO).date()
    for ago in (0, 1, 13, 14, PUBLISHED_DAYS - 2):
        day = today - dt.timedelta(days=ago)
        query, problems = read(("published", str(day)))
        assert (query.published, problems) == (day, [])
        assert query.urlencode() == f"published={day}"
        assert query.chosen == [("published", str(day))]
        assert SearchQuery().with_value("published", str(day)) == query


def test_any_employer_name_is_kept_so_that_a_saved_search_is_not_widened():
    query, problems = read(("employer", "Fantes  AS "), ("employer", "fantes as"))
    assert (query.employer, problems) == (("Fantes AS", "fantes as"), [])
    assert query.without("employer", "Fantes AS").employer == ("fantes as",)


@pytest.mark.parametrize("value", ["kari@sykehus.example", "01010012356"])
def test_personal_data_is_not_kept_as_an_employer(value):
    query, problems = read(("employer", value), ("employer", "Kroa"))
    assert query.employer == ()
    assert [(problem.field, problem.value, problem.blocks) for problem in problems] == [("employer", "", True)]


@pytest.mark.parametrize("size", SIZES)
def test_pages_end_at_the_deepest_hit_whatever_their_size(size):
    last = DEEPEST_HIT // size
    query, problems = read(("size", str(size)), ("page", str(last)))
    assert (problems, query.offset + size) == ([], DEEPEST_HIT)
    query, problems = read(("size", str(size)), ("page", str(last + 1)))
    assert (query.page, [problem.code for problem in problems]) == (last, ["too_deep"])


def test_a_search_saved_with_fewer_facets_can_be_read():
    query, problems = read(("q", "kokk"), ("place", "OSLO"), ("published", "7"), ("sort", "deadline"))
    assert problems == []
    assert query == SearchQuery(q="kokk", place=("OSLO",), published=7, sort="deadline")
    assert query.urlencode() == "q=kokk&place=OSLO&published=7&sort=deadline"


def test_values_of_ads_are_accepted(make_vacancy):
    make_vacancy(locations=(LocationData("SVERIGE"),), occupations=(OccupationData("Nytt", "Yrke/to"),), engagement="Noe nytt")
    query, problems = read(("place", "UTLAND/SVERIGE"), ("occupation", "Nytt/Yrke/to"), ("occupation", "Nytt"))
    assert problems == []
    assert (query.place, query.occupation) == (("UTLAND/SVERIGE",), ("Nytt/Yrke/to",))
    assert read(("engagement", "Noe nytt"))[1] == []


@pytest.mark.parametrize("q", ["01010012356", "ring 010100 12356", "kari@sykehus.example", "søk kari@x.no nå"])
def test_queries_with_personal_data_are_refused_and_not_kept(q):
    query, problems = read(("q", q))
    assert query.q == ""
    assert [(problem.field, problem.value, problem.blocks) for problem in problems] == [("q", "", True)]
    with pytest.raises(QueryError):
        search(SearchQuery(q=q))


def test_eleven_digits_without_check_digits_are_accepted():
    assert read(("q", "12345678901"))[1] == []


@pytest.mark.parametrize(
    ("page", "number"), [("0", 1), ("-1", 1), ("x", 1), ("9" * 50, LAST_PAGE), ("401", LAST_PAGE), ("٣", 1), ("²", 1), ("1.5", 1)]
)
def test_invalid_pages_are_reported_and_corrected(page, number):
    query, problems = read(("page", page))
    assert query.page == number
    assert [problem.field for problem in problems] == ["page"]
    assert problems[0].message


def test_methods_that_change_a_query():
    query = SearchQuery(q="kokk", place=("OSLO",), published=3, sort="deadline", page=3)
    assert query.with_value("sector", "Privat") == query.replace(sector=("Privat",), page=1)
    assert query.without("place", "OSLO").place == ()
    assert query.without("published").published is None
    assert query.without("q").q == ""
    assert query.with_value("deadline", "asap").without("deadline") == query.replace(page=1)
    assert query.chosen == [("place", "OSLO"), ("published", "3")]
    assert query.urlencode(page=False) == "q=kokk&place=OSLO&published=3&sort=deadline"


def test_control_characters_and_lone_surrogates_are_removed():
    assert clean_parameter("a\x00b\x1fc\ud800d\u2028e", 100) == "a b c d e"
    assert len(read(("q", "x" * 5000))[0].q) == 200


NAMES = "q place occupation sector employer language deadline published sort size page x".split()


class Hostile(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=40))))
    def test_any_parameters_are_read_and_the_result_is_stable(self, pairs):
        params = QueryDict(mutable=True)
        for name, value in pairs:
            params.appendlist(name, value)
        query, _ = SearchQuery.from_params(params)
        again, problems = SearchQuery.from_params(QueryDict(query.urlencode()))
        assert again == query
        assert {problem.field for problem in problems} == {name for name, _ in query.unreadable}


def test_a_query_cut_at_a_blank_is_reported_too():
    query, problems = SearchQuery.from_params({"q": "syk " * 60})
    assert len(query.q) == 199 and [problem.code for problem in problems] == ["too_long"]
