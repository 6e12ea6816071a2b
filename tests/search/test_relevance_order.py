"""Order by relevance in the embedded engine: hits with equal scores the newest first, without reading every hit."""

from __future__ import annotations

import random
from pathlib import Path
from uuid import UUID

import pytest
import tantivy

from jobsearch.search.conditions import Best, Everything, Term
from jobsearch.search.engines.base import Request, Write
from jobsearch.search.engines.tantivy import searcher
from jobsearch.search.engines.tantivy.index_writer import TantivyIndex
from jobsearch.search.schema import FIELDS

TITLES = {"kokk": 64, "lærer": 20}
MATCH = Best(tuple(Term("title", word, score) for word, score in TITLES.items()))
COUNT = 900


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """An index of three segments whose ads were published in random order, many of them at the same moment."""
    index = TantivyIndex(tmp_path_factory.mktemp("order") / "build", create=True)
    for start in range(0, COUNT, 300):
        index.write([Write(key, 1, document) for key, document in list(make_documents().items())[start : start + 300]])
        index.refresh()
    return index.path


def make_documents() -> dict[UUID, dict]:
    chance = random.Random(5)
    blank = {name: [] if kind == "keyword" else 0 if kind == "number" else "" for name, kind in FIELDS.items()}
    words = chance.choices(["kokk", "lærer", "sjåfør"], weights=[1, 6, 2], k=COUNT)
    return {UUID(int=n): {**blank, "title": word, "order": chance.randrange(400)} for n, word in enumerate(words)}


def find_page(folder: Path, offset: int, size: int) -> tuple[list[tuple[float, int]], int]:
    request = Request(MATCH, Everything(), {}, {}, "relevance", offset, size, 0)
    answer = searcher.IndexReader(folder).search(request)
    documents = make_documents()
    return [(hit.score, documents[hit.uuid]["order"]) for hit in answer.hits], answer.total


@pytest.mark.parametrize("first_window", [1, 40, searcher._NEWEST], ids="window {}".format)
@pytest.mark.parametrize(("offset", "size"), [(0, 1), (0, 25), (75, 25), (90, 25), (200, 25), (600, 100), (690, 25)])
def test_each_page_has_the_newest_of_equal_scores(folder, monkeypatch, first_window, offset, size):
    monkeypatch.setattr(searcher, "_NEWEST", first_window)
    scored = [(float(TITLES[one["title"]]), one["order"]) for one in make_documents().values() if one["title"] in TITLES]
    expected = sorted(scored, reverse=True)
    assert find_page(folder, offset, size) == (expected[offset : offset + size], len(expected))


def test_a_first_page_reads_no_hit_that_it_cannot_show(folder, monkeypatch):
    limits: list[int] = []

    class Recorder:
        def __init__(self, real: tantivy.Searcher) -> None:
            self._real = real

        def search(self, query, *, limit, **options):
            limits.append(limit)
            return self._real.search(query, limit=limit, **options)

        def __getattr__(self, name):
            return getattr(self._real, name)

    reader = searcher.IndexReader(folder)
    index = reader._index

    class Opened:
        def searcher(self):
            return Recorder(index.searcher())

    monkeypatch.setattr(reader, "_index", Opened())
    assert len(reader.search(Request(MATCH, Everything(), {}, {}, "relevance", 0, 25, 0)).hits) == 25
    assert max(limits) <= searcher._NEWEST < COUNT, limits


@pytest.mark.parametrize("old_first", [True, False])
def test_the_newest_are_found_in_any_segment(tmp_path, monkeypatch, old_first):
    """Hits of the first segment tell how new the newest at least are; where its ads are old, that says little."""
    searched: list[int] = []
    real = searcher._find_among_newest

    def find_among_newest(*args):
        searched.append(1)
        return real(*args)

    monkeypatch.setattr(searcher, "_find_among_newest", find_among_newest)
    index = TantivyIndex(tmp_path / "build", create=True)
    blank = next(iter(make_documents().values()))
    for is_old in (old_first, not old_first):
        orders = [number + (0 if is_old else 10_000) for number in range(400)]
        index.write([Write(UUID(int=order + 1), 1, {**blank, "title": "kokk", "order": order}) for order in orders])
        index.refresh()
    reader = searcher.IndexReader(index.path)
    assert reader._index.searcher().num_segments == 2
    answer = reader.search(Request(MATCH, Everything(), {}, {}, "relevance", 0, 25, 0))
    assert ([hit.uuid.int - 1 for hit in answer.hits], answer.total) == ([*range(10_399, 10_374, -1)], 800)
    found = reader._index.searcher().search(tantivy.Query.all_query(), limit=1).hits[0][1]
    first = reader._index.searcher().fast_field_values("order", [found])[0]
    assert bool(searched) == (first < 10_000)
