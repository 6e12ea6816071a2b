"""Sentences as queries: which words of them are left out, and which are searched for."""

from __future__ import annotations

import pytest

from jobsearch.search.analysis import norwegian, synonyms
from jobsearch.search.analysis.lexicon import PLACES
from jobsearch.search.query import entities
from jobsearch.search.query.parser import parse_query
from jobsearch.search.query.sentence_lists import load_sentence_lists

# Names that sentences use as another word: "jeg vil jobbe", "hi, I am a nurse". They are kept beside capitals ("HI", "HiM") or
# as part of the name ("able seaman"), which `test_a_word_of_a_listed_name_is_kept` checks.
_ALSO_NAMES = {"hi", "him", "me", "likar"}


def understand(q: str) -> str:
    return parse_query(q).understood


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("hvem søker elektriker i Voss", "elektriker Voss"),
        ("how do I become a welder", "welder"),
        ("jeg er utdannet lærer og vil jobbe i Bodø", "lærer Bodø"),
        ("er det noen ledige jobber for vernepleiere på Hamar", "vernepleiere Hamar"),
        ("eg er nyutdanna lærar og leitar etter jobb i Sogndal", "lærar Sogndal"),
        ("kven tilset barnehagelærarar i Odda", "barnehagelærarar Odda"),
        ("korleis kan eg verte dyrlege", "dyrlege"),
        ("any jobs for a nurse who speaks English", "nurse"),
        ("I am looking for work as a cleaner in Stavanger", "cleaner Stavanger"),
        ("min sønn er 25 år og vil ha sommerjobb i Larvik", "sommerjobb Larvik"),
        ("my wife is a dentist and we are moving to Ålesund", "dentist Ålesund"),
        ("jeg har fagbrev som tømrer og ønsker jobb i Asker", "tømrer Asker"),
        ("what does it take to become a pilot", "pilot"),
        ("eg kjem frå Ukraina og er utdanna rekneskapsførar", "rekneskapsførar"),
        ("jeg er 45 år og ønsker å omskolere meg til sveiser", "sveiser"),
        ("kokken leitar etter jobb", "kokken"),
        ("dottera mi er kokk og vil heim til Voss", "kokk Voss"),
        ("jeg er en 19-åring som vil jobbe på lager", "lager"),
        ("is this the first time you hire a carpenter in Time", "carpenter Time"),
    ],
)
def test_words_of_a_sentence_are_left_out(typed, searched):
    assert understand(typed) == searched


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("sykepleier erfaring", "sykepleier erfaring"),  # no sentence
        ("fagbrev elektriker", "fagbrev elektriker"),
        ("spennende kokk", "spennende kokk"),
        ("student Oslo", "student Oslo"),
        ('jeg er "utdannet lærer"', '"utdannet lærer"'),
        ('hvem har "lang erfaring" i Oslo', '"lang erfaring" Oslo'),
        ("jeg er kokk -flytter", "kokk -flytter"),
        ("jeg søker utd*", "utd*"),
        ("jeg vil jobbe hos WHO i Oslo", "WHO Oslo"),
        ("jeg vil jobbe som kokk på First Hotel", "kokk First Hotel"),
        ("jeg søker jobb som selger hos If i Bergen", "selger If Bergen"),
        ("Vår Energi", "Vår Energi"),
        ("hvem søker elektriker hos HI", "elektriker HI"),
        ("hvem ansetter qwrtpsdf i Trondheim", "qwrtpsdf Trondheim"),  # an unknown word may be what is asked for
        ("er det jobb for elefanter i Oslo", "elefanter Oslo"),
        ("jeg er frisør med C++", "frisør C++"),
        ("jeg er student og vil jobbe i Oslo", "student Oslo"),  # else every job in Oslo
        ("jeg har fagbrev og bor i Bergen", "fagbrev Bergen"),
        ("hvem er hvem", "hvem hvem"),
    ],
)
def test_words_with_a_meaning_are_kept(typed, searched):
    assert understand(typed) == searched


@pytest.mark.parametrize(
    "name",
    ["able seaman", "store clerk", "first officer", "well engineer", "family therapist", "special needs teacher", "career coach"],
)
def test_a_word_of_a_listed_name_is_kept(name):
    assert understand(f"I would like to work as a {name} in Oslo") == f"{name} Oslo"


@pytest.mark.parametrize(
    "typed", ["jeg vil bli lærer", "Jeg vil bli lærer", "JEG VIL BLI LÆRER", "jeg vil bli lærer?", "jeg vil bli  lærer!"]
)
def test_capitals_and_marks_change_nothing(typed):
    assert understand(typed).strip("?!").lower() == "lærer"


def test_what_is_left_out_is_named():
    assert parse_query("hvem søker elektriker i Voss").dropped == ("hvem", "søker", "i")


def test_a_name_of_one_word_is_no_word_of_sentences():
    """An occupation, place or filter of one word is searched for in every sentence; `beside_content` may have one."""
    lists = load_sentence_lists()
    left_out = lists.sentence - _ALSO_NAMES
    names = [words for name in synonyms.list_occupations() if len(words := norwegian.analyse_text(name)) == 1]
    listed = {name[0].exact for name in names}
    filters = {key[0] for key in entities._entities_by_key() if len(key) == 1} - PLACES
    places = PLACES - {"time", "heim"}  # "the first time", "flytte heim"; kept as places, see above
    assert left_out & (listed | filters | places) == set()


def test_every_word_of_the_lists_is_in_the_form_in_which_it_is_looked_up():
    lists = load_sentence_lists()
    words = lists.sentence | lists.beside_content | lists.strong | lists.weak
    words |= {word for phrases in lists.phrases.values() for phrase in phrases for place in phrase for word in place}
    assert {word for word in words if [one.exact for one in norwegian.analyse_text(word)] != [word]} == set()


def test_excluding_words_are_in_no_list():
    lists = load_sentence_lists()
    excluding = {"ikke", "ikkje", "uten", "utan", "unntatt", "bortsett", "ingen", "inga", "not", "no", "without", "except"}
    assert excluding & (lists.sentence | lists.beside_content) == set()
