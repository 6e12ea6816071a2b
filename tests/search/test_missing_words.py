"""Words that no ad of an embedded index has: left out of the compiled queries, without a change of hits and scores."""

from __future__ import annotations

import random
from uuid import UUID

import pytest
import tantivy

from jobsearch.search.conditions import All, Best, Constant, Everything, Node, Phrase, Prefix, Term, Terms
from jobsearch.search.engines.base import Write
from jobsearch.search.engines.tantivy import searcher
from jobsearch.search.engines.tantivy.index_writer import TantivyIndex
from jobsearch.search.engines.tantivy.schema import QueryCompiler
from jobsearch.search.schema import FIELDS

WORDS = ["kokk", "lærer", "vikar", "natt", "missing", "absent", "C++"]
ABSENT = {"missing", "absent"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> searcher.IndexReader:
    chance = random.Random(3)
    index = TantivyIndex(tmp_path_factory.mktemp("words") / "build", create=True)
    blank = {name: [] if kind == "keyword" else 0 if kind == "number" else "" for name, kind in FIELDS.items()}
    present = [word for word in WORDS if word not in ABSENT]
    for start in (0, 100):
        texts = [" ".join(chance.choices(present, k=3)) for _ in range(100)]
        documents = [{**blank, "title": text, "job": text, "order": start + n} for n, text in enumerate(texts)]
        index.write([Write(UUID(int=start + n + 1), 1, document) for n, document in enumerate(documents)])
        index.refresh()
    return searcher.IndexReader(index.path)


def make_condition(chance: random.Random, depth: int = 3) -> Node:
    kind = chance.choice(["term"] * 4 + ["phrase", "prefix", "terms", "everything"] + ["best", "all", "constant"] * 2)
    field = chance.choice(["title", "job"])
    if depth == 0 or kind == "term":
        return Term(field, chance.choice(WORDS), chance.choice([4, 8, 20]))
    parts = tuple(make_condition(chance, depth - 1) for _ in range(chance.randrange(1, 4)))
    match kind:
        case "phrase":
            return Phrase(field, tuple(chance.choices(WORDS, k=2)), 12)
        case "prefix":
            return Prefix(field, chance.choice(["ko", "fjell", "n"]), 4)
        case "terms":
            return Terms(field, tuple(chance.sample(WORDS, 2)))
        case "everything":
            return Everything()
        case "best":
            return Best(parts)
        case "constant":
            return Constant(parts[0], 16)
        case _:
            never = tuple(make_condition(chance, 0) for _ in range(chance.randrange(2)))
            bonus = tuple(make_condition(chance, depth - 1) for _ in range(chance.randrange(3)))
            return All(parts, never, bonus)


@pytest.mark.parametrize("seed", range(60))
def test_hits_and_scores_are_those_of_the_whole_query(reader, seed):
    opened, compiler = reader._open()
    condition = make_condition(random.Random(seed))

    def find(query: tantivy.Query) -> list[tuple[float, int, int]]:
        hits = opened.search(query, limit=300).hits
        return sorted((score, address.segment_ord, address.doc) for score, address in hits)

    whole = QueryCompiler(reader._schema).compile_query(condition)
    assert find(compiler.compile_query(condition)) == find(whole), condition


def test_a_missing_word_is_not_looked_for(reader):
    _opened, compiler = reader._open()
    assert "missing" not in str(compiler.compile_query(Best((Term("title", "missing", 4), Term("title", "kokk", 4)))))
    assert "kokk" not in str(compiler.compile_query(All((Term("title", "missing", 4), Term("title", "kokk", 4)))))
