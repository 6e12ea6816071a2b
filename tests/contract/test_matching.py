"""Matching: which ads a query finds, on every engine."""

from __future__ import annotations

import pytest
from django.utils import timezone

from jobsearch.search.api import SearchQuery, count, count_facets, search
from jobsearch.search.indexing import documents
from jobsearch.search.query import compiler, parser
from jobsearch.vacancies.models import Vacancy

from . import reference
from .ads import KEYS, NAMES
from .cases import CASES
from .conftest import ON_ONE, on_all

pytestmark = pytest.mark.django_db


def found(q: str, sort: str = "published") -> list[str]:
    """The keys of all hits, over all pages, in order."""
    return [key for key, _ in find_scored(q, sort)]


def find_scored(q: str, sort: str) -> list[tuple[str, float]]:
    """The keys and scores of all hits, over all pages, in order."""
    hits: list[tuple[str, float]] = []
    for page in range(1, 10):
        answer = search(SearchQuery(q=q, sort=sort, page=page))
        hits += [(NAMES[hit.uuid], hit.score) for hit in answer.hits]
        if len(hits) >= answer.total:
            break
    assert len(hits) == len(dict(hits)) == answer.total
    return hits


# The next test proves that OpenSearch finds what this one does, by one query of each kind.
@ON_ONE
@pytest.mark.parametrize(("q", "finds", "misses"), CASES, ids=[case[0] for case in CASES])
def test_a_query_finds_the_expected_ads(corpus_engine, q, finds, misses):
    keys = {*found(q)}
    assert not {*finds.split()} - keys, "missing"
    assert not {*misses.split()} & keys, "found, but should not be"


@on_all("corpus_engine")
def test_hits_and_scores_equal_the_reference_implementation(corpus_engine, every_combination):
    """On OpenSearch one query of each kind of condition, 107 of 405, with `--every-combination` all."""
    rows = Vacancy.objects.prefetch_related("locations", "contacts", "occupations", "categories")
    visible = compiler.build_visibility_filter(timezone.now())
    docs = {NAMES[row.uuid]: {**documents.make_document(row), "uuid": [str(row.uuid)]} for row in rows}
    docs = {key: doc for key, doc in docs.items() if reference.score(visible, doc) is not None}
    queries = dict.fromkeys([*(case[0] for case in CASES), *(row.title for row in rows)])
    nodes = {q: compiler.compile_conditions(parser.parse_query(q)) for q in queries}
    on_server = corpus_engine.name == "opensearch" and not every_combination
    for q in reference.choose_each_kind(nodes) if on_server else nodes:
        node = nodes[q]
        scored = {key: points for key, doc in docs.items() if (points := reference.score(node, doc)) is not None}
        expected = sorted(scored, key=lambda key: (-scored[key], -docs[key]["order"]))
        assert find_scored(q, "relevance") == [(key, scored[key]) for key in expected], q


def test_matches_in_the_title_rank_before_matches_in_the_body(corpus_engine):
    assert found("lærer", "relevance")[0] == "teacher"
    assert found("butikkmedarbeider", "relevance")[:2] == ["shop", "shop-split"]
    assert found("it konsulent", "relevance")[0] == "it-consultant"


def test_a_negated_word_ranks_last(corpus_engine):
    assert found("hjemmekontor", "relevance") == ["nowhere", "remote", "remote-denied"]


def test_a_value_after_uten_or_minus_is_excluded(corpus_engine):
    every, part_time = {*found("")}, {*found("deltid")}
    assert part_time and part_time < every
    for q in ("uten deltid", "-deltid", "jobb uten deltid", "utan deltid", "without part time"):
        page = search(SearchQuery(q=q))
        assert {*found(q)} == every - part_time, q
        assert not page.recognised


@pytest.mark.parametrize(
    ("typed", "meant", "finds"),
    [
        ("sykepeier", "sykepleier", "nurse"),
        ("skyepleier bregen", "sykepleier bergen", "nurse"),
        ("rorleger", "rørlegger", "plumber"),
        ("ykepleier oslo", "sykepleier oslo", "nurses"),
        ("utvikller -oslo", "utvikler -oslo", "developer"),
    ],
)
def test_a_misspelled_word_without_hits_is_corrected_and_reported(corpus_engine, typed, meant, finds):
    page = search(SearchQuery(q=typed))
    assert page.corrected == meant
    assert finds in {NAMES[hit.uuid] for hit in page.hits}
    assert page.hits == search(SearchQuery(q=meant)).hits
    assert count(SearchQuery(q=typed)) == page.total == search(SearchQuery(q=meant)).total


