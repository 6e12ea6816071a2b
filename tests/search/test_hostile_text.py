"""Texts written to be slow: analysis, highlighting and parsing take linear time.

The tests count analysed words and joined compounds, so that the load of the machine does not matter.
"""

from __future__ import annotations

import pytest

from jobsearch.search.analysis import norwegian
from jobsearch.search.api import SearchQuery
from jobsearch.search.assist import Highlighter
from jobsearch.search.assist.snippets import Segments
from jobsearch.search.assist.suggestions import _split_label
from jobsearch.search.query import parser
from tests.search.test_highlighting import KINDS, highlight_text

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
    "abbreviations": "ass." * 3000,
    "abbreviations with blanks": "avd. " * 3000,
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
    """Counts the normalised tokens and the joined compounds."""
    counts = {"tokens": 0, "compounds": 0}

    def count(name: str, function):
        def counting(*args):
            counts[name] += 1
            return function(*args)

        return counting

    monkeypatch.setattr(norwegian, "_word_cache", {})
    monkeypatch.setattr(norwegian, "_normalise_token", count("tokens", norwegian._normalise_token))
    monkeypatch.setattr(norwegian, "join_compound", count("compounds", norwegian.join_compound))
    return counts


@pytest.mark.parametrize("title", HOSTILE.values(), ids=[*HOSTILE])
@pytest.mark.timeout(20)
def test_the_cost_of_analysis_is_linear_in_the_words(title, counted):
    found = norwegian.analyse_text(title)
    norwegian.expand_shared_endings(title)
    norwegian.analyse_body(title)
    [*norwegian.find_abbreviations(title)]
    assert len(found) <= len(title) + 1
    assert counted["tokens"] <= 3 * len(found) + 10
    assert counted["compounds"] <= 2 * len(found) + 2
    assert all(len(form) <= 61 for word in found for form in word)


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=[*HOSTILE])
@pytest.mark.timeout(20)
def test_parsing_highlighting_and_suggestions_accept_hostile_texts(typed, counted):
    parser.parse_query(typed)
    highlighter = Highlighter(SearchQuery(q='sykepleier barnearbeider assistent "og romsdal" a*').compiled)
    for kind in KINDS:
        segments = highlight_text(highlighter, kind, typed)
        assert kind == "snippet" or len("".join(segment.text for segment in segments)) <= len(typed)
    assert len("".join(part for part, _ in _split_label(typed, ("sykepleier", "a")))) <= len(typed)


def test_a_very_long_word_is_cut_and_not_cached(counted):
    for length in (61, 1000, 100_000):
        word = norwegian.analyse_word("Sykepleier" + "a" * length)
        assert word.exact == word.stem == ("sykepleier" + "a" * 50).replace("aa", "å")
        assert word.fold == ""
    assert not norwegian._word_cache, "such words do not recur, so they must not fill the cache"
    assert norwegian.analyse_word("a" * 12_000 + "leder") == norwegian.analyse_word("a" * 12_000 + "lærer")


def test_the_word_beside_a_very_long_word_is_highlighted():
    title = "Sykepleier " + "a" * 12_000 + ". "
    assert norwegian.analyse_text(title)[0] == norwegian.analyse_word("sykepleier")
    highlighter = Highlighter(SearchQuery(q="sykepleier").compiled)
    assert _matched_texts(highlight_text(highlighter, "title", title)) == ["Sykepleier"]


def test_twenty_cut_words_share_one_ending():
    assert not norwegian.expand_shared_endings("- ".join(CITIES.split()) + "- (flere)")
    assert {"oslokontor", "namsoskontor"} <= norwegian.expand_shared_endings(
        "- ".join(CITIES.split()) + "- og Kirkeneskontor"
    ) | norwegian.expand_shared_endings("-, ".join(CITIES.split()) + "- og kontor")


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
def test_shared_endings_are_expanded_in_one_pass(written, stems):
    found = norwegian.expand_shared_endings(written)
    assert {*stems.split()} <= found
    assert stems or not found


def test_matches_include_invisible_characters_of_the_text():
    highlighter = Highlighter(SearchQuery(q="truckførerbevis").compiled)
    title = highlight_text(highlighter, "title", "Krav: truck\u00adfører\u200bbevis!")
    assert _matched_texts(title) == ["truck\u00adfører\u200bbevis"]
    assert _matched_texts(highlight_text(highlighter, "snippet", "Du har truck\u00adførerbevis.")) == ["truck\u00adførerbevis"]
    highlighter = Highlighter(SearchQuery(q="barnearbeider IT-konsulent").compiled)
    title = highlight_text(highlighter, "title", "Barne‑ og ungdomsarbeider, IT‑konsulent")
    assert _matched_texts(title) == ["Barne", "og ungdomsarbeider", "IT‑konsulent"]
    place = Highlighter(SearchQuery(q="Moere og Romsdal").compiled).highlight_place("Møre og Romsdal")
    assert _matched_texts(place) == ["Møre og Romsdal"]
    assert [part for part, is_typed in _split_label("Truck\u00adfører", ("truckforer",)) if is_typed] == ["Truck\u00adfører"]


def _matched_texts(segments: Segments) -> list[str]:
    return [segment.text for segment in segments if segment.matched]
