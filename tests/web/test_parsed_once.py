"""A request parses each query text once, whatever the page then does with it."""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils import timezone

from jobsearch.search.analysis import spelling
from jobsearch.search.assist import suggestions
from jobsearch.search.query import alternatives, compiled_query, parser

pytestmark = pytest.mark.django_db


@pytest.fixture
def parsed(monkeypatch) -> Counter[str]:
    """Query text -> how often it was parsed."""
    counted: Counter[str] = Counter()
    parse = parser.parse_query

    def count(q, left_out=()):
        counted[q] += 1
        return parse(q, left_out)

    monkeypatch.setattr(compiled_query, "parse_query", count)
    monkeypatch.setattr(alternatives, "parse_query", count)
    return counted


@pytest.fixture(scope="module")
def some_site(module_site):
    with module_site() as make_ads:
        make_ads({"title": "Sykepleier til natt"}, {"title": "Sykepleier", "extent": "Deltid"}, {"title": "Kokk"})
        for kept in (spelling.speller, suggestions.name_index):
            kept.refresh()
        yield


@pytest.fixture
def some(some_site, db) -> None:
    """Three ads, with whose words the caches are filled."""


@pytest.mark.parametrize(
    ("address", "texts"),
    [
        ("/?q=sykepleier", {"sykepleier": 1}),
        ("/?q=sykepleier&place=VESTLAND&extent=Deltid&published=7&sort=deadline", {"sykepleier": 1}),
        ("/?q=sykepleier&near=VESTLAND%2FBERGEN&km=10", {"sykepleier": 1}),
        ("/filter/employer/?q=sykepleier", {"sykepleier": 1}),
        # As typed, the unknown word alone, the corrected query, and the words as typed in quotation marks.
        ("/?q=sykepeier+natt", {"sykepeier natt": 1, "sykepeier": 1, "sykepleier natt": 1, '"sykepeier" natt': 1}),
    ],
    ids=["words", "filters", "distance", "values of a facet", "corrected"],
)
def test_each_text_is_parsed_once(client, some, parsed, address, texts):
    assert client.get(address).status_code == 200
    assert {text: times for text, times in parsed.items() if text} == texts


def test_a_page_with_new_ads_first_parses_its_text_once(client, some, parsed):
    since = int(timezone.now().timestamp()) - 3600
    assert client.get(f"/?q=sykepleier&since={since}").status_code == 200
    assert {text: times for text, times in parsed.items() if text} == {"sykepleier": 1}
