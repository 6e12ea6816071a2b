"""Outage of the search engine: searches answer 503 at once, ads are still shown, and all that follows the feed goes on."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from jobsearch.demo.feed_server import FakeFeed
from jobsearch.search.api import EngineDown
from jobsearch.search.engines import registry
from jobsearch.search.indexing import compare, index_changes
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.ingest import plain_ads
from tests.servers.live import LiveSite
from tests.servers.ports import wait_until
from tests.servers.redis import Redis

from .first_load import FirstLoad
from .processes import OwnNode

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.opensearch]


def test_the_site_and_a_first_load_during_and_after_an_outage_of_the_engine(
    settings, make_vacancy, client: Client, live_site: Callable[..., LiveSite], redis_server: Redis, node: OwnNode
):
    """Pages are asked for in this process, with an index of its own; a site of real processes loads the feed meanwhile."""
    closed, shown = make_vacancy(title="Kokk"), make_vacancy(title="Baker")
    settings.SEARCH_URL, settings.SEARCH_INDEX = node.url, f"test{secrets.token_hex(4)}"
    registry.forget_engines()
    try:
        with FakeFeed(ads=plain_ads) as feed:
            assert index_changes().rebuilt
            assert total(client) == 2
            load = FirstLoad(live_site, redis_server, feed, node)
            load.wait_for_first_indexed()
            node.kill()
            load.begin_outage()
            began = time.monotonic()
            answer = client.get("/?q=baker")
            assert (answer.status_code, answer["Retry-After"]) == (503, "30")
            assert client.get(reverse("web:ad", args=[shown])).status_code == 200
            assert client.get("/readyz").json()["engine"]["ok"] is False
            assert time.monotonic() - began < 20, "three responses without an engine"
            with transaction.atomic():
                store.close_vacancies([closed], Vacancy.Closed.FEED)
            make_vacancy(title="Murer")
            with pytest.raises(EngineDown):
                index_changes()
            assert Vacancy.objects.not_indexed().count() == 2
            load.wait_for_ads_without_engine()
            node.start()
            node.wait()
            assert index_changes().rebuilt == "", "the index continues without a rebuild"
            assert total(client) == 2
            assert compare() == []
            load.check_end()
    finally:
        registry.forget_engines()


def test_a_silent_engine_is_waited_for_once_and_used_again_afterwards(
    settings, make_vacancy, client: Client, node: OwnNode, monkeypatch
):
    shown = make_vacancy(title="Baker")
    monkeypatch.setattr("jobsearch.search.engines.opensearch.engine.SEARCH_SECONDS", 2)
    monkeypatch.setattr(
        "jobsearch.search.engines.opensearch.client.OPEN_SECONDS", 15
    )  # longer than six pages take on any machine
    settings.SEARCH_URL, settings.SEARCH_INDEX = node.url, f"test{secrets.token_hex(4)}"
    registry.forget_engines()
    try:
        assert index_changes().rebuilt
        assert total(client) == 1
        calls = []
        search = registry.engine()._client.search
        monkeypatch.setattr(registry.engine()._client, "search", lambda **how: calls.append(1) or search(**how))
        with node.silent():
            for _ in range(3):
                assert client.get("/?q=baker").status_code == 503
                assert client.get(reverse("web:ad", args=[shown])).status_code == 200
            assert len(calls) == 1, "only the first request waits for the time-out"
        wait_until(lambda: client.get("/?q=baker").status_code == 200, 40, "a search after the pause")
        assert total(client) == 1
    finally:
        registry.forget_engines()


def total(client: Client) -> int:
    answer = client.get("/")
    assert answer.status_code == 200, answer.content.decode()
    return int(answer.context["total"])
