"""Unicode normalisation: characters that can be written in several ways, in documents and queries."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobsearch.search.analysis import folding, norwegian
from jobsearch.search.query import parser
from jobsearch.search.query.normalisation import normalise_query


def exact(written: str) -> str:
    return " ".join(word.exact for word in norwegian.analyse_text(written))


@pytest.mark.parametrize(
    "invisible",
    ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u180e", "\u200e", "\u202e", "\u2066", "\u061c", "\ufe0f",
     "\u034f", "\u2064", "\U000e0041"],
    ids=ascii,
)  # fmt: skip
@pytest.mark.parametrize("word", ["truckførerbevis", "sykepleier", "C++", ".NET", "Ålesund", "B2C"])
def test_invisible_characters_are_removed(invisible, word):
    hidden = invisible.join(word)
    assert exact(hidden) == exact(invisible + word + invisible) == exact(word)
    assert norwegian.analyse_body(hidden) == norwegian.analyse_body(word)
    assert parser.parse_query(hidden).must == parser.parse_query(word).must
    assert parser.parse_query(f'"{hidden}"').must == parser.parse_query(f'"{word}"').must


@pytest.mark.parametrize("hyphen", [*"-‐‑‒−–﹣－⁃"])
def test_all_hyphens_are_equal(hyphen):
    assert exact(f"IT{hyphen}konsulent") == "it konsulent"
    assert [word.exact for word in norwegian.analyse_body(f"it{hyphen}drift")] == ["it", "drift"]
    assert {"barnearbeider"} <= norwegian.expand_shared_endings(f"Barne{hyphen} og ungdomsarbeider")
    assert {"miljøterapeut"} <= norwegian.expand_shared_endings(f"Miljøarbeider/{hyphen}terapeut")
    assert parser.parse_query(f"kokk sykepleier{hyphen}natt").must == parser.parse_query("kokk sykepleier-natt").must


@pytest.mark.parametrize("apostrophe", [*"'’‘‛ʼʹ´`′＇"])
def test_all_apostrophes_are_equal(apostrophe):
    assert exact(f"McDonald{apostrophe}s") == "mcdonalds"
    assert parser.parse_query(f"O{apostrophe}Leary{apostrophe}s").must == parser.parse_query("O'Leary's").must


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
def test_full_width_letters_and_combining_accents_are_normalised(written, read):
    assert exact(written) == read


@pytest.mark.parametrize(
    ("accented", "plain"),
    [("fôr", "for"), ("én", "en"), ("ét", "et"), ("éin", "ein"), ("éi", "ei"), ("òg", "og"), ("allé", "alle"), ("vêr", "ver"),
     ("fór", "for"), ("à", "a"), ("dér", "der"), ("hér", "her"), ("mén", "men")],
)  # fmt: skip
def test_an_accent_that_distinguishes_a_word_from_a_function_word_is_kept(accented, plain):
    for written in (accented, accented.upper(), unicodedata.normalize("NFD", accented)):
        assert exact(written) == accented
        assert exact(plain) == plain
        assert parser.parse_query(written).must != parser.parse_query(plain).must


@pytest.mark.parametrize(
    ("accented", "plain"),
    [("idé", "ide"), ("Müller", "muller"), ("kafé", "kafe"), ("entré", "entre"), ("André", "andre"), ("komité", "komite"),
     ("résumé", "resume"), ("trené", "trene"), ("Núñez", "nunez"), ("São", "sao"), ("Zoë", "zoe"), ("õg", "og")],
)  # fmt: skip
def test_other_accents_are_stripped(accented, plain):
    assert exact(accented) == exact(plain) == plain


def test_the_word_for_animal_feed_is_found_only_in_its_compounds():
    for compound in ("kraftfôr", "fôrselger", "fôringsansvarlig", "fiskefôr", "fôrflåte"):
        assert "fôr" in norwegian.split_compound(norwegian.stem_word(compound)), compound
    for form in ("fôr", "fôret", "fôring", "fôringen"):
        assert norwegian.analyse_word(form).stem == "fôr"
    for other in ("forsker", "forer", "forflytning", "foring", "fører"):
        assert norwegian.analyse_word(other).stem != "fôr" and "fôr" not in norwegian.split_compound(norwegian.stem_word(other))
    assert exact("fôring") != exact("foring")


def test_accented_stop_words_are_dropped():
    assert parser.parse_query("jobb én dag").understood == parser.parse_query("jobb en dag").understood == "dag"
    assert parser.parse_query("kokk òg servitør").understood == parser.parse_query("kokk og servitør").understood


ANY = st.text(st.sampled_from("aåæøéfôr \u00ad\u200b\u0301\u0316\u030a‐–—－'’‘“”\"«»‹›＂″ｋ´.-*"), max_size=40) | st.text(
    max_size=60
)


@given(ANY)
def test_normalisation_is_idempotent(written):
    once = folding.normalise(written)
    assert folding.normalise(once) == once
    assert normalise_query(normalise_query(written)) == normalise_query(written)


@given(ANY)
@example("truck\u00adfører\u200bbevis")
@example("a\u0301\u00adb")
def test_offsets_point_to_the_original_characters(written):
    composed = folding.compose(written)
    normalised, offsets = folding.normalise_with_offsets(composed)
    assert len(normalised) == (len(offsets) if offsets is not None else len(composed))
    for index, character in enumerate(normalised):
        original = composed[offsets[index] if offsets is not None else index]
        assert character == original or folding.normalise(original) == character


def test_ordinary_characters_need_no_normalisation():
    """Each alone and before an accent that could be composed with it."""
    for code in range(0x3000):
        if folding._ORDINARY.fullmatch(chr(code)):
            assert unicodedata.normalize("NFC", chr(code)) == chr(code) == chr(code).translate(folding._SAME_LENGTH)
            assert not unicodedata.combining(chr(code)) and not folding._UNUSUAL.search(chr(code))


def test_a_hundred_thousand_accents_are_cut_before_sorting():
    """Python would take five seconds to sort them."""
    assert len(folding.compose("a" + "\u0301\u0316" * 50_000)) < 20
    assert exact("k" + "\u0301\u0316" * 50_000 + "okk") == "kokk"
