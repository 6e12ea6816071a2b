"""What an engine has found shows why: every hit has a mark where a reader can see the words."""

from __future__ import annotations

import pytest

from jobsearch.search.api import Highlighter, SearchQuery, search
from jobsearch.search.indexing import documents
from jobsearch.vacancies.models import Vacancy

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


def met(pieces) -> bool:
    return any(piece.met for piece in pieces)


def test_every_hit_shows_why_it_is_one(corpus_engine):
    for q in QUERIES:
        query = SearchQuery(q=q)
        page = search(query)
        marker = Highlighter(page.compiled)
        if not marker:
            continue
        rows = Vacancy.objects.filter(uuid__in=page.uuids).prefetch_related("locations", "occupations", "categories", "contacts")
        for row in rows:
            shown = marker.marked(row, row.description)
            where = [marker.place(name) for name in documents.list_place_names(row.locations.all())]
            # What an ad is filed as is shown by what the search recognised.
            why = any(map(met, [shown.title, shown.employer, shown.occupation, shown.passage, *where])) or page.recognised
            assert why, (q, row.title)
            everything = "".join(piece.text for part in (shown.occupation, shown.passage) for piece in part)
            assert "Uthaug" not in everything and "22 33" not in everything and "@" not in everything


@pytest.mark.parametrize(
    ("q", "key", "title", "occupation", "passage"),
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
def test_what_is_marked(corpus_engine, q, key, title, occupation, passage):
    query = SearchQuery(q=q)
    assert KEYS[key] in search(query).uuids
    row = Vacancy.objects.get(uuid=KEYS[key])
    shown = Highlighter(query.compiled).marked(row, row.description)
    assert [piece.text for piece in shown.title if piece.met] == title
    assert [piece.text for piece in shown.occupation if piece.met] == occupation
    assert [piece.text for piece in shown.passage if piece.met] == passage


def test_a_search_without_words_marks_nothing(corpus_engine):
    for q in ("", "-kokk", "???", str(KEYS["cook"])):
        assert not Highlighter(SearchQuery(q=q).compiled), q
    assert search(SearchQuery()).total
