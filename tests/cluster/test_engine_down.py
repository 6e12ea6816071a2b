"""The search engine loses its power: results say so at once, ads still show, and the index catches up by itself."""

from __future__ import annotations

import secrets
import time

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from jobsearch.search.api import EngineDown, compare, index_changes
from jobsearch.search.engines import registry
from jobsearch.vacancies import store
from jobsearch.vacancies.models import Vacancy
from tests.servers.ports import wait_until

from .processes import cluster

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.opensearch]


def test_while_the_engine_is_down_and_after(settings, make_vacancy, client: Client):
    ended, shown = make_vacancy(title="Kokk"), make_vacancy(title="Baker")
    with cluster(1) as (node,):
        settings.SEARCH_URL, settings.SEARCH_INDEX = node.url, f"test{secrets.token_hex(4)}"
        registry.forget_engines()
        try:
            assert index_changes().rebuilt
            assert total(client) == 2
            node.kill()
            began = time.monotonic()
            answer = client.get("/?q=baker")
            assert (answer.status_code, answer["Retry-After"]) == (503, "30")
            assert client.get(reverse("web:ad", args=[shown])).status_code == 200
            assert client.get("/readyz").json()["engine"]["ok"] is False
            assert time.monotonic() - began < 20, "three answers without an engine"
            with transaction.atomic():
                store.close([ended], Vacancy.Closed.FEED)
            make_vacancy(title="Murer")
            with pytest.raises(EngineDown):
                index_changes()
            assert Vacancy.objects.behind_index().count() == 2
            node.start()
            node.wait()
            assert index_changes().rebuilt == "", "it goes on from where it was"
            assert total(client) == 2
            assert compare() == []
        finally:
            registry.forget_engines()


def test_a_silent_engine_is_waited_for_once_and_heard_when_it_speaks_again(settings, make_vacancy, client: Client, monkeypatch):
    shown = make_vacancy(title="Baker")
    monkeypatch.setattr("jobsearch.search.engines.opensearch.engine.SEARCH_SECONDS", 2)
    monkeypatch.setattr(
        "jobsearch.search.engines.opensearch.client.SILENT_SECONDS", 15
    )  # longer than six pages take on any machine
    with cluster(1) as (node,):
        settings.SEARCH_URL, settings.SEARCH_INDEX = node.url, f"test{secrets.token_hex(4)}"
        registry.forget_engines()
        try:
            assert index_changes().rebuilt
            assert total(client) == 1
            asked = []
            search = registry.engine()._client.search
            monkeypatch.setattr(registry.engine()._client, "search", lambda **how: asked.append(1) or search(**how))
            with node.silent():
                for _ in range(3):
                    assert client.get("/?q=baker").status_code == 503
                    assert client.get(reverse("web:ad", args=[shown])).status_code == 200
                assert len(asked) == 1, "the first visitor has found out for all of them"
            wait_until(lambda: client.get("/?q=baker").status_code == 200, 40, "a search after the silence")
            assert total(client) == 1
        finally:
            registry.forget_engines()


def total(client: Client) -> int:
    answer = client.get("/")
    assert answer.status_code == 200, answer.content.decode()
    return int(answer.context["total"])
