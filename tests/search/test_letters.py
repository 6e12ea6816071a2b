"""One spelling for what keyboards, files and people write in several ways, in documents and in queries alike."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobsearch.search.analysis import folding, norwegian
from jobsearch.search.query import parser
from jobsearch.search.query.normalisation import tidy


def exact(written: str) -> str:
    return " ".join(word.exact for word in norwegian.words(written))


@pytest.mark.parametrize(
    "invisible",
    ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u180e", "\u200e", "\u202e", "\u2066", "\u061c", "\ufe0f",
     "\u034f", "\u2064", "\U000e0041"],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("word", ["truckførerbevis", "sykepleier", "C++", ".NET", "Ålesund", "B2C"])
def test_no_invisible_character_hides_a_word(invisible, word):
    hidden = invisible.join(word)
    assert exact(hidden) == exact(invisible + word + invisible) == exact(word)
    assert norwegian.body_words(hidden) == norwegian.body_words(word)
    assert parser.parse(hidden).must == parser.parse(word).must
    assert parser.parse(f'"{hidden}"').must == parser.parse(f'"{word}"').must


@pytest.mark.parametrize("hyphen", [*"-‐‑‒−–﹣－⁃"])
def test_every_hyphen_is_one(hyphen):
    assert exact(f"IT{hyphen}konsulent") == "it konsulent"
    assert [word.exact for word in norwegian.body_words(f"it{hyphen}drift")] == ["it", "drift"]
    assert {"barnearbeider"} <= norwegian.written_out(f"Barne{hyphen} og ungdomsarbeider")
    assert {"miljøterapeut"} <= norwegian.written_out(f"Miljøarbeider/{hyphen}terapeut")
    assert parser.parse(f"kokk sykepleier{hyphen}natt").must == parser.parse("kokk sykepleier-natt").must


@pytest.mark.parametrize("apostrophe", [*"'’‘‛ʼʹ´`′＇"])
def test_every_apostrophe_is_one(apostrophe):
    assert exact(f"McDonald{apostrophe}s") == "mcdonalds"
    assert parser.parse(f"O{apostrophe}Leary{apostrophe}s").must == parser.parse("O'Leary's").must


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ＩＴ－konsulent Ｃ＋＋", "it konsulent c++"),
        ("ｓｙｋｅｐｌｅｉｅｒ", "sykepleier"),
        ("A\u030aLESUND", "ålesund"),
        ("S\u0337y\u0337k\u0337e\u0337pleier", "sykepleier"),
        ("ko\u0301\u0316\u0301\u0316kk", "kokk"),
        ("Ǻl ǿst", "ål øst"),
    ],
)
def test_wide_letters_and_stray_accents(written, read):
    assert exact(written) == read


@pytest.mark.parametrize(
    ("accented", "plain"),
    [("fôr", "for"), ("én", "en"), ("ét", "et"), ("éin", "ein"), ("éi", "ei"), ("òg", "og"), ("allé", "alle"), ("vêr", "ver"),
     ("fór", "for"), ("à", "a"), ("dér", "der"), ("hér", "her"), ("mén", "men")],
)  # fmt: skip
def test_an_accent_that_tells_a_word_from_a_small_one_stays(accented, plain):
    for written in (accented, accented.upper(), unicodedata.normalize("NFD", accented)):
        assert exact(written) == accented
        assert exact(plain) == plain
        assert parser.parse(written).must != parser.parse(plain).must


@pytest.mark.parametrize(
    ("accented", "plain"),
    [("idé", "ide"), ("Müller", "muller"), ("kafé", "kafe"), ("entré", "entre"), ("André", "andre"), ("komité", "komite"),
     ("résumé", "resume"), ("trené", "trene"), ("Núñez", "nunez"), ("São", "sao"), ("Zoë", "zoe"), ("õg", "og")],
)  # fmt: skip
def test_every_other_accent_goes(accented, plain):
    assert exact(accented) == exact(plain) == plain


def test_feed_is_found_in_its_compounds_and_nowhere_else():
    for compound in ("kraftfôr", "fôrselger", "fôringsansvarlig", "fiskefôr", "fôrflåte"):
        assert "fôr" in norwegian.parts(norwegian.stem_of(compound)), compound
    for form in ("fôr", "fôret", "fôring", "fôringen"):
        assert norwegian.word(form).stem == "fôr"
    for other in ("forsker", "forer", "forflytning", "foring", "fører"):
        assert norwegian.word(other).stem != "fôr" and "fôr" not in norwegian.parts(norwegian.stem_of(other))
    assert exact("fôring") != exact("foring")


def test_accented_small_words_are_left_out_of_a_sentence_as_the_others_are():
    assert parser.parse("jobb én dag").understood == parser.parse("jobb en dag").understood == "dag"
    assert parser.parse("kokk òg servitør").understood == parser.parse("kokk og servitør").understood


ANY = st.text(st.sampled_from("aåæøéfôr \u00ad\u200b\u0301\u0316\u030a‐–—－'’‘“”\"«»‹›＂″ｋ´.-*"), max_size=40) | st.text(
    max_size=60
)


@given(ANY)
def test_normalising_twice_changes_nothing(written):
    once = folding.normalise(written)
    assert folding.normalise(once) == once
    assert tidy(tidy(written)) == tidy(written)


@given(ANY)
@example("truck\u00adfører\u200bbevis")
@example("a\u0301\u00adb")
def test_each_character_is_found_where_it_stood(written):
    composed = folding.compose(written)
    plain, places = folding.normalise_in_place(composed)
    assert len(plain) == (len(places) if places is not None else len(composed))
    for place, mark in enumerate(plain):
        stood = composed[places[place] if places is not None else place]
        assert mark == stood or folding.normalise(stood) == mark


def test_ordinary_characters_are_normalised_already():
    """Each by itself and beside an accent that would be composed with it."""
    for code in range(0x3000):
        if folding._ORDINARY.fullmatch(chr(code)):
            assert unicodedata.normalize("NFC", chr(code)) == chr(code) == chr(code).translate(folding._SAME_LENGTH)
            assert not unicodedata.combining(chr(code)) and not folding._UNUSUAL.search(chr(code))


def test_a_hundred_thousand_accents_are_not_sorted():
    """Python would take five seconds: it sorts them one by one."""
    assert len(folding.compose("a" + "\u0301\u0316" * 50_000)) < 20
    assert exact("k" + "\u0301\u0316" * 50_000 + "okk") == "kokk"
