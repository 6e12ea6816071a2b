"""Whatever starts the web server, it takes the address of a search with many values."""

from __future__ import annotations

import re

import pytest

from jobsearch.demo import stack
from jobsearch.search import SearchQuery
from jobsearch.search.query import VALUES_PER_FACET
from jobsearch.vacancies import occupations
from jobsearch.vacancies.geography import centres
from tests.deployment.composition import ROOT

FILES = ["Dockerfile", "docker-compose.yml", "docs/deployment/systemd/utlyst-web.service"]


def longest(values) -> tuple[str, ...]:
    return tuple(sorted(values, key=lambda value: -len(value.encode()))[:VALUES_PER_FACET])


def first_line() -> int:
    paths = longest(path for level in occupations.PATHS.values() for path in level)
    query = SearchQuery(q="sykepleier " * 10).replace(occupation=paths, place=longest(centres()))
    return len(f"GET /filter/employer/?{query.urlencode()}&within=kommune HTTP/1.1\r\n")


def test_a_search_with_as_many_places_and_occupations_as_may_be_chosen_fits():
    assert 4094 < first_line() < stack.LONGEST_ADDRESS


@pytest.mark.parametrize("file", FILES)
def test_every_way_of_starting_takes_as_much(file):
    found = re.findall(r"--limit-request-line\W+(\d+)", (ROOT / file).read_text())
    assert found == [str(stack.LONGEST_ADDRESS)]
