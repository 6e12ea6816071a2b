"""Search suggestions: names from the database with counts from the index."""

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
from jobsearch.search.api import SearchQuery
from jobsearch.search.assist import suggest, suggestions
from jobsearch.search.assist.suggestion_names import KINDS, MAX_FOUND, NameIndex, SuggestedName
from jobsearch.search.engines import registry
from jobsearch.vacancies import store
from jobsearch.vacancies.ad_data import CategoryData, LocationData, OccupationData
from jobsearch.vacancies.models import Vacancy
from tests.places import BERGEN, OSLO
from tests.web.support import module_site, own_ads, own_index  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
COOK = (OccupationData("Reiseliv og mat", "Kokk"),)
DRIVER = (OccupationData("Transport og lager", "Tog-, sporvogn- og vegtrafikk"),)


ADS: tuple[dict, ...] = (
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


@pytest.fixture(scope="module")
def some(module_site):  # noqa: F811
    with module_site() as make_ads:
        yield make_ads(*ADS)


def shown(typed: str, query: SearchQuery | None = None) -> dict[str, int]:
    """Label and count of the completions, without the search for the text as typed."""
    return {option.label: option.count for option in suggest(query or SearchQuery(), typed) if not option.as_typed}


def leads_to(typed: str, label: str, query: SearchQuery | None = None) -> SearchQuery:
    (found,) = [option.query for option in suggest(query or SearchQuery(), typed) if option.label == label]
    return found


def test_names_complete_the_typed_beginnings(some):
    assert shown("syk") == {"Sykepleier": 3, "Sykehuset": 3}
    assert shown("ber") == {"Bergen": 3, "Bergen kommune": 1}
    assert shown("bergen kom") == {"Bergen kommune": 1}
    assert shown("kommune ber") == {"Bergen kommune": 1, "Bergen": 1}  # and "kommune" in Bergen
    assert shown("trafikk") == {} and shown("veg") == {"Tog-, sporvogn- og vegtrafikk": 3}


def test_the_text_before_the_last_words_is_kept(some):
    assert leads_to("sykepleier be", "Bergen") == SearchQuery(q="sykepleier", place=("VESTLAND/BERGEN",))
    assert shown("sykepleier be") == {"Bergen": 1, "Bergen kommune": 1}
    assert leads_to("kjør sjå", "Sjåfør") == SearchQuery(q="kjør Sjåfør")
    assert {option.kept_text for option in suggest(SearchQuery(), "sykepleier be") if not option.as_typed} == {"sykepleier"}


def test_fillers_before_the_name_are_dropped(some):
    assert leads_to("ledige stillinger i be", "Bergen") == SearchQuery(place=("VESTLAND/BERGEN",))
    assert leads_to("sykepleier i be", "Bergen") == SearchQuery(q="sykepleier", place=("VESTLAND/BERGEN",))


def test_each_kind_leads_to_its_facet(some):
    assert leads_to("os", "Oslo") == SearchQuery(place=("OSLO",))  # the county, which also covers its only municipality
    assert leads_to("kok", "Kokk") == SearchQuery(occupation=("Reiseliv og mat/Kokk",))
    assert leads_to("kaf", "Kafé Ole Bull AS") == SearchQuery(employer=("Kafé Ole Bull AS",))
    assert leads_to("laste", "Lastebilsjåfør") == SearchQuery(q="Lastebilsjåfør")


def test_suggestions_of_one_kind_have_one_effect_and_a_fixed_order(own_ads):  # noqa: F811
    own_ads(
        {
            "title": "Tekstilarbeider",
            "locations": OSLO,
            "employer_name": "Oslo Heltid AS",
            "occupations": COOK,
            "extent": "Deltid",
        },
        {"title": "Heltidskokk", "locations": BERGEN, "employer_name": "Kokkene AS", "occupations": COOK, "extent": "Heltid"},
        {"title": "Prosjektleder", "locations": BERGEN, "employer_name": "Prosjekt AS", "engagement": "Prosjekt"},
    )
    for typed in ("ko", "he", "os", "be", "de", "pros", "kokk be", "no", "tek"):
        found = suggest(SearchQuery(sector=("Privat",), q="other words"), typed)
        kinds = [option.kind for option in found]
        assert kinds == sorted(kinds, key=KINDS.index)
        for option in found:
            changed = {name for name, value in option.query.values.items() if name != "sector"}
            if option.kind == "words":
                assert changed == set() and option.facet == "" and option.query.q
            else:
                assert changed == {option.facet} and option.query.q == option.kept_text
            assert option.kind in {"words", "filter"} or option.facet == option.kind
            assert option.query.sector == ("Privat",) or option.facet == "sector"


def test_words_without_hits_of_their_own_are_not_added(some):
    assert "Befal" not in shown("sykepleier be") and "Sjåfør" in shown("sykepleier sjå")


def test_the_typed_text_is_the_first_search_for_words(some):
    for typed in ("sjåfør", "SJÅFØR", " sykepleier  oslo ", "bergen", "kokk -syk", '"sykepleier"', "kokk OR sjåfør"):
        words = [option for option in suggest(SearchQuery(place=("OSLO",)), typed) if option.kind == "words"]
        expected = SearchQuery(place=("OSLO",), q=" ".join(typed.split()))
        assert [option.as_typed for option in words] == [True] + [False] * (len(words) - 1) or search.search(expected).total == 0
        if words and words[0].as_typed:
            assert words[0].query == expected and words[0].count == search.search(expected).total
        targets = [option.query.q.casefold() for option in words]
        assert len({*targets}) == len(targets)


@pytest.mark.parametrize("typed", ["s", "?", "???", "--", "i", "the", "xqzzyw", "", "\x00", "*"])
def test_text_without_words_or_hits_is_no_suggestion(some, typed):
    assert not any(option.as_typed for option in suggest(SearchQuery(), typed))


FILTERS = {
    "delt": ("Deltid", {"extent": ("Deltid",)}),
    "part": ("Deltid", {"extent": ("Deltid",)}),
    "vikar": ("Vikariat", {"engagement": ("Vikariat",)}),
    "offent": ("Offentlig", {"sector": ("Offentlig",)}),
    "nynor": ("Nynorsk", {"language": ("nn",)}),
    "english": ("Engelsk", {"language": ("en",)}),
    "frist sn": ("Frist snarest", {"deadline": "asap"}),
    "siste 7": ("Siste 7 dager", {"published": 7}),
    "kokk delt": ("Deltid", {"q": "kokk", "extent": ("Deltid",)}),
    "deltdi": ("Deltid", {"extent": ("Deltid",)}),
}
"""What is typed -> the label of the filter, and its search."""


def test_filters_are_suggested_by_their_labels(own_ads):  # noqa: F811
    ad = {"title": "Kokk", "extent": "Deltid", "engagement": "Vikariat", "sector": "Offentlig", "application_due": "Snarest"}
    nynorsk = (
        "<p>Me søkjer ein kokk som ikkje er redd for å ta i eit tak. Du må vere glad i folk og kunne noko om mat frå før.</p>"
    )
    english = "<p>We are looking for a cook who likes to work with other people and who knows the food of this country.</p>"
    own_ads({**ad, "description": nynorsk}, {**ad, "description": english})
    for typed, (label, target) in FILTERS.items():
        found = [option for option in suggest(SearchQuery(), typed) if option.kind == "filter" and option.label == label]
        assert len(found) == 1, typed
        assert found[0].query == SearchQuery(**target), typed
        assert found[0].count == search.search(found[0].query).total > 0, typed


def test_a_suggested_filter_replaces_the_chosen_one_and_keeps_the_others(some):
    query = SearchQuery(extent=("Deltid",), place=("OSLO",), sort="deadline")
    assert leads_to("kokk helt", "Heltid", query.replace(place=("VESTLAND",))) == SearchQuery(
        q="kokk", extent=("Heltid",), place=("VESTLAND",), sort="deadline"
    )


def test_long_words_are_not_corrected(some, monkeypatch):
    looked_up = []
    find = NameIndex._find_by_prefix
    monkeypatch.setattr(NameIndex, "_find_by_prefix", lambda self, word: looked_up.append(word) or find(self, word))
    suggest(SearchQuery(), " ".join("x" * 39 for _ in range(5)))
    assert len(looked_up) <= 20
    looked_up.clear()
    suggest(SearchQuery(), " ".join(letter * 24 for letter in "qwxyz"))
    assert len(looked_up) < 8_000


def test_chosen_filters_apply_to_suggestions(some):
    in_bergen = SearchQuery(place=("VESTLAND",), sort="deadline")
    assert shown("syk", in_bergen) == {"Sykepleier": 1, "Sykehuset": 1}
    assert leads_to("sjå", "Sjåfør", in_bergen) == in_bergen.replace(q="Sjåfør")
    assert shown("kommune", in_bergen) == {"Bergen kommune": 1}


def test_a_suggested_place_replaces_the_chosen_one(some):
    assert leads_to("os", "Oslo", SearchQuery(place=("VESTLAND/BERGEN",))) == SearchQuery(place=("OSLO",))


def test_a_facet_value_is_found_by_its_label_in_another_language(own_ads):  # noqa: F811
    own_ads({"locations": (LocationData("SVERIGE"),), "occupations": COOK})
    assert leads_to("swed", "Sverige") == SearchQuery(place=("UTLAND/SVERIGE",))
    with override("en"):
        assert leads_to("swed", "Sweden") == leads_to("sveri", "Sweden") == SearchQuery(place=("UTLAND/SVERIGE",))
        (option,) = [option for option in suggest(SearchQuery(), "trav") if option.query.occupation]
    assert option.query.occupation == ("Reiseliv og mat",) and option.segments[0] == ("Trav", True)


def test_the_words_and_the_page_of_the_query_are_ignored(some):
    assert shown("os", SearchQuery(q="kokk", page=3)) == shown("os")


@pytest.mark.parametrize("typed", ["sjafor", "SJÅFØR", "sjaafoer", "sjåfør "])
def test_folded_spellings_find_the_name(some, typed):
    found = suggest(SearchQuery(), typed)
    assert [option.count for option in found if option.label.casefold() == "sjåfør"] == [3]


def test_one_error_is_corrected_in_an_unknown_beginning(some):
    assert shown("sjaffør")["Sjåfør"] == 3
    assert shown("sykepelier")["Sykepleier"] == 3
    assert shown("bregen k") == {"Bergen kommune": 1}
    assert shown("sjffør")["Sjåfør"] == 3 and shown("sjfxør") == {}


@pytest.mark.parametrize(
    "typed", ["", " ", "s", "i", '"syk', '"sykepleier be"', "syk*", "kokk -syk", "???", "\x00\ud800", "asdfgh"]
)
def test_operators_and_single_letters_are_not_completed(some, typed):
    assert shown(typed) == {}


def test_after_or_only_single_words_are_suggested(some):
    assert leads_to("kokk OR sjå", "Sjåfør") == SearchQuery(q="kokk OR Sjåfør")
    assert {option.kind for option in suggest(SearchQuery(), "kokk OR s")} <= {"words"}
    assert "Oslo" not in shown("kokk OR os")


def test_personal_data_gets_no_suggestions(some):
    assert suggest(SearchQuery(), "kari@sykehus.example syk") == []
    assert suggest(SearchQuery(), "01010112345 syk") == suggest(SearchQuery(), "07019012454 syk") == []


def test_titles_of_ads_are_not_suggested(own_ads):  # noqa: F811
    title = "Hyggelig nattevakt i Bodø"
    own_ads(*[{"title": title, "job_title": title}] * 3)
    assert suggest(SearchQuery(), "hygg") == suggest(SearchQuery(), "natteva") == []


def test_a_whole_word_of_another_language_is_not_completed(own_ads):  # noqa: F811
    nursery = (OccupationData("Utdanning", "Barnehage- og skolefritidsassistenter"),)
    own_ads({}, {"title": "Assistent", "occupations": nursery, "employer_name": "Tun"})
    for typed in ("nurse", "nurses", "Nurse"):
        labels = {option.label for option in suggest(SearchQuery(), typed)}
        assert labels and "Barnehage- og skolefritidsassistenter" not in labels, typed
    assert "Barnehage- og skolefritidsassistenter" in shown("nurser")
    assert "Legesekretær" in {name.label for found in suggestions.name_index().find(["lege"]).values() for name in found}


def test_every_count_is_that_of_the_suggested_search(some):
    seen = 0
    for typed in ("s", "sy", "ber", "os", "ko", "kokk", "sjå", "kommune", "nurse", "driver", "sykepleier be", "last"):
        for option in suggest(SearchQuery(), typed):
            asked, problems = SearchQuery.from_params(QueryDict(option.query.urlencode()))
            assert (search.search(asked).total, problems) == (option.count, []), (typed, option.label)
            seen += 1
    assert seen > 15


def test_names_of_closed_ads_are_dropped_within_ten_minutes(own_ads, monkeypatch):  # noqa: F811
    made = own_ads(*ADS)
    assert "Kafé Ole Bull AS" in shown("kaf")
    with transaction.atomic():
        store.close_vacancies([made[3]], Vacancy.Closed.FEED)
    assert shown("kaf") == {}  # its count is 0 at once
    later = cache.time.monotonic() + cache.MAX_AGE_SECONDS + 1
    monkeypatch.setattr(cache.time, "monotonic", lambda: later)
    assert not any("Ole Bull" in name.label for name in suggestions.name_index()._names)


def test_personal_and_overlong_names_are_not_suggested(own_ads):  # noqa: F811
    for name in ("Kokk ring 22334455", "Kokk a@b.example", "Kokk " + "x" * 60):
        own_ads({"categories": (CategoryData("ESCO", "1", name),)})
    assert [option.label for option in suggest(SearchQuery(), "kokk") if option.query.q.casefold() != "kokk"] == []


def test_operators_in_a_name_are_removed(own_ads):  # noqa: F811
    name = 'Kokk -natt "sjef" OR*'
    own_ads(*[{"title": name, "categories": (CategoryData(type="JANZZ", code="1", name=name),), "occupations": COOK}] * 2)
    (option,) = [option for option in suggest(SearchQuery(), "kokk n") if option.kind == "words" and not option.as_typed]
    assert option.query.q == "Kokk natt sjef" and option.count == 2


def test_at_most_eight_suggestions_with_a_share_for_each_kind(own_ads):  # noqa: F811
    own_ads(
        *[
            {"categories": (CategoryData("ESCO", letter, f"bestyrer {letter}"),), "employer_name": f"Best {letter}"}
            for letter in "ABCDEFGHIJ"
        ],
        {"locations": BERGEN},
    )
    kinds = [option.kind for option in suggest(SearchQuery(), "be")]
    assert len(kinds) == suggestions.MAX_SUGGESTIONS and {*kinds} == {"words", "employer", "place"}
    assert sum(a != b for a, b in pairwise(kinds)) == 2  # suggestions of one kind are together
    assert len(suggest(SearchQuery(), "bestyr")) == suggestions.MAX_SUGGESTIONS


def test_all_counts_are_one_request_to_the_engine(some, monkeypatch):
    asked = []
    engine, count_hits = registry.engine(), registry.engine().count_hits
    monkeypatch.setattr(engine, "count_hits", lambda requests: asked.append(len(requests)) or count_hits(requests))
    suggest(SearchQuery(), "sy")
    suggest(SearchQuery(), "kommune")
    assert len(asked) == 2 and max(asked) <= suggestions.MAX_COUNTED


def test_typed_letters_are_separate_segments(some):
    (option,) = [option for option in suggest(SearchQuery(), "sjaf") if option.label == "Sjåfør"]
    assert option.segments == (("Sjåf", True), ("ør", False))
    (option,) = suggest(SearchQuery(), "kom ber")
    assert option.segments == (("Ber", True), ("gen ", False), ("kom", True), ("mune", False))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(max_size=60) | st.lists(st.sampled_from([*'sykepleier be "-*|', "OR ", "aa", "oslo ", "æ"])).map("".join))
def test_counts_match_the_suggested_search_for_any_text(some, typed):
    for option in suggest(SearchQuery(extent=("Heltid",)), typed):
        page = search.search(option.query)
        assert page.total == option.count > 0 and not page.corrected
        assert "".join(text for text, _ in option.segments) == option.label


def test_the_name_index_finds_names_by_prefixes():
    names = NameIndex([SuggestedName("employer", f"Firma {n}", "", n, ("firma", f"nr{n}")) for n in range(5000)])
    best = names.find(["fir"])["employer"]
    assert [name.weight for name in best] == list(range(4999, 4999 - MAX_FOUND, -1))
    assert [name.weight for name in names.find(["firma", "nr4999"])["employer"]] == [4999]
