"""Health checks: details for local clients only, caching of reports, and lag of the index."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.utils import timezone

from jobsearch import env
from jobsearch.search.engines import Health
from jobsearch.search.indexing import index_changes, quarantine
from jobsearch.search.models import SetAside
from jobsearch.vacancies.models import Vacancy
from jobsearch.web.views import health

REMOTE_CLIENT = "203.0.113.9"
TOKEN = "a token of a test, long enough"


@pytest.fixture
def engine(monkeypatch) -> list[int]:
    """An engine that is up; counts its health checks."""
    asked: list[int] = []

    def engine_health() -> Health:
        asked.append(1)
        return Health("tantivy", "0.27", True, 12)

    monkeypatch.setattr("jobsearch.search.engines.engine_health", engine_health)
    return asked


def behind(uuid, **ago) -> None:
    Vacancy.objects.filter(uuid=uuid).update(changed=timezone.now() - dt.timedelta(**ago))


def test_remote_clients_get_the_status_word_only(client, db, engine):
    answer = client.get("/readyz", REMOTE_ADDR=REMOTE_CLIENT)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_remote_clients_get_not_ready(client, db, engine, monkeypatch):
    def down():
        raise OperationalError("no connection to server at 10.0.0.1")

    monkeypatch.setattr("jobsearch.vacancies.freshness.get_last_feed_time", down)
    answer = client.get("/readyz", REMOTE_ADDR=REMOTE_CLIENT)
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_local_clients_get_details(client, db, engine, address):
    report = client.get("/readyz", REMOTE_ADDR=address).json()
    assert report["engine"] == {"name": "tantivy", "version": "0.27", "ok": True, "docs": 12}
    assert report["index"] == {"state": "ok", "rows_behind": 0, "oldest_change_age_seconds": None, "set_aside": 0}


@pytest.mark.parametrize(
    "sent",
    [
        {"HTTP_X_FORWARDED_FOR": REMOTE_CLIENT},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_FOR": "::1, 127.0.0.1"},
        {"HTTP_X_FORWARDED_FOR": ""},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
    ],
    ids=str,
)
@pytest.mark.parametrize("trusted", ["", "127.0.0.1,::1"])
def test_requests_forwarded_by_a_local_proxy_are_remote(client, db, engine, settings, sent, trusted, monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", trusted)
    settings.TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
    assert client.get("/readyz", REMOTE_ADDR="127.0.0.1", **sent).json() == {"status": "ok"}


@pytest.mark.parametrize("address", ["", "unix:", "10.0.0.7", "192.168.1.4", "127.0.0.1.evil.example", "::2"])
def test_other_addresses_are_not_local(client, db, engine, address):
    assert client.get("/readyz", REMOTE_ADDR=address).json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (f"Bearer {TOKEN}", True),
        (TOKEN, True),
        (f"Bearer {TOKEN}x", False),
        ("Bearer ", False),
        ("", False),
        ("Bearer æ\udcff", False),
    ],
)
def test_clients_with_the_token_get_details(client, db, engine, settings, sent, told):
    settings.HEALTH_TOKEN = TOKEN
    answer = client.get("/readyz", REMOTE_ADDR=REMOTE_CLIENT, HTTP_AUTHORIZATION=sent)
    assert ("engine" in answer.json()) is told


@pytest.mark.parametrize("sent", ["Bearer ", "Bearer", ""])
def test_no_token_is_accepted_if_none_is_set(client, db, engine, settings, sent):
    settings.HEALTH_TOKEN = ""
    assert client.get("/readyz", REMOTE_ADDR=REMOTE_CLIENT, HTTP_AUTHORIZATION=sent).json() == {"status": "ok"}


@pytest.mark.parametrize("given", ["short", "æ" * 20, "with a\nline break in it"])
def test_invalid_or_short_token_is_rejected_in_settings(monkeypatch, given):
    monkeypatch.setenv("HEALTH_TOKEN", given)
    with pytest.raises(ImproperlyConfigured, match="HEALTH_TOKEN"):
        env.token("HEALTH_TOKEN")


def test_report_is_cached_for_seconds(client, db, engine, django_assert_num_queries, monkeypatch):
    client.get("/readyz")
    with django_assert_num_queries(0):
        for _ in range(20):
            assert client.get("/readyz", REMOTE_ADDR=REMOTE_CLIENT).status_code == 200
    assert len(engine) == 1
    monkeypatch.setattr(health, "CACHE_SECONDS", 0.0)
    client.get("/readyz")
    assert len(engine) == 2


def test_hanging_engine_blocks_one_request_and_others_get_the_stale_report(client, engine, monkeypatch, transactional_db):
    client.get("/readyz")
    monkeypatch.setattr(health, "CACHE_SECONDS", 0.0)
    begun, go_on = threading.Event(), threading.Event()

    def hang() -> dict:
        begun.set()
        go_on.wait(20)
        return {"ok": False}

    monkeypatch.setattr(health, "_check_engine", hang)
    first = threading.Thread(target=health._get_report)
    first.start()
    assert begun.wait(10)
    began = time.monotonic()
    assert client.get("/readyz").json()["status"] == "ok"
    assert time.monotonic() - began < 15
    go_on.set()
    first.join()


def test_index_that_is_behind_is_reported(client, engine, make_vacancy):
    key = make_vacancy()
    behind(key, minutes=9)
    assert client.get("/readyz").json()["status"] == "ok", "an ordinary delay"
    health.clear_cache()
    behind(key, minutes=11)
    answer = client.get("/readyz")
    assert answer.status_code == 200, "the site still serves: a proxy should go on sending visitors"
    report = answer.json()
    assert (report["status"], report["index"]["state"], report["index"]["rows_behind"]) == ("degraded", "behind", 1)
    assert 650 < report["index"]["oldest_change_age_seconds"] < 700
    assert client.get("/readyz", REMOTE_ADDR=REMOTE_CLIENT).json() == {"status": "degraded"}


def test_unindexed_closing_counts_as_behind(client, engine, make_vacancy):
    key = make_vacancy()
    Vacancy.objects.update(status="INACTIVE")
    behind(key, minutes=11)
    assert client.get("/readyz").json()["index"]["state"] == "behind"


def test_quarantined_ad_is_counted_apart(client, engine, make_vacancy):
    key = make_vacancy()
    behind(key, days=3)
    quarantine.add_failures([(key, 1, quarantine.Failure("slow"))])
    SetAside.objects.update(next_try=timezone.now() + dt.timedelta(hours=1))
    report = client.get("/readyz").json()
    assert (report["status"], report["index"]["state"], report["index"]["set_aside"]) == ("ok", "ok", 1)


def test_index_that_is_up_to_date_again_is_ok(client, own_index, make_vacancy):
    behind(make_vacancy(), minutes=30)
    assert client.get("/readyz").json()["status"] == "degraded"
    index_changes()
    health.clear_cache()
    assert client.get("/readyz").json()["status"] == "ok"
