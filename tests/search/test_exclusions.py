"""Exclusion in words: what is excluded by "ikke", "unntatt", "except" and others, and how far each reaches."""

from __future__ import annotations

import pytest

from jobsearch.search.api import SearchQuery, search
from jobsearch.search.query.correction import find_unknown_words
from jobsearch.search.query.normalisation import remove_each_part
from jobsearch.search.query.parser import parse_query
from tests.web.support import ads, own_index  # noqa: F401 - fixtures


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        # The three languages.
        ("kokk ikke natt", "kokk -natt"),
        ("kokk NOT natt", "kokk -natt"),
        ("kokk ikkje natt", "kokk -natt"),
        ("selger unntatt Bergen", "selger -Bergen"),
        ("selger med unntak av Bergen", "selger -Bergen"),
        ("seljar unnateke Bergen", "seljar -Bergen"),
        ("sykepleier bortsett fra Oslo", "sykepleier -Oslo"),
        ("sjukepleiar bortsett frå Oslo", "sjukepleiar -Oslo"),
        ("lærer utenom Oslo", "lærer -Oslo"),
        ("lærar utanom Oslo", "lærar -Oslo"),
        ("programmerer alt annet enn java", "programmerer -java"),
        ("sjåfør men ikke taxi", "sjåfør -taxi"),
        ("driver but not taxi", "driver -taxi"),
        ("developer except Oslo", "developer -Oslo"),
        ("developer excluding frontend", "developer -frontend"),
        ("developer other than frontend", "developer -frontend"),
        ("developer apart from frontend", "developer -frontend"),
        ("nurse but no sales", "nurse -sales"),
        ("I don't want nights cook", "cook -nights"),
        ("kokk verken natt eller helg", "kokk -natt -helg"),
        ("cook neither nights nor weekends", "cook -nights -weekends"),
        ("jobber utenfor Oslo", "-Oslo"),
        ("work outside of Oslo", "-Oslo"),
        ("kokk, nattarbeid nei takk", "kokk -nattarbeid"),
        # Prepositions, articles and verbs in between belong to the negation.
        ("selger, bare ikke i Oslo", "selger -Oslo"),
        ("jeg vil ikke jobbe natt sykepleier", "sykepleier -natt"),
        ("jobb som ikke innebærer natt", "-natt"),
        ("cook not working nights", "cook -nights"),
        # How far it reaches.
        ("ikke vikar lærer oslo", "lærer oslo -vikar"),
        ("Ikke vikar lærer oslo", "lærer oslo -vikar"),
        ("lærer i Oslo ikke vikar 100 %", "lærer Oslo 100 -vikar"),
        ("kokk ikke natt eller helg", "kokk -natt -helg"),
        ("kokk ikke natt og helg Oslo", "kokk Oslo -natt -helg"),
        ("kokk ikke natt, helg", "kokk -natt -helg"),
        ("kokk ikke natt/helg", "kokk -natt -helg"),
        ("kokk, ikke natt, Oslo", "kokk Oslo -natt"),
        ("kokk ikke i Oslo eller i Bergen", "kokk -Oslo -Bergen"),
        ("kokk ikke natt ELLER helg", "kokk -natt -helg"),
        ("kokk OR baker NOT natt", "kokk OR baker -natt"),
        ("lærer, ikke vikar, men fast stilling", "lærer fast stilling -vikar"),
        ("sykepleier ikke natt og ikke helg", "sykepleier -natt -helg"),
        ("alle jobber i Oslo unntatt salg", "Oslo -salg"),
        ("kokk i hele Norge unntatt Oslo", "kokk -Oslo"),
        ("not a manager, developer", "developer -manager"),
        ("ikke vikar, lærer", "lærer -vikar"),
        ("kokk, ikke natt, fast", "kokk fast -natt"),
        ("jeg vil ikke jobbe deltid, lærer", "lærer -deltid"),
        # Names of several words.
        ("teacher, not primary school", "teacher -primary school"),
        ("developer without java Oslo", "developer Oslo -java"),
        ("kokk ikke Nord-Norge", "kokk -Nord-Norge"),
        ("kokk unntatt Møre og Romsdal og Oslo", "kokk -Møre og Romsdal -Oslo"),
        ("sykepleier unntatt Bergen kommune", "sykepleier -Bergen kommune"),
        ("cook not kindergarten teacher", "cook -kindergarten teacher"),
        ("sjåfør ikke buss sjåfør", "sjåfør -buss sjåfør"),
        ("nurse not night shifts", "nurse -night"),
        ("sjåfør uten tunge løft", "sjåfør -tunge løft"),
        ("sykepleier ikke mye reising", "sykepleier -reising"),
        # Phrases, prefixes and the minus sign.
        ('kokk ikke "tung løft"', 'kokk -"tung løft"'),
        ("kokk ikke natt*", "kokk -natt*"),
        ("kokk ikke -natt", "kokk -natt"),
        ("kokk ikke natt -helg", "kokk -natt -helg"),
        ('kokk "ikke natt"', 'kokk "ikke natt"'),
        # "uten" before a requirement is a wish, before other words an exclusion.
        ("kokk uten oppvask", "kokk -oppvask"),
        ("kokk utan oppvask", "kokk -oppvask"),
        ("teacher without sports", "teacher -sports"),
        ("lagerjobb uten erfaring", "lagerjobb uten erfaring"),
        ("lagerjobb uten krav til norsk", "lagerjobb uten krav til norsk"),
        # Text.
        ("Ikke-voldelig kommunikasjon", "Ikke-voldelig kommunikasjon"),
        ("Leger Uten Grenser", "Leger Uten Grenser"),
        ("doctors without borders", "doctors without borders"),
        ("Not Hansen", "Not Hansen"),
        ("No Isolation", "No Isolation"),
        ("jobb no i Bergen", "no Bergen"),
        ("kokk ikke", "kokk ikke"),
        ("jobb utenfor sesong", "utenfor sesong"),
        ("ikke", "ikke"),
    ],
)
def test_words_of_negation_exclude_what_follows_them(typed, understood):
    assert parse_query(typed).understood == understood


