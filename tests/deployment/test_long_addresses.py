"""Long addresses: the web server accepts a search with many values, however it is started."""

from __future__ import annotations

import re
import runpy

import pytest

from jobsearch.core.gunicorn_worker import BufferedWorker
from jobsearch.search.api import SearchQuery
from jobsearch.search.facets.base import VALUES_PER_FACET
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


def test_longest_search_address_is_accepted():
    assert 4094 < first_line() < CONFIG["limit_request_line"]


@pytest.mark.parametrize("file", FILES)
def test_every_start_command_uses_gunicorn_conf(file):
    """A worker class, limit or time-out on a command line would override gunicorn.conf.py."""
    text = (ROOT / file).read_text()
    assert re.search(r"--config\W.*gunicorn\.conf\.py", text)
    for option in ("worker-class", "graceful-timeout", "keep-alive", "limit-request", "access-logfile"):
        assert f"--{option}" not in text


def test_gunicorn_conf_has_the_settings_against_slow_clients():
    assert CONFIG["worker_class"] == f"{BufferedWorker.__module__}.{BufferedWorker.__qualname__}"
    assert CONFIG["worker_connections"] < 1000, "a process may open 1,024 files"
    assert CONFIG["sendfile"] is False
    assert "accesslog" not in CONFIG
