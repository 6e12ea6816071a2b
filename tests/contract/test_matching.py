"""What words find, on every engine."""

from __future__ import annotations

import pytest
from django.utils import timezone

from jobsearch.search.api import SearchQuery, count, facet_counts, search
from jobsearch.search.indexing import documents
from jobsearch.search.query import compiler, parser
from jobsearch.vacancies.models import Vacancy

from . import reference
from .ads import KEYS, NAMES
from .cases import CASES
from .conftest import ON_ONE

pytestmark = pytest.mark.django_db


def found(q: str, sort: str = "published") -> list[str]:
    """The keys of all hits, over all pages, in order."""
    keys: list[str] = []
    for page in range(1, 10):
        answer = search(SearchQuery(q=q, sort=sort, page=page))
        keys += [NAMES[hit.uuid] for hit in answer.hits]
        if len(keys) >= answer.total:
            break
    assert len(keys) == len(set(keys)) == answer.total
    return keys


# The next test proves that each engine finds for each of these words what this one does.
@ON_ONE
@pytest.mark.parametrize(("q", "finds", "misses"), CASES, ids=[case[0] for case in CASES])
def test_words_find_what_they_mean(corpus_engine, q, finds, misses):
    keys = {*found(q)}
    assert not {*finds.split()} - keys, "missing"
    assert not {*misses.split()} & keys, "found, but should not be"


def test_every_engine_finds_and_scores_as_the_plainest_code_does(corpus_engine):
    rows = Vacancy.objects.prefetch_related("locations", "contacts", "occupations", "categories")
    docs = {NAMES[row.uuid]: documents.make_document(row) for row in rows}
    visible = compiler.visible(timezone.now())
    for q in [*dict.fromkeys(case[0] for case in CASES), *(row.title for row in rows)]:
        node = compiler.compile_words(parser.parse(q))
        scored = {
            key: points
            for key, doc in docs.items()
            if (points := reference.score(node, {**doc, "uuid": [str(KEYS[key])]})) is not None
            and reference.score(visible, doc) is not None
        }
        expected = sorted(scored, key=lambda key: (-scored[key], -docs[key]["order"]))
        assert found(q, "relevance") == expected, q
        hits = search(SearchQuery(q=q)).hits
        assert [hit.score for hit in hits] == [scored[NAMES[hit.uuid]] for hit in hits], q


def test_title_comes_before_body_and_the_newest_before_the_old(corpus_engine):
    assert found("lærer", "relevance")[0] == "teacher"
    assert found("butikkmedarbeider", "relevance")[:2] == ["shop", "shop-split"]
    assert found("it konsulent", "relevance")[0] == "it-consultant"


def test_a_word_that_a_text_denies_ranks_last(corpus_engine):
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
def test_a_word_that_no_ad_has_is_taken_for_its_neighbour_and_that_is_said(corpus_engine, typed, meant, finds):
    page = search(SearchQuery(q=typed))
    assert page.corrected == meant
    assert finds in {NAMES[hit.uuid] for hit in page.hits}
    assert page.hits == search(SearchQuery(q=meant)).hits
    assert count(SearchQuery(q=typed)) == page.total == search(SearchQuery(q=meant)).total


@pytest.mark.parametrize("typed", ['"sykepeier"', "sykepeier*", "xqzzyw", "sykepeier xqzzyw", "kkk", "hamar kokk", "Ragnfrid"])
def test_nothing_is_made_up_for_nonsense_quotes_or_words_that_are_right(corpus_engine, typed):
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
def test_a_word_that_names_a_value_finds_all_that_the_filter_finds(corpus_engine, typed, facet, value, beside):
    filtered = search(SearchQuery(q=beside, **{facet: (value,)}, size=100))
    named = search(SearchQuery(q=f"{beside} {typed}", size=100))
    assert {*filtered.uuids} <= {*named.uuids}
    assert (facet, value) in {(one.facet, one.value) for one in named.recognised}


def test_an_occupation_that_no_ad_is_of_is_looked_for_in_texts_and_that_is_said(corpus_engine):
    page = search(SearchQuery(q="skomaker"))
    assert [NAMES[hit.uuid] for hit in page.hits] == ["shoes"]
    assert (page.in_text, page.corrected) == (True, "")
    assert count(SearchQuery(q="skomaker")) == page.total == 1
    assert facet_counts(SearchQuery(q="skomaker"), "place")["BUSKERUD"] == 1


def test_texts_are_not_asked_for_an_occupation_that_ads_are_of(corpus_engine):
    page = search(SearchQuery(q="kokk", place=("BUSKERUD",)))
    assert (page.in_text, page.total) == (False, 0)
    assert not search(SearchQuery(q="kokk")).in_text


def test_what_is_found_is_never_corrected(corpus_engine):
    assert search(SearchQuery(q="python")).corrected == ""
    assert search(SearchQuery(q="kokk", place=("OSLO",))).corrected == ""


def test_a_uuid_finds_that_ad(corpus_engine):
    assert found(str(KEYS["cook"])) == ["cook"]
    assert found(f"https://arbeidsplassen.nav.no/stillinger/stilling/{KEYS['cook']}") == ["cook"]
    assert found(str(KEYS["cook"]).replace("-", "")) == []
    assert search(SearchQuery(q="00000000-0000-4000-8000-000000000000")).total == 0


def test_it_is_said_what_was_searched_for(corpus_engine):
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


@pytest.mark.parametrize("q", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("sort", ["relevance", "deadline"])
def test_nothing_typed_is_an_error(corpus_engine, q, sort):
    assert search(SearchQuery(q=q, sort=sort)).total >= 0