@pytest.mark.parametrize("word", ["ikke", "unntatt", "NOT", "men ikke", "uten"])
def test_words_of_negation_mean_the_same_as_a_minus(word):
    for excluded in ("taxi", "deltid", "Oslo", "Nord-Norge"):
        in_words, minus = parse_query(f"lærer {word} {excluded}"), parse_query(f"lærer -{excluded}")
        assert {clause.words for alternative in minus.never for clause in alternative if hasattr(clause, "words")} == {
            clause.words for alternative in in_words.never for clause in alternative if hasattr(clause, "words")
        }
        assert (in_words.understood, in_words.must) == (minus.understood, minus.must)


@pytest.mark.django_db
def test_compounds_of_an_excluded_word_are_excluded_and_denials_kept(ads):  # noqa: F811 - the fixture
    diner, plain, denied, _stated, north = ads(
        {"title": "Kokk til nattåpen diner", "description": "<p>Bli med.</p>"},
        {"title": "Kokk", "description": "<p>Bli med.</p>"},
        {"title": "Kokk på dagtid", "description": "<p>Ingen natt.</p>"},
        {"title": "Kokk, helgestilling", "description": "<p>Du er våken om natta, for det er natt hos oss.</p>"},
        {"title": "Kokk på Helgeland", "description": "<p>Bli med.</p>"},
    )
    assert {*search(SearchQuery(q="kokk ikke natt")).uuids} == {plain, denied, north}
    assert {*search(SearchQuery(q="cook not night shifts")).uuids} == {plain, denied, north}
    assert {*search(SearchQuery(q="kokk ikke helg")).uuids} == {diner, plain, denied, north}
    assert {*search(SearchQuery(q="kokk -natt")).uuids} == {diner, plain, north}


@pytest.mark.parametrize("word", ["ikke ", "men ikke natt ", "ikke natt eller ", "unntatt bortsett fra ", "alle ", "nei takk "])
def test_repeated_negations_have_bounded_clauses(word):
    parsed = parse_query("kokk " + word * 500)
    assert len(parsed.never) + len(parsed.must) <= 60


def test_a_negation_is_no_typing_error(db):
    assert find_unknown_words("zzkokk bortsett fra zzbaker") == ["zzkokk", "zzbaker"]
    assert "unntatt" not in find_unknown_words("zzkokk unntatt natt")


def test_a_negation_is_removed_with_its_word():
    assert [part for part, _rest in remove_each_part("kokk ikke natt")] == ["kokk", "ikke natt"]
    assert remove_each_part("kokk ikke natt")[1] == ("ikke natt", "kokk")
