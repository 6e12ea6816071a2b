"""Tokens: both engines split the indexed words alike, those of demo ads and of any text."""

from __future__ import annotations

import unicodedata

import pytest
import tantivy
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from jobsearch.search.analysis import norwegian
from jobsearch.search.indexing import documents
from jobsearch.search.schema import FIELDS
from jobsearch.vacancies import pending, store
from tests import parallel
from tests.combinations import OPTION
from tests.relevance import running
from tests.relevance.corpus import list_demo_sample

from .conftest import OPENSEARCH

SIXTH, EIGHTH = 6, 8
FIRST_IDEOGRAPH = "\u3400"
BATCH = 5000  # tokens; OpenSearch analyses at most 10,000 at a time
ANALYSED = [name for name, kind in FIELDS.items() if kind in {"phrase", "word"}]
_WHITESPACE = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


@pytest.fixture(scope="module")
def vocabulary(django_db_setup, django_db_blocker, tmp_path_factory, request) -> dict[str, list[str]]:
    """Field -> every distinct token of it, over the documents of every sixth of the demo's ads, and of those written by hand.

    These 545 have every character and every kind of token (by the categories of its letters) of all 3,045, and two thirds of
    the words; all of them with `--every-combination`.
    """
    step = 1 if request.config.getoption(OPTION) else SIXTH
    return parallel.make_once(tmp_path_factory, "demo-vocabulary", lambda: _list_tokens(django_db_blocker, step))


def _list_tokens(django_db_blocker, step: int) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {name: set() for name in ANALYSED}
    with django_db_blocker.unblock(), transaction.atomic():
        store.store_vacancies(list_demo_sample(step), now=running.NOW)
        for change in (change for chunk in pending.iterate_all() for change in chunk):
            document = documents.make_document(change.vacancy)
            for name in ANALYSED:
                found[name].update(document[name].split(" "))
        transaction.set_rollback(True)
    return {name: sorted(tokens - {""}) for name, tokens in found.items()}


@OPENSEARCH
@pytest.mark.django_db
def test_every_token_of_the_demo_ads_is_the_same_in_both_engines(engine, vocabulary):
    assert len(vocabulary["body"]) > 4000
    assert all(vocabulary.values()), "a field without a single token proves nothing"
    index = engine.create_index()
    for field, tokens in vocabulary.items():
        for start in range(0, len(tokens), BATCH):
            some = tokens[start : start + BATCH]
            written = " ".join(some)
            answer = engine._client.indices.analyze(index=index.name, body={"field": field, "text": written})
            assert [one["token"] for one in answer["tokens"]] == _WHITESPACE.analyze(written) == some, field
            assert [token["position"] for token in answer["tokens"]] == list(range(len(some))), "phrases depend on the positions"


@OPENSEARCH
@pytest.mark.django_db
def test_words_of_every_unicode_letter_are_the_same_in_both_engines(engine, tmp_path_factory, every_combination):
    tokens = parallel.make_once(
        tmp_path_factory, "words-of-letters", lambda: _analyse_letters(1 if every_combination else EIGHTH)
    )
    assert len(tokens) > (200_000 if every_combination else 40_000)
    index = engine.create_index()
    for start in range(0, len(tokens), BATCH):
        some = tokens[start : start + BATCH]
        written = " ".join(some)
        answer = engine._client.indices.analyze(index=index.name, body={"field": "title", "text": written})
        assert [one["token"] for one in answer["tokens"]] == _WHITESPACE.analyze(written) == some


def _analyse_letters(step: int) -> list[str]:
    """The words of a text with every letter and digit, alone and between others.

    Of ideographs and syllables that are no variant of others, nine tenths of all letters, every so many.
    """
    letters = [chr(code) for code in range(0x110000) if chr(code).isalnum()]
    alike = [letter for letter in letters if letter >= FIRST_IDEOGRAPH and _stays_itself(letter)]
    letters = sorted({*letters} - {*alike} | {*alike[::step]})
    words = (word.exact for letter in letters for word in norwegian.analyse_text(f"{letter} a{letter}b"))
    return sorted({*words} - {norwegian.BREAK})


def _stays_itself(letter: str) -> bool:
    return unicodedata.category(letter) == "Lo" and unicodedata.is_normalized("NFKC", letter)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_no_word_contains_a_character_that_an_engine_splits_at(typed):
    for found in [*norwegian.analyse_text(typed), *norwegian.analyse_body(typed)]:
        for form in found:
            assert not any(mark.isspace() or unicodedata.category(mark) in {"Cc", "Zs", "Zl", "Zp"} for mark in form), form
            assert len(form) <= 255, "OpenSearch would split it"


def test_a_character_composed_of_several_words_is_one_word():
    assert [word.exact for word in norwegian.analyse_text("foran ﷺ etter")] == ["foran", "صلىاللهعليهوسلم", "etter"]
