"""/metrics: off by default, guarded by a token or by address, with states and counters of every process."""

from __future__ import annotations

import ipaddress

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from jobsearch.admin_dashboard.monitoring import metrics
from jobsearch.core import counters
from jobsearch.core.models import Counter, Heartbeat

pytestmark = pytest.mark.django_db
TOKEN = "0123456789abcdef0123456789abcdef"
SENT = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def fresh(index):
    metrics.clear_cache()
    counters.flush()  # what other tests have counted
    Counter.objects.all().delete()
    yield
    metrics.clear_cache()


def read(client, **options) -> dict[str, float]:
    answer = client.get("/metrics", **options)
    assert answer.status_code == 200
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_switched_off_by_default(client):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers=SENT).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", [None, "", TOKEN[:-1], f"Bearer {TOKEN}x", "Bearer ", "Bearer é", "Basic eDp5"])
def test_another_token_is_refused(client, settings, given):
    settings.METRICS_TOKEN = TOKEN
    headers = {} if given is None else {"authorization": given}
    assert client.get("/metrics", headers=headers).status_code == 404
    assert client.get("/metrics", headers=SENT).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"), [("10.1.2.3", 200), ("::ffff:10.1.2.3", 200), ("10.2.0.1", 404), ("fd00::1", 200), ("", 404)]
)
def test_by_address(client, settings, address, status):
    settings.METRICS_NETWORKS = [ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00::/8")]
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(client, settings):
    settings.METRICS_NETWORKS = [ipaddress.ip_network("10.1.0.0/16")]
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1", headers={"x-forwarded-for": "10.1.2.3"}).status_code == 404
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.1.0.1")]
    assert client.get("/metrics", REMOTE_ADDR="10.1.0.1", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 404


def test_a_proxy_that_the_settings_do_not_name_opens_nothing(client, settings):
    settings.METRICS_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 404


def test_states_and_counters(client, settings):
    settings.METRICS_TOKEN = TOKEN
    Heartbeat.objects.create(name="w", role="worker", queues=["feed"], seen=timezone.now())
    counters.add(counters.SEARCHES, 3, seconds=0.75)
    counters.flush()
    found = read(client, headers=SENT)
    assert (found["utlyst_searches_total"], found["utlyst_searches_seconds_total"]) == (3, 0.75)
    assert (found["utlyst_workers"], found["utlyst_ads_active"], found["utlyst_details_quarantined"]) == (1, 0, 0)
    assert found["utlyst_problemqueue-unservederror"] == 1
    assert "utlyst_feed_lag_seconds" not in found  # never read: not known, which is not 0
    assert found["utlyst_disk_free_bytes"] > 0


def test_another_request_within_seconds_costs_no_query(client, settings, django_assert_num_queries):
    settings.METRICS_TOKEN = TOKEN
    client.get("/metrics", headers=SENT)
    with django_assert_num_queries(0):
        client.get("/metrics", headers=SENT)


def test_requests_are_counted_without_a_query(client, settings, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/robots.txt")
        client.get("/healthz")
    counters.flush()
    settings.METRICS_TOKEN = TOKEN
    found = read(client, headers=SENT)
    assert (found["utlyst_requests_total"], found["utlyst_request_errors_total"]) == (1, 0)
    assert found["utlyst_requests_seconds_total"] > 0
