"""Highlighting on each engine: every hit shows why it matched."""

from __future__ import annotations

import pytest

from jobsearch.search.api import SearchQuery, search
from jobsearch.search.assist import Highlighter
from jobsearch.vacancies import ad_names
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import prepare_from_related

from .ads import KEYS
from .cases import CASES
from .conftest import ON_ONE

# What is marked is decided in Python, from the words and the stored ad; the same hits come from each engine (test_matching).
pytestmark = [pytest.mark.django_db, ON_ONE]

MORE = [
    "butikk medarbeider natt", '"fleksibel arbeidstid" prosjekt*', "kokk OR servitør", "utvikler -oslo", "sykepleier -turnus",
    "python django trondheim", "natt bergen", "senior utvikler", "registered nurse", "NAV rådgiver", "trondheim", "hamar",
    "lager*", "leiar stord", "sjafor bergen", "forskar", "it drift",
]  # fmt: skip
QUERIES = [*dict.fromkeys([case[0] for case in CASES] + MORE)]


def has_match(segments) -> bool:
    return any(segment.matched for segment in segments)


def test_every_hit_has_a_highlighted_match(corpus_engine):
    stored = Vacancy.objects.prefetch_related("locations", "occupations", "categories", "contacts")
    ads = {row.uuid: (row, prepare_from_related(row)) for row in stored}
    for q in QUERIES:
        query = SearchQuery(q=q)
        page = search(query)
        highlighter = Highlighter(page.compiled)
        if not highlighter:
            continue
        for row, prepared in map(ads.__getitem__, page.uuids):
            shown = highlighter.highlight_ad(row, prepared)
            where = [highlighter.highlight_place(name) for name in ad_names.list_place_names(row.locations.all())]
            # A match by a facet value is shown by the recognised entities of the page.
            why = any(map(has_match, [shown.title, shown.employer, shown.occupation, shown.snippet, *where])) or page.recognised
            assert why, (q, row.title)
            everything = "".join(segment.text for part in (shown.occupation, shown.snippet) for segment in part)
            assert "Uthaug" not in everything and "22 33" not in everything and "@" not in everything


@pytest.mark.parametrize(
    ("q", "key", "title", "occupation", "snippet"),
    [
        ("sykepleiere", "nurse", ["Sykepleier"], [], []),
        ("utvikler", "developer", ["Programvareutvikler"], [], []),
        ("butikkmedarbeider", "shop-split", ["Butikk medarbeider"], [], []),
        ("butikk medarbeider", "shop", ["Butikkmedarbeider"], [], []),
        ("larer", "teacher", ["Lærer"], [], []),
        ("python", "developer", [], [], ["Python"]),
        ('"fleksibel arbeidstid"', "phrase", [], [], ["fleksibel arbeidstid"]),
        ("prosjektl*", "phrase", ["Prosjektleder"], [], []),
        ("nurse", "nurse", ["Sykepleier"], [], []),
        ("utvikler -oslo", "developer", ["Programvareutvikler"], [], []),
        ("grunnskole", "teacher", [], ["Grunnskole"], []),
        ("sykepleier natt", "nurse", ["Sykepleier"], [], ["natt"]),
        ("c++", "cpp", ["C++"], [], []),
    ],
)
def test_the_matched_words_are_highlighted(corpus_engine, q, key, title, occupation, snippet):
    query = SearchQuery(q=q)
    assert KEYS[key] in search(query).uuids
    row = Vacancy.objects.get(uuid=KEYS[key])
    shown = Highlighter(query.compiled).highlight_ad(row, prepare_from_related(row))
    assert [segment.text for segment in shown.title if segment.matched] == title
    assert [segment.text for segment in shown.occupation if segment.matched] == occupation
    assert [segment.text for segment in shown.snippet if segment.matched] == snippet


def test_a_search_without_words_highlights_nothing(corpus_engine):
    for q in ("", "-kokk", "???", str(KEYS["cook"])):
        assert not Highlighter(SearchQuery(q=q).compiled), q
    assert search(SearchQuery()).total
