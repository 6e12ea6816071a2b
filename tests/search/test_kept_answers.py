"""Answers of the embedded engine to searches without words: kept until the next commit, and not longer."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from jobsearch.search.conditions import EVERYTHING, Range, Term, TermsCount
from jobsearch.search.engines.base import Request, Write
from jobsearch.search.engines.tantivy import searcher
from jobsearch.search.engines.tantivy.index_writer import TantivyIndex
from jobsearch.search.schema import FIELDS

BLANK = {name: [] if kind == "keyword" else 0 if kind == "number" else "" for name, kind in FIELDS.items()}
REQUEST = Request(EVERYTHING, Range("visible_until", 1), {}, {"place": TermsCount("place", 10)}, "published", 0, 25, 1)


@pytest.fixture
def index(tmp_path) -> TantivyIndex:
    return TantivyIndex(tmp_path / "build", create=True)


@pytest.fixture
def computed(monkeypatch) -> list[Request]:
    """The requests whose answers were computed."""
    found: list[Request] = []
    real = searcher.IndexReader._search

    def compute(self, request):
        found.append(request)
        return real(self, request)

    monkeypatch.setattr(searcher.IndexReader, "_search", compute)
    return found


def write(index: TantivyIndex, number: int, place: str = "OSLO") -> None:
    document = {**BLANK, "title": "kokk", "place": [place], "visible_until": 9, "order": number}
    index.write([Write(UUID(int=number), 1, document)])
    index.refresh()


def search(reader: searcher.IndexReader, request: Request):
    reader.reload_if_changed()
    return reader.search(request)


def test_an_answer_is_computed_once_until_the_next_commit(index, computed):
    write(index, 1)
    reader = searcher.IndexReader(index.path)
    first = search(reader, REQUEST)
    assert search(reader, replace(REQUEST)) is first
    assert len(computed) == 1
    write(index, 2)
    second = search(reader, REQUEST)
    assert (first.total, second.total) == (1, 2)
    assert second.counts == {"place": {"OSLO": 2}}
    assert [hit.uuid.int for hit in second.hits] == [2, 1]


@pytest.mark.parametrize(
    "changed",
    [
        {"always": Range("visible_until", 2)},
        {"chosen": {"place": Term("place", "OSLO")}},
        {"counts": {}},
        {"sort": "deadline"},
        {"offset": 1},
        {"size": 1},
        {"today": 2},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_each_part_of_a_request_counts(index, computed, changed):
    write(index, 1)
    reader = searcher.IndexReader(index.path)
    search(reader, REQUEST)
    search(reader, replace(REQUEST, **changed))
    assert len(computed) == 2


def test_no_answer_to_words_is_kept(index, computed):
    write(index, 1)
    reader = searcher.IndexReader(index.path)
    request = replace(REQUEST, match=Term("title", "kokk", 4))
    assert search(reader, request) == search(reader, request)
    assert len(computed) == 2
    assert not reader._answers


def test_a_few_answers_are_kept(index):
    write(index, 1)
    reader = searcher.IndexReader(index.path)
    for number in range(searcher._KEPT_ANSWERS + 5):
        search(reader, replace(REQUEST, today=number))
    assert len(reader._answers) == searcher._KEPT_ANSWERS
