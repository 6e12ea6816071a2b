"""Negation detection: which words of a text are negated."""

from __future__ import annotations

import pytest

from jobsearch.search.analysis import norwegian
from jobsearch.search.analysis.negation import find_negated


def negated(value: str) -> set[str]:
    return {norwegian.analyse_word(value[start:end]).exact for start, end in find_negated(value)}


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Det er ikke fast hjemmekontor, men møtene er digitale.", "hjemmekontor"),
        ("Stillingen har ikke mulighet for hjemmekontor.", "hjemmekontor"),
        ("Vi kan dessverre ikke tilby bolig.", "bolig"),
        ("Det er ikke lagt opp til fast hjemmekontor.", "hjemmekontor"),
        ("Hjemmekontor er dessverre ikke mulig.", "hjemmekontor"),
        ("Hjemmekontor tilbys ikke.", "hjemmekontor"),
        ("Førerkort er ikke et krav.", "førerkort"),
        ("Ingen kvelds- eller helgearbeid.", "helgearbeid"),
        ("Arbeid uten helgevakter og nattarbeid.", "nattarbeid"),
        ("Det er verken turnus eller helg.", "turnus"),
        ("Stillinga har ikkje heimekontor.", "heimekontor"),
        ("The job is in Oslo. Home office is not possible.", "office"),
        ("Stillingen inngår ikke i turnus.", "turnus"),
        ("Du jobber ikke i helger.", "helger"),
        ("Hjemmekontor: nei. Turnus: ja.", "hjemmekontor"),
        ("Turnus – ikke aktuelt", "turnus"),
        ("No experience required.", "experience"),
        ("You will work at the harbour, with no night shifts.", "shifts"),
    ],
)
def test_negated_words_are_found(sentence, word):
    assert word in negated(sentence)


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Førerkort er ikke et krav, men en fordel.", "førerkort"),
        ("Har du ikke fagbrev, kan du ta det hos oss.", "fagbrev"),
        ("Hvis du ikke har truckbevis, får du kurs.", "truckbevis"),
        ("Ikke nøl med å søke på turnus.", "turnus"),
        ("Her får du ikke bare turnus, men også fri.", "turnus"),
        ("Vi har ikke kantine og du må ha bil.", "bil"),
        ("Du har ikke noe imot nattarbeid.", "nattarbeid"),
        ("Vi søkjer no hjelp på natt.", "natt"),
        ("Hjemmekontor: nei. Turnus: ja.", "turnus"),
        ("Arbeidstid: ikke kveld, men dag.", "arbeidstid"),
        ("Ingen dager er like på sykehjemmet.", "sykehjemmet"),
        ("Vi tilbyr hjemmekontor. Det er ikke heis.", "hjemmekontor"),
    ],
)
def test_words_outside_negations_are_not_found(sentence, word):
    assert word in {norwegian.analyse_word(raw).exact for raw in norwegian.tokenize(sentence)}
    assert word not in negated(sentence)


def test_the_number_of_examined_negations_is_limited():
    assert len(find_negated("ikke turnus. " * 10_000)) <= 400
