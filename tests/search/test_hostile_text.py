"""Texts that are written to be slow: an ad's analysis, its marks and a query cost as much as they have words.

What is counted is words that are analysed and stems that are made, so that a busy machine changes nothing.
"""

from __future__ import annotations

import pytest

from jobsearch.search.analysis import norwegian
from jobsearch.search.api import Highlighter, SearchQuery
from jobsearch.search.assist.suggestions import _marked
from jobsearch.search.query import parser

CITIES = (
    "Oslo Bergen Trondheim Stavanger Drammen Bodø Moss Hamar Skien Molde Alta Voss Narvik Larvik Harstad Horten Halden Gjøvik "
    "Levanger Namsos"
)
HOSTILE = {
    "cut words": "a- " * 30 + "x-",
    "cities": "- ".join(CITIES.split()) + "- (flere)",
    "a run of letters": "Sykepleier " + "a" * 12_000 + ". ",
    "a run of cut words": "a- " * 4000 + "x",
    "a run of cut words without an end": "ab- og " * 4000 + "2",
    "compounds": "a-b" * 4000,
    "slashes": "a/-" * 4000,
    "slashes and runs": ("a" * 200 + "/-") * 60,
    "short forms": "ass." * 3000,
    "short forms apart": "avd. " * 3000,
    "apostrophes": "'a" * 6000,
    "full stops": ". " * 6000,
    "digits": "1" * 12_000,
    "accents": "a" + "\u0301\u0316" * 6000,
    "invisible characters": "a\u00ad" * 6000,
    "dots": "a." * 6000,
    "signs": "C++" * 4000,
    "NET": ".NET" * 3000,
    "it": "it-" * 4000,
    "places": "more og romsdal " * 800,
    "feed": "fôr" * 4000,
}


@pytest.fixture
def counted(monkeypatch) -> dict[str, int]:
    """How many words were analysed, and of how many stems one was made."""
    counts = {"exact": 0, "joined": 0}

    def count(name: str, function):
        def counting(*args):
            counts[name] += 1
            return function(*args)

        return counting

    monkeypatch.setattr(norwegian, "_cache", {})
    monkeypatch.setattr(norwegian, "_exact", count("exact", norwegian._exact))
    monkeypatch.setattr(norwegian, "joined", count("joined", norwegian.joined))
    return counts


@pytest.mark.parametrize("title", HOSTILE.values(), ids=[*HOSTILE])
@pytest.mark.timeout(20)
def test_an_analysis_costs_as_much_as_there_are_words(title, counted):
    found = norwegian.words(title)
    norwegian.written_out(title)
    norwegian.body_words(title)
    [*norwegian.short_forms(title)]
    assert len(found) <= len(title) + 1
    assert counted["exact"] <= 3 * len(found) + 10
    assert counted["joined"] <= 2 * len(found) + 2
    assert all(len(form) <= 61 for word in found for form in word)


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=[*HOSTILE])
@pytest.mark.timeout(20)
def test_queries_marks_and_suggestions_take_such_texts(typed, counted):
    parser.parse(typed)
    marks = Highlighter(SearchQuery(q='sykepleier barnearbeider assistent "og romsdal" a*').compiled)
    for kind in ("title", "employer", "place", "occupation", "snippet"):
        pieces = getattr(marks, kind)(typed)
        assert kind == "snippet" or len("".join(piece.text for piece in pieces)) <= len(typed)
    assert len("".join(part for part, _ in _marked(typed, ("sykepleier", "a")))) <= len(typed)


def test_a_run_of_letters_is_one_word_of_which_the_beginning_counts(counted):
    for length in (61, 1000, 100_000):
        word = norwegian.word("Sykepleier" + "a" * length)
        assert word.exact == word.stem == ("sykepleier" + "a" * 50).replace("aa", "å")
        assert word.fold == ""
    assert not norwegian._cache, "words that nobody has twice fill no memory"
    assert norwegian.word("a" * 12_000 + "leder") == norwegian.word("a" * 12_000 + "lærer")


def test_the_word_beside_it_is_found_and_marked():
    title = "Sykepleier " + "a" * 12_000 + ". "
    assert norwegian.words(title)[0] == norwegian.word("sykepleier")
    assert [piece.text for piece in Highlighter(SearchQuery(q="sykepleier").compiled).title(title) if piece.met] == ["Sykepleier"]


def test_each_of_twenty_cities_shares_the_end_that_is_written_once():
    assert not norwegian.written_out("- ".join(CITIES.split()) + "- (flere)")
    assert {"oslokontor", "namsoskontor"} <= norwegian.written_out(
        "- ".join(CITIES.split()) + "- og Kirkeneskontor"
    ) | norwegian.written_out("-, ".join(CITIES.split()) + "- og kontor")


@pytest.mark.parametrize(
    ("written", "stems"),
    [
        ("Barne- og", ""),
        ("Barne- og 2 andre", ""),
        ("Barne-/ungdomsarbeider", "barnearbeider"),
        ("Barne- & ungdomsarbeider", "barnearbeider"),
        ("Barne- eller ungdomsarbeider", "barnearbeider"),
        ("Bil-, drosje- eller varebilførere", "bilfører drosjefører"),
        ("BARNE- OG UNGDOMSARBEIDER", "barnearbeider"),
        ("Barne- og ungdomsarbeider, kokk- og servitørlærling", "barnearbeider kokklærling"),
        ("e-post- og telefonarbeider", "postarbeider"),
        ("Barne- og ungdoms-", ""),
        ("Barne- og ungdomsarbeider2", ""),
        ("Barne-\u00a0og ungdomsarbeider", "barnearbeider"),
    ],
)
def test_what_is_written_once_is_read_in_one_pass(written, stems):
    found = norwegian.written_out(written)
    assert {*stems.split()} <= found
    assert stems or not found


def test_marks_stand_on_what_is_shown_though_invisible_characters_stand_between():
    marks = Highlighter(SearchQuery(q="truckførerbevis").compiled)
    assert [piece.text for piece in marks.title("Krav: truck\u00adfører\u200bbevis!") if piece.met] == [
        "truck\u00adfører\u200bbevis"
    ]
    assert [piece.text for piece in marks.snippet("Du har truck\u00adførerbevis.") if piece.met] == ["truck\u00adførerbevis"]
    joint = Highlighter(SearchQuery(q="barnearbeider IT-konsulent").compiled).title("Barne‑ og ungdomsarbeider, IT‑konsulent")
    assert [piece.text for piece in joint if piece.met] == ["Barne", "og ungdomsarbeider", "IT‑konsulent"]
    place = Highlighter(SearchQuery(q="Moere og Romsdal").compiled).place("Møre og Romsdal")
    assert [piece.text for piece in place if piece.met] == ["Møre og Romsdal"]
    assert [part for part, met in _marked("Truck\u00adfører", ("truckforer",)) if met] == ["Truck\u00adfører"]
