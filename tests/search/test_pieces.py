"""What is found in the pieces of a text is what is found in the text, and child processes return their new entries."""

from __future__ import annotations

import random
import re

import pytest
from django.utils import timezone

from jobsearch.search.analysis import negation, norwegian, pieces
from jobsearch.search.analysis.folding import normalise
from jobsearch.search.indexing import analysis_process
from jobsearch.vacancies import pending

PARTS = (
    "ikke Ikke IKKE ikkje uten ikke. (ingen) ikke/aldri no-no _ikke ikke_ uikke no, NOT never; "
    "it It it-drift It–drift iT C++ xC++ c# "
    "F# .NET asp.NET a.net Kokk kokk, d'Arc o’brien 'x' a_b – • - ¶ ¶ikke é fôr x² \u00a0 \u2028 \x1c \x85 \n \r \t İKKE"
).split(" ")


def write_text(seed: int) -> str:
    rng = random.Random(seed)
    return "".join(rng.choice(PARTS) + rng.choice(("", " ", " ", "\n", "  ")) for _ in range(rng.randint(1, 60)))


@pytest.mark.parametrize("seed", range(40))
def test_the_words_of_the_pieces_are_the_words_of_the_text(seed):
    text = write_text(seed)
    tokens = norwegian._TOKEN.findall(normalise(text))
    assert norwegian.analyse_body(text) == [norwegian.analyse_word(token) for token in tokens if token not in {"it", "It"}]


@pytest.mark.parametrize("seed", range(40))
def test_an_expression_of_words_finds_the_same_by_pieces(seed):
    text = write_text(seed)
    expected = [match.span() for match in negation._NEGATION._expression.finditer(text)]
    assert [match.span() for match in negation._NEGATION.finditer(text)] == expected


def test_a_text_of_many_different_negations_is_searched_as_a_whole(monkeypatch):
    text = " ".join(f"ikke.{number}" for number in range(pieces.MAX_PIECES + 1))
    monkeypatch.setattr(pieces, "find_starts", lambda *_: pytest.fail("each piece is searched for in the whole text"))
    assert len([*negation._NEGATION.finditer(text)]) == pieces.MAX_PIECES + 1


@pytest.mark.parametrize("text", ["Turnus: nei", "Turnus – ikke aktuelt", "Kokk - norsk. Turnus:no.", "Turnus: ja, nei"])
def test_an_expression_of_two_parts_finds_what_the_whole_finds(text):
    plain = re.compile(negation._ANSWERED_NO._whole.pattern, re.IGNORECASE)
    assert [match.span() for match in negation._ANSWERED_NO.finditer(text)] == [match.span() for match in plain.finditer(text)]


def test_a_cache_is_bounded_and_keeps_no_long_piece(monkeypatch):
    monkeypatch.setattr(pieces, "_caches", [])
    monkeypatch.setattr(pieces, "MAX_ENTRIES", 10)
    cache = pieces.PieceCache(len)
    assert [cache[f"ord{number}"] for number in range(25)] == [4] * 10 + [5] * 15
    assert len(cache) <= 10
    assert cache["a" * 1000] == 1000
    assert "a" * 1000 not in cache
    pieces.add_entries([{f"nytt{number}": 5 for number in range(5)}])
    assert [*cache] == [f"nytt{number}" for number in range(5)], "more than half would be full, so the older ones are dropped"


@pytest.mark.django_db(transaction=True)
def test_a_child_process_returns_the_words_that_are_new_to_it(make_vacancy, monkeypatch):
    make_vacancy(description="<p>Blåbærsyltetøykokeren begynner.</p>")
    monkeypatch.setattr(pieces, "_caches", [])
    monkeypatch.setattr(norwegian, "_words_of_pieces", pieces.PieceCache(norwegian._analyse_piece))
    result = analysis_process.analyse(pending.list_changes(10), timezone.now())
    assert len(result.writes) == 1
    assert "Blåbærsyltetøykokeren" in norwegian._words_of_pieces
