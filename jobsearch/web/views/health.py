"""Health checks: liveness of the process (`/healthz`) and readiness of the site (`/readyz`)."""

from __future__ import annotations

import ipaddress
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobsearch.core.broker import check_broker
from jobsearch.search import engines, indexing
from jobsearch.search.models import SetAside
from jobsearch.vacancies import freshness

CACHE_SECONDS = 5.0
"""How long a process reuses a report: a check costs one request each to the engine, the database and the broker."""
STALE_SECONDS = 30.0
"""How old a report may be that is returned while another thread makes the next one (stale-while-revalidate). A request that
finds only an older one waits, and the client's time-out then shows that the site is not ready."""
FORWARDED = "jobsearch.forwarded"
"""Set in META by `TrustedProxyMiddleware`: a proxy forwarded the request, so the client may be on another machine."""
_PROXY_HEADERS = (FORWARDED, "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")

OK, DEGRADED, NOT_READY = "ok", "degraded", "not ready"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: 200 if the process answers. Checks nothing else: restarting it would not repair a database that is down."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: 503 and "not ready" only without the database.

    "degraded" (200): the engine is down, the broker accepts no task, or the index is not up to date. The site still serves what
    it can, so a proxy should keep sending visitors; monitoring reads the status word.

    Details only for clients on this machine or with HEALTH_TOKEN; others get the status word alone.
    """
    report = _get_report()
    body = report if _may_see_details(request) else {"status": report["status"]}
    return JsonResponse(body, status=503 if report["status"] == NOT_READY else 200)


def sends_token(request: HttpRequest, token: str) -> bool:
    """Whether the request has this bearer token; False where none is set."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and secrets.compare_digest(given.encode("utf-8", "replace"), token.encode())


def read_remote_address(request: HttpRequest) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that the request comes from; None on a Unix socket."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _may_see_details(request: HttpRequest) -> bool:
    if sends_token(request, settings.HEALTH_TOKEN):
        return True
    # Behind a proxy on this machine every client has a loopback address, so forwarded requests do not count as local.
    if any(header in request.META for header in _PROXY_HEADERS):
        return False
    address = read_remote_address(request)
    return address is not None and address.is_loopback


@dataclass(frozen=True, slots=True)
class _CachedReport:
    search_url: str
    made: float
    """By `time.monotonic()`."""

    report: dict[str, Any]


_cached_report: _CachedReport | None = None
_lock = threading.Lock()


def clear_cache() -> None:
    """Empties the cache: the next request computes a new report."""
    global _cached_report
    _cached_report = None


def _get_report() -> dict[str, Any]:
    """A cached report, or a new one; only one thread of a process makes a new one at a time."""
    global _cached_report
    fresh = _get_cached_report(CACHE_SECONDS)
    if fresh is not None:
        return fresh
    stale = _get_cached_report(STALE_SECONDS)
    if not _lock.acquire(blocking=stale is None):
        return stale or {"status": NOT_READY}
    try:
        report = _get_cached_report(CACHE_SECONDS) or _make_report()
        if _cached_report is None or _cached_report.report is not report:
            _cached_report = _CachedReport(settings.SEARCH_URL, time.monotonic(), report)
        return report
    finally:
        _lock.release()


def _get_cached_report(max_age: float) -> dict[str, Any] | None:
    """The cached report if it is younger than `max_age` seconds and of the engine that is configured now."""
    cached = _cached_report
    usable = cached and cached.search_url == settings.SEARCH_URL and time.monotonic() - cached.made < max_age
    return cached.report if cached and usable else None


def _make_report() -> dict[str, Any]:
    report: dict[str, Any] = {
        "status": OK,
        "database": "ok",
        "engine": _check_engine(),
        "broker": "ok" if check_broker().ok else "down",
    }
    try:
        connection.ensure_connection()
        newest = freshness.get_last_feed_time()
        report["newest_line"] = newest.isoformat() if newest else None
        report["newest_line_age_seconds"] = round((timezone.now() - newest).total_seconds()) if newest else None
        report["index"] = _check_index()
    except Error:
        return report | {"status": NOT_READY, "database": "down"}
    if not report["engine"]["ok"] or report["broker"] != "ok" or report["index"]["state"] != "ok":
        report["status"] = DEGRADED
    return report


def _check_index() -> dict[str, Any]:
    """Lag of the index: "behind" if a change waits longer than `indexing.INDEX_LATE`. Quarantined ads are counted apart."""
    oldest = indexing.get_oldest_behind()
    age = (timezone.now() - oldest) if oldest else None
    return {
        "state": "behind" if age and age > indexing.INDEX_LATE else "ok",
        "rows_behind": indexing.count_behind(),
        "oldest_change_age_seconds": round(age.total_seconds()) if age else None,
        "set_aside": SetAside.objects.count(),
    }


def _check_engine() -> dict[str, Any]:
    health = engines.engine_health()
    return {"name": health.name, "version": health.version, "ok": health.ok, "docs": health.docs}
