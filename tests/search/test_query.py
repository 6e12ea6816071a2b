"""Parameters of an address -> a search, and back."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from jobsearch.search import QueryError, SearchQuery, search
from jobsearch.search.query import LAST_PAGE, clean
from jobsearch.vacancies.data import LocationData, OccupationData

pytestmark = pytest.mark.django_db
SLASHES = "Uoppgitt/ ikke identifiserbare/Ikke identifiserbare"


def read(*pairs: tuple[str, str]):
    return SearchQuery.from_params(QueryDict(urlencode(pairs)))


def test_the_whole_search_goes_there_and_back():
    query, problems = read(
        ("q", " sykepleier   natt "), ("place", "OSLO"), ("place", "VESTLAND/BERGEN"), ("occupation", SLASHES),
        ("occupation", "Helse og sosial/Tannhelse/-pleie"), ("sector", "Ikke oppgitt"), ("extent", "Deltid"),
        ("engagement", "Fast"), ("published", "3"), ("sort", "deadline"), ("page", "2"),
    )  # fmt: skip
    assert problems == []
    assert query.q == "sykepleier natt"
    assert query.occupation == ("Helse og sosial/Tannhelse/-pleie", SLASHES)
    assert (query.published, query.sort, query.page, query.offset) == (3, "deadline", 2, 25)
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


def test_unknown_values_are_named_and_left_out():
    query, problems = read(("place", "ATLANTIS"), ("place", "OSLO"), ("sector", "Kirken"), ("published", "2"), ("sort", "x"))
    assert (query.place, query.sector, query.published, query.sort) == (("OSLO",), (), None, "relevance")
    named = {(problem.field, problem.value) for problem in problems}
    assert named == {("place", "ATLANTIS"), ("sector", "Kirken"), ("published", "2"), ("sort", "x")}
    assert "«ATLANTIS»" in problems[0].message


def test_values_that_an_ad_has_are_known(make_vacancy):
    make_vacancy(locations=(LocationData("SVERIGE"),), occupations=(OccupationData("Nytt", "Yrke/to"),), engagement="Noe nytt")
    query, problems = read(("place", "UTLAND/SVERIGE"), ("occupation", "Nytt/Yrke/to"), ("occupation", "Nytt"))
    assert problems == []
    assert (query.place, query.occupation) == (("UTLAND/SVERIGE",), ("Nytt/Yrke/to",))
    assert read(("engagement", "Noe nytt"))[1] == []


@pytest.mark.parametrize("q", ["01010012356", "ring 010100 12356", "kari@sykehus.example", "søk kari@x.no nå"])
def test_private_queries_are_refused_and_not_kept(q):
    query, problems = read(("q", q))
    assert query.q == ""
    assert [(problem.field, problem.value, problem.blocks) for problem in problems] == [("q", "", True)]
    with pytest.raises(QueryError):
        search(SearchQuery(q=q))


def test_eleven_digits_that_are_no_identity_number_are_searched_for():
    assert read(("q", "12345678901"))[1] == []


@pytest.mark.parametrize(
    ("page", "number"), [("0", 1), ("-1", 1), ("x", 1), ("9" * 50, LAST_PAGE), ("401", LAST_PAGE), ("٣", 1), ("²", 1), ("1.5", 1)]
)
def test_absurd_pages_are_problems_not_errors(page, number):
    query, problems = read(("page", page))
    assert query.page == number
    assert [problem.field for problem in problems] == ["page"]
    assert problems[0].message


def test_helpers_for_the_page():
    query = SearchQuery(q="kokk", place=("OSLO",), published=3, sort="deadline", page=3)
    assert query.with_value("sector", "Privat") == query.replace(sector=("Privat",), page=1)
    assert query.without("place", "OSLO").place == ()
    assert query.without("published").published is None
    assert query.without("q").q == ""
    assert query.cleared() == SearchQuery(q="kokk", sort="deadline")
    assert query.chosen == [("place", "OSLO"), ("published", "3")]
    assert query.urlencode(page=False) == "q=kokk&place=OSLO&published=3&sort=deadline"


def test_controls_and_lone_surrogates_never_get_through():
    assert clean("a\x00b\x1fc\ud800d\u2028e", 100) == "a b c d e"
    assert len(read(("q", "x" * 5000))[0].q) == 200


class Hostile(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from("q place occupation sector published sort page x".split()), st.text(max_size=40))))
    def test_whatever_is_asked_is_read_and_stable(self, pairs):
        params = QueryDict(mutable=True)
        for name, value in pairs:
            params.appendlist(name, value)
        query, _ = SearchQuery.from_params(params)
        again, problems = SearchQuery.from_params(QueryDict(query.urlencode()))
        assert (again, problems) == (query, [])