@pytest.mark.parametrize("typed", ['"sykepeier"', "sykepeier*", "xqzzyw", "sykepeier xqzzyw", "kkk", "hamar kokk", "Ragnfrid"])
def test_nonsense_phrases_and_correct_words_are_not_corrected(corpus_engine, typed):
    page = search(SearchQuery(q=typed))
    assert (page.corrected, page.total) == ("", 0)


@pytest.mark.parametrize(
    ("typed", "facet", "value"),
    [
        ("deltid", "extent", "Deltid"),
        ("part time", "extent", "Deltid"),
        ("vikariat", "engagement", "Vikariat"),
        ("sesongarbeid", "engagement", "Sesong"),
        ("offentlig sektor", "sector", "Offentlig"),
        ("innlandet", "place", "INNLANDET"),
        ("møre og romsdal", "place", "MØRE OG ROMSDAL"),
        ("østlandet", "place", "INNLANDET"),
        ("reiseliv og mat", "occupation", "Reiseliv og mat"),
    ],
)
@pytest.mark.parametrize("beside", ["", "lege", "utvikler"])
def test_a_word_that_names_a_facet_value_finds_all_ads_of_the_filter(corpus_engine, typed, facet, value, beside):
    filtered = search(SearchQuery(q=beside, **{facet: (value,)}, size=100))
    named = search(SearchQuery(q=f"{beside} {typed}", size=100))
    assert {*filtered.uuids} <= {*named.uuids}
    assert (facet, value) in {(entity.facet, entity.value) for entity in named.recognised}


def test_an_occupation_without_ads_is_searched_for_in_the_body_and_reported(corpus_engine):
    page = search(SearchQuery(q="skomaker"))
    assert [NAMES[hit.uuid] for hit in page.hits] == ["shoes"]
    assert (page.in_text, page.corrected) == (True, "")
    assert count(SearchQuery(q="skomaker")) == page.total == 1
    assert count_facets(SearchQuery(q="skomaker"), "place")["BUSKERUD"] == 1


def test_an_occupation_with_ads_is_not_searched_for_in_the_body(corpus_engine):
    page = search(SearchQuery(q="kokk", place=("BUSKERUD",)))
    assert (page.in_text, page.total) == (False, 0)
    assert not search(SearchQuery(q="kokk")).in_text


def test_a_query_with_hits_is_not_corrected(corpus_engine):
    assert search(SearchQuery(q="python")).corrected == ""
    assert search(SearchQuery(q="kokk", place=("OSLO",))).corrected == ""


def test_a_uuid_finds_its_ad(corpus_engine):
    assert found(str(KEYS["cook"])) == ["cook"]
    assert found(f"https://arbeidsplassen.nav.no/stillinger/stilling/{KEYS['cook']}") == ["cook"]
    assert found(str(KEYS["cook"]).replace("-", "")) == ["cook"]
    assert search(SearchQuery(q="00000000-0000-4000-8000-000000000000")).total == 0


def test_understood_and_dropped_words_are_reported(corpus_engine):
    page = search(SearchQuery(q='ledige stillinger i Bergen -kokk "fast ansettelse'))
    assert page.understood == 'Bergen "fast ansettelse" -kokk'
    assert page.dropped == ("ledige", "stillinger", "i")


# fmt: off
HOSTILE = [
    '"', "-", "*", "OR", "OR OR", "- -", '""', "\\", "a" * 200, "ø" * 200,
    "title:kokk", "kokk AND NOT", "(kokk", "kokk)", "[a TO b]",
    "kokk~2", "kokk^9", "/.*/", ".*", "*a*", "+++", "---", "'; DROP TABLE x; --", "<script>", "{{7*7}}",
    "%00", "\x00kokk", "\ud800",
    "¶", "kokk ¶", '"¶"', "ｋｏｋｋ", "ko\u00adkk", "\u202ekokk",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z æ ø å 1 2 3 4 5",
    '"a" "b" "c" -d -e f* g* h OR i OR j', "c++* c#* .net*", "*" * 200, '"' * 199, "- " * 99, "kokk OR",
    "OR kokk", "-kokk OR lærer",
    "a* b* c*", "i*", "🦄*", "İ", "ﬀ", "ß", "x" * 60 + "*", "[]{}()^$|?+.*\\/#&@<>~",
]
# fmt: on


@on_all("corpus_engine")
@pytest.mark.parametrize(
    ("q", "sort"),
    [
        pytest.param(q, sort, id=f"{sort}-{number}", marks=pytest.mark.every_combination if (number + turn) % 2 else ())
        for turn, sort in enumerate(["relevance", "deadline"])
        for number, q in enumerate(HOSTILE)
    ],
)
def test_no_query_is_an_error(corpus_engine, q, sort):
    assert search(SearchQuery(q=q, sort=sort)).total >= 0
