"""Health checks for machines: does the process live (`/healthz`), and is the site ready (`/readyz`)."""

from __future__ import annotations

import ipaddress
import os
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection

from jobsearch.search import api as search
from jobsearch.vacancies import freshness

BROKER_SECONDS = 1
KEEP_SECONDS = 5.0
"""So long one answer serves all who ask this process: a check costs the engine, the database and the broker a question each."""
WAIT_SECONDS = 30.0
"""So old the last answer may be that is given while another thread finds out the next one. Beyond that the check waits, and its
own time-out tells that the site is not ready."""
FORWARDED = "jobsearch.forwarded"
"""Set in META by `TrustedProxyMiddleware`: a proxy passed this request on, so its sender need not be on this machine."""
_SIGNS_OF_A_PROXY = (FORWARDED, "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")

OK, DEGRADED, NOT_READY = "ok", "degraded", "not ready"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody else: a database that is down is no reason to restart the process."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 and "not ready" only without the database. "degraded" (200): the site serves what it can without engine or broker, or
    from an index that is behind, and a proxy should go on sending visitors; an alarm looks at the word.

    Other clients get the status word alone. Details go to this machine and to clients that send HEALTH_TOKEN.
    """
    report = _report()
    body = report if _may_see_details(request) else {"status": report["status"]}
    return JsonResponse(body, status=503 if report["status"] == NOT_READY else 200)


def _may_see_details(request: HttpRequest) -> bool:
    token = settings.HEALTH_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        return True
    # A proxy on this machine makes every visitor's address a loopback one: what it passes on is not asked from here.
    if any(sign in request.META for sign in _SIGNS_OF_A_PROXY):
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


@dataclass(frozen=True, slots=True)
class _Kept:
    site: str
    since: float
    report: dict[str, Any]


_kept: _Kept | None = None
_lock = threading.Lock()


def forget() -> None:
    """Has the next check find out anew."""
    global _kept
    _kept = None


def _report() -> dict[str, Any]:
    global _kept
    kept = _recent(KEEP_SECONDS)
    if kept is not None:
        return kept
    last = _recent(WAIT_SECONDS)
    if not _lock.acquire(blocking=last is None):
        return last or {"status": NOT_READY}
    try:
        report = _recent(KEEP_SECONDS) or _find_out()
        if _kept is None or _kept.report is not report:
            _kept = _Kept(settings.SEARCH_URL, time.monotonic(), report)
        return report
    finally:
        _lock.release()


def _recent(seconds: float) -> dict[str, Any] | None:
    kept = _kept
    usable = kept and kept.site == settings.SEARCH_URL and time.monotonic() - kept.since < seconds
    return kept.report if kept and usable else None


def _find_out() -> dict[str, Any]:
    report: dict[str, Any] = {"status": OK, "database": "ok", "engine": _engine(), "broker": _broker()}
    try:
        connection.ensure_connection()
        newest = freshness.get_last_feed_time()
        report["newest_line"] = newest.isoformat() if newest else None
        report["newest_line_age_seconds"] = round((timezone.now() - newest).total_seconds()) if newest else None
        report["index"] = _index()
    except Error:
        return report | {"status": NOT_READY, "database": "down"}
    if not report["engine"]["ok"] or report["broker"] != "ok" or report["index"]["state"] != "ok":
        report["status"] = DEGRADED
    return report


def _index() -> dict[str, Any]:
    """`behind`: a change has waited for `search.INDEX_LATE` to be found by searches. Ads that are set aside are counted apart."""
    oldest = search.oldest_behind()
    age = (timezone.now() - oldest) if oldest else None
    return {
        "state": "behind" if age and age > search.INDEX_LATE else "ok",
        "rows_behind": search.count_behind(),
        "oldest_change_age_seconds": round(age.total_seconds()) if age else None,
        "set_aside": search.SetAside.objects.count(),
    }


def _engine() -> dict[str, Any]:
    try:
        health = search.engine_health()
    except (search.EngineDown, Error):
        return {"ok": False}
    return {"name": health.name, "version": health.version, "ok": health.ok, "docs": health.docs}


def _broker() -> str:
    """Whether the broker takes a connection, found out quickly: kombu's own patience would outlast the one who asks."""
    options = dict(getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}))
    if "data_folder_in" in options:
        return "ok" if os.access(options["data_folder_in"], os.W_OK) else "down"
    options |= {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS, "max_retries": 0}
    try:
        with Connection(current_app.conf.broker_url, connect_timeout=BROKER_SECONDS, transport_options=options) as broker:
            broker.connect()
            broker.channel().close()
    except Exception:
        return "down"
    return "ok"
