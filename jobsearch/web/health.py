"""Two questions a machine asks: does the process live, and is the site ready."""

from __future__ import annotations

import os

from celery import current_app
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection

from jobsearch import search
from jobsearch.vacancies import freshness

BROKER_SECONDS = 1


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody else: a database that is down is no reason to restart the process."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 only without the database: without engine or broker the site still serves what it can, and says so here."""
    report: dict[str, object] = {"database": "ok", "engine": _engine(), "broker": _broker()}
    status = 200
    try:
        connection.ensure_connection()
        newest = freshness.data_as_of()
        report["newest_line"] = newest.isoformat() if newest else None
        report["newest_line_age_seconds"] = round((timezone.now() - newest).total_seconds()) if newest else None
    except Error:
        report["database"] = "down"
        status = 503
    return JsonResponse(report, status=status)


def _engine() -> dict[str, object]:
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
