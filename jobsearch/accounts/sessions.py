"""Sessions of logged-in users: one row for each, listed on the account page, where the user can end the others."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from .models import LoginSession

SEEN_EVERY = dt.timedelta(minutes=5)
"""How often `last_seen` is written: a page a second must not write a row a second."""
_RECORDED = "recorded_session"  # in the session: [its key, when it was recorded]

# The first that occurs in the user agent. Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
_BROWSERS = [
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox")),
    *(("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")),
]
_SYSTEMS = [
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
]


def mark_login(request: HttpRequest) -> None:
    """Marks the session of a login: it is recorded at the end of the request, when its key is final."""
    request.session[_RECORDED] = ["", timezone.now().timestamp()]
    request.is_login = True  # type: ignore[attr-defined]


def record_session(request: HttpRequest) -> None:
    """Records that the request's session is in use, at most each `SEEN_EVERY`. Does nothing for visitors without login."""
    session = request.session
    if not session.accessed or not session.session_key or not (user_id := session.get(SESSION_KEY)):
        return
    now = timezone.now()
    key, when = _read_record(session.get(_RECORDED))
    is_fresh = 0 <= now.timestamp() - when < SEEN_EVERY.total_seconds()
    if is_fresh and key in {"", session.session_key} and not getattr(request, "is_login", False):
        return
    # A change of password gives the session another key.
    if not key or not LoginSession.objects.filter(user_id=user_id, session_key=key).update(
        session_key=session.session_key, last_seen=now
    ):
        device = describe_device(request.headers.get("user-agent", ""))
        row = LoginSession(session_key=session.session_key, user_id=user_id, device=device, last_seen=now)
        fields = ["user", "device", "last_seen"]
        LoginSession.objects.bulk_create([row], update_conflicts=True, unique_fields=["session_key"], update_fields=fields)
    session[_RECORDED] = [session.session_key, now.timestamp()]


def list_sessions(user: User, current: str | None) -> list[LoginSession]:
    """The user's sessions, this one (by its key) first, then the latest. Rows of ended sessions are deleted."""
    rows = list(LoginSession.objects.filter(user=user).order_by("-last_seen"))
    alive = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    ended = [row.pk for row in rows if row.session_key not in alive]
    if ended:
        LoginSession.objects.filter(pk__in=ended).delete()
    return sorted((row for row in rows if row.session_key in alive), key=lambda row: row.session_key != current)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Logs the user out everywhere, except in the session with the key `but`; returns the number of ended sessions."""
    with transaction.atomic():
        rows = LoginSession.objects.filter(user=user).exclude(session_key=but or "")
        keys = list(rows.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        rows.delete()
    return len(keys)


def delete_ended_sessions() -> int:
    """Deletes the rows whose session has expired or was ended; returns their number."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return LoginSession.objects.exclude(session_key__in=alive).delete()[0]


def describe_device(user_agent: str) -> str:
    """Browser and operating system of a user agent, such as "Firefox, Windows"; "" where neither is known."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return re.sub(r"^, |, $", "", ", ".join(found))


def _read_record(value: Any) -> tuple[str, float]:
    """The session's key when it was recorded, and the time; what is no record counts as never recorded."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], int | float):
        return str(value[0]), float(value[1])
    return "", 0.0
