"""`/metrics` for Prometheus: the site's state and its counters, from the database, so that one answer covers every process.

Off unless METRICS_TOKEN or METRICS_NETWORKS is set. No label holds a query, an address or an ad.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from jobsearch.admin_dashboard.facts.site_facts import Facts, load_facts
from jobsearch.admin_dashboard.problems import BROKEN, find_problems
from jobsearch.core import counters
from jobsearch.core.models import Counter, Heartbeat
from jobsearch.web.views.health import FORWARDED, read_remote_address, sends_token

CACHE_SECONDS = 5.0
"""How long a process reuses its answer, so that several scrapers, or one with an interval of a second, cost no more than one."""
_lock = threading.Lock()
_cached: tuple[float, bytes] = (float("-inf"), b"")

_COUNTERS = {
    counters.REQUESTS: "Requests answered by the site, without health checks",
    counters.REQUEST_ERRORS: "Requests answered with a server error",
    counters.SEARCHES: "Searches",
    counters.SEARCH_ERRORS: "Searches that the engine did not answer",
    counters.FEED_ANSWERS: "Requests to the feed",
    counters.FEED_ERRORS: "Requests to the feed without a usable answer",
    counters.MAILS: "Alerts and reminders sent",
    counters.MAIL_ERRORS: "Alerts and reminders refused, postponed or perhaps sent",
}
_WITH_SECONDS = (counters.REQUESTS, counters.SEARCHES, counters.FEED_ANSWERS)


@never_cache
@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """The metrics in Prometheus' text format; 404 to a client that may not see them, as where they are switched off."""
    if not may_see(request):
        raise Http404
    try:
        body = _get_metrics()
    except Error:
        return HttpResponse("# the database does not answer\n", status=503, content_type=CONTENT_TYPE_LATEST)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def may_see(request: HttpRequest) -> bool:
    """Whether the client sends METRICS_TOKEN, or has an address of METRICS_NETWORKS."""
    if sends_token(request, settings.METRICS_TOKEN):
        return True
    if FORWARDED in request.META and not settings.TRUSTED_PROXIES:
        return False  # every visitor has the address of a proxy that the settings do not name
    address = read_remote_address(request)
    return address is not None and any(address in network for network in settings.METRICS_NETWORKS)


def clear_cache() -> None:
    """Makes the next request compute the metrics again."""
    global _cached
    _cached = (float("-inf"), b"")


def _get_metrics() -> bytes:
    global _cached
    with _lock:
        made, body = _cached
        if time.monotonic() - made >= CACHE_SECONDS:
            registry = CollectorRegistry(auto_describe=False)
            registry.register(_SiteCollector())
            body = generate_latest(registry)
            _cached = (time.monotonic(), body)
        return body


class _SiteCollector(Collector):
    def collect(self) -> Iterable[Metric]:
        facts = load_facts()
        yield from _collect_states(facts)
        yield from _collect_counters()


def _collect_states(facts: Facts) -> Iterable[Metric]:
    feed = facts.feed
    states: dict[str, tuple[str, float | None]] = {
        "feed_lag_seconds": ("How far the last applied line is behind the feed", feed.lag.total_seconds() if feed.lag else 0),
        "feed_last_read_timestamp_seconds": (
            "When the feed was last read",
            feed.last_read.timestamp() if feed.last_read else None,
        ),
        "feed_newest_line_timestamp_seconds": (
            "Time of the newest line",
            feed.newest_line.timestamp() if feed.newest_line else None,
        ),
        "ads_active": ("Ads that are shown", facts.count("active")),
        "details_waiting": ("Ads whose details wait to be fetched", feed.waiting),
        "details_deferred": ("Ads whose details failed and are tried again", feed.deferred),
        "details_quarantined": ("Ads that cannot be read or stored", feed.quarantined),
        "index_behind": ("Changes that are not in the index yet", facts.behind),
        "index_set_aside": ("Ads that cannot be indexed", facts.count("set_aside")),
        "engine_up": ("Whether the search engine answers", int(facts.engine.ok)),
        "workers": ("Celery workers that run", len(facts.alive.get(Heartbeat.Role.WORKER, ()))),
        "beats": ("Celery beats that run", len(facts.alive.get(Heartbeat.Role.BEAT, ()))),
        "disk_free_bytes": ("Free space of the disk with the data", facts.disk.free if facts.disk else None),
    }
    if feed.lag is None:
        del states["feed_lag_seconds"]
    for name, (text, number) in states.items():
        if number is not None:  # an unknown number is left out: 0 would be a wrong value
            yield GaugeMetricFamily(f"utlyst_{name}", text, value=number)
    problems = GaugeMetricFamily("utlyst_problem", "1 for each problem that the admin shows", labels=["code", "severity"])
    for problem in find_problems(facts):
        problems.add_metric([problem.code, "error" if problem.severity is BROKEN else "warning"], 1)
    yield problems


def _collect_counters() -> Iterable[Metric]:
    rows = {row.name: row for row in Counter.objects.all()}
    for name, text in _COUNTERS.items():
        row = rows.get(name)
        yield CounterMetricFamily(f"utlyst_{name}", text, value=row.number if row else 0)
        if name in _WITH_SECONDS:
            yield CounterMetricFamily(f"utlyst_{name}_seconds", f"{text}: seconds", value=row.seconds if row else 0)
