"""Checks of the judged sets: enough queries of each group, valid grades, an even split, independence of the search."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from .corpus import DEMO, NATURAL, QUESTIONS, SAMPLE, SETS, corpus
from .judging import GRADES, compiled, judged

ROOT = Path(__file__).resolve().parents[2]
EVERY_SET = [pytest.param(name, marks=pytest.mark.every_combination if name == DEMO else ()) for name in SETS]
GROUPS = {
    *("bokmål", "nynorsk", "compounds", "typos", "keyboard", "employer", "place", "phrase", "negation", "tokens"),
    *("abbreviations", "languages", "synonyms", "filler", "zero", "precision"),
}


def test_there_are_enough_queries_of_every_group():
    counted = Counter(one.query.group for one in judged(SAMPLE))
    assert set(counted) == GROUPS
    assert min(counted.values()) >= 10
    assert sum(counted.values()) >= 160


def test_natural_set_has_all_groups_of_the_demo_set_and_more():
    counted = Counter(one.query.group for one in judged(NATURAL))
    assert set(counted) == GROUPS | {"titles", "filters", "mention"}
    assert sum(counted.values()) >= 500


def test_the_third_set_has_sentences_in_three_languages():
    counted = Counter(one.query.group for one in judged(QUESTIONS))
    assert set(counted) == {
        *("bokmål", "nynorsk", "english", "negation", "without", "lists", "tokens", "compounds", "names", "order", "numbers"),
        "nothing",
    }
    assert min(counted.values()) >= 25
    assert sum(counted.values()) >= 320


def test_ads_of_the_second_set_are_in_the_third_set_too():
    assert {ad.uuid for ad, _ in corpus(NATURAL)} < {ad.uuid for ad, _ in corpus(QUESTIONS)}


def test_an_ad_that_demands_what_a_query_wishes_to_do_without_has_no_grade():
    judgements = {one.query.q: one for one in judged(QUESTIONS)}
    ads = {ad.uuid: ad.text for ad, _ in corpus(QUESTIONS)}
    grades = judgements["lagerjobb uten krav til erfaring"].grades
    assert {grade for uuid, grade in grades.items() if "Erfaring er ikke nødvendig" in ads[uuid]} == {3}
    assert not [uuid for uuid in grades if "to års erfaring fra lager" in ads[uuid]]
    assert 2 in grades.values()


@pytest.mark.parametrize("name", EVERY_SET)
def test_no_query_is_twice_in_a_group(name):
    asked = Counter((one.query.group, one.query.q) for one in judged(name))
    assert [pair for pair, times in asked.items() if times > 1] == []


@pytest.mark.parametrize("name", EVERY_SET)
def test_queries_have_relevant_ads_unless_zero(name):
    assert [one.query.id for one in judged(name) if bool(one.grades) == one.query.zero] == []


@pytest.mark.parametrize("name", EVERY_SET)
def test_graded_ads_are_in_the_corpus(name):
    known = {ad.uuid for ad, _ in corpus(name)}
    for one in judged(name):
        assert set(one.grades.values()) <= set(GRADES), one.query.id
        assert one.grades.keys() | one.neutral <= known, one.query.id
        assert not one.neutral & one.grades.keys(), one.query.id


@pytest.mark.parametrize("name", EVERY_SET)
def test_halves_have_equal_size_in_every_group(name):
    counted = Counter((one.query.group, one.query.kept) for one in judged(name))
    for group in {group for group, _ in counted}:
        assert abs(counted[group, True] - counted[group, False]) <= 1, group


def test_judging_does_not_import_the_search():
    program = (
        "import sys; from tests.relevance import corpus; corpus.NUMBERS = range(1, 61); "
        "from tests.relevance.judging import judged; assert judged(); "
        "print([name for name in sys.modules if name.startswith('jobsearch.search') or name == 'tantivy'])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=240, check=True)
    assert done.stdout.strip() == "[]"


def test_invalid_rule_is_rejected():
    with pytest.raises(ValueError, match="not a test"):
        compiled("kokk & Souschef")
    with pytest.raises(ValueError, match="no such occupation"):
        compiled("a-cook")


def test_terms_of_a_rule_are_and_ed():
    cooks = [ad for ad, _ in corpus(SAMPLE) if compiled("kokk & !~ souschef")(ad)]
    assert cooks
    assert all(ad.job == "kokk" and "souschef" not in ad.post.lower() for ad in cooks)


def test_every_added_ad_states_its_purpose():
    from .judging import _read

    assert all(row["why"] for row in _read("added").values())
