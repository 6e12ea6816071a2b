"""Fixtures: a fake feed server for each test, and an HTTP client that shows the raw response."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from jobsearch.demo.feed_server import FakeFeed

NOON = datetime(2026, 9, 24, 10, 0, 0, 123450, tzinfo=UTC)  # noon in Oslo


class LineFields(NamedTuple):
    title: str
    business_name: str
    municipal: str | None
    source: str


class TinyAds:
    """Minimal ads, for tests of the feed itself."""

    def uuid_for(self, number: int, seed: int = 1) -> str:
        return str(UUID(int=seed << 64 | number * 2654435761 % 2**32 << 32 | number))

    def headline(self, number: int, seed: int = 1, revision: int = 0) -> LineFields:
        return LineFields(
            f"Ad {number}" + f" r{revision}" * bool(revision), f"Firm {number}", None if number % 50 == 0 else "OSLO", "IMPORTAPI"
        )

    def compose(
        self, number: int, *, published: datetime, expires: datetime, updated: datetime, seed: int = 1, revision: int = 0
    ) -> dict[str, Any]:
        line = self.headline(number, seed, revision)
        return {
            "uuid": self.uuid_for(number, seed),
            "published": published.isoformat(),
            "expires": expires.isoformat(),
            "updated": updated.isoformat(),
            "workLocations": [{"country": "NORGE", "county": "OSLO", "municipal": line.municipal, "city": None}],
            "contactList": [],
            "title": line.title,
            "description": "<p>" + "Æøå " * 700 + "</p>",
            "source": line.source,
            "employer": {"name": line.business_name, "orgnr": None},
        }


class ManualClock:
    """A clock that a test sets forward."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass
class Reply:
    """A response: header names in lower case, the body as sent (chunks joined)."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def titles(self) -> list[str]:
        return [item["title"] for item in self.json["items"]]


@dataclass
class Client:
    """HTTP client of a fake feed server, on one kept-alive connection, by default with the public token."""

    feed: FakeFeed
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        address = self.feed.url.removeprefix("http://")
        self.connection = http.client.HTTPConnection(address, timeout=60)

    def get(self, path: str, method: str = "GET", token: str | None = "", **headers: str) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {token or self.feed.token}"
        self.connection.request(method, path, headers=sent)
        response = self.connection.getresponse()
        body = response.read()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def feed_page(self, line_id: str | None = None, query: str = "", **headers: str) -> Reply:
        path = "/api/v1/feed" + (f"/{line_id}" if line_id else "")
        return self.get(path + query, **headers)

    def detail(self, uuid: str, **headers: str) -> Reply:
        return self.get(f"/api/v1/feedentry/{uuid}", **headers)

    def items(self, line_id: str | None = None) -> list[dict[str, Any]]:
        return self.feed_page(line_id).json["items"]  # type: ignore[no-any-return]


@pytest.fixture
def ads() -> TinyAds:
    return TinyAds()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def feed(clock: ManualClock, ads: TinyAds) -> Iterator[FakeFeed]:
    with FakeFeed(clock=clock, ads=ads) as fake_feed:
        yield fake_feed
        assert fake_feed.server.errors == []


@pytest.fixture
def client(feed: FakeFeed) -> Iterator[Client]:
    client = Client(feed)
    yield client
    client.connection.close()
