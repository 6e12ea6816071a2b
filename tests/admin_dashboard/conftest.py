"""Fixtures of the admin's tests: a fake feed server, and a separate index for each test."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command

from ingest.client import feed as feed_client
from jobsearch.demo.feed_server import FakeFeed
from jobsearch.search.engines.registry import forget_engines
from tests.ingest import plain_ads, precomputed_ads


@pytest.fixture(autouse=True)
def compute_no_ad_before_it_is_stored(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sync run forks a child process but those of tests with the mark `precomputing`."""
    if not request.node.get_closest_marker("precomputing"):
        precomputed_ads.compute_none(monkeypatch)


@pytest.fixture(autouse=True)
def retry_pages_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync run retries a page of a feed that is down without the pauses, which take 5 seconds together."""
    monkeypatch.setattr(feed_client, "_uniform", lambda _low, _high: 0.0)


@pytest.fixture
def index(settings, tmp_path) -> Iterator[None]:
    """An embedded index without documents."""
    settings.SEARCH_URL = f"embedded://{tmp_path}/index"
    forget_engines()
    yield
    forget_engines()


@pytest.fixture
def feed(settings) -> Iterator[FakeFeed]:
    with FakeFeed(ads=plain_ads) as fake_feed:
        settings.NAV_FEED_URL = fake_feed.url
        yield fake_feed


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


@pytest.fixture
def command() -> Callable[..., Answer]:
    """Runs a management command as a shell does, and keeps its output."""

    def run(name: str, *arguments: str) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        code = 0
        try:
            call_command(name, *arguments, stdout=out, stderr=err)
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        return Answer(code, out.getvalue(), err.getvalue())

    return run
