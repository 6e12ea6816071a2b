"""Whatever starts the web server, it takes the address of a search with many values."""

from __future__ import annotations

import re
import runpy

import pytest

from jobsearch.core.gunicorn_worker import BufferedWorker
from jobsearch.search.api import SearchQuery
from jobsearch.search.search_query import VALUES_PER_FACET
from jobsearch.taxonomy import occupations
from jobsearch.taxonomy.geography import load_centres
from tests.deployment.composition import ROOT

FILES = ["Dockerfile", "docker-compose.yml", "docs/deployment/systemd/utlyst-web.service", "jobsearch/demo/programs.py"]
CONFIG = runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def longest(values) -> tuple[str, ...]:
    return tuple(sorted(values, key=lambda value: -len(value.encode()))[:VALUES_PER_FACET])


def first_line() -> int:
    paths = longest(path for level in occupations.PATHS.values() for path in level)
    query = SearchQuery(q="sykepleier " * 10).replace(occupation=paths, place=longest(load_centres()))
    return len(f"GET /filter/employer/?{query.urlencode()}&within=kommune HTTP/1.1\r\n")


def test_a_search_with_as_many_places_and_occupations_as_may_be_chosen_fits():
    assert 4094 < first_line() < CONFIG["limit_request_line"]


@pytest.mark.parametrize("file", FILES)
def test_every_way_of_starting_reads_the_same_settings(file):
    """A class, limit or time-out on a command line would win over gunicorn.conf.py."""
    text = (ROOT / file).read_text()
    assert re.search(r"--config\W.*gunicorn\.conf\.py", text)
    for option in ("worker-class", "graceful-timeout", "keep-alive", "limit-request", "access-logfile"):
        assert f"--{option}" not in text


def test_the_settings_are_those_that_hold_slow_clients_off():
    assert CONFIG["worker_class"] == f"{BufferedWorker.__module__}.{BufferedWorker.__qualname__}"
    assert CONFIG["worker_connections"] < 1000, "a process may open 1,024 files"
    assert CONFIG["sendfile"] is False
    assert "accesslog" not in CONFIG
