"""Logins of test clients: `Client.force_login` stores a session, and nothing of what a login does besides.

A login sends a signal to four receivers and writes the session three times: 5 ms in place of 1. A client that has a session, and
`log_in_with_signals`, log in as the site does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client

log_in_with_signals = Client.force_login


@pytest.fixture(scope="session", autouse=True)
def log_in_without_signals() -> Iterator[None]:
    def force_login(client: Any, user: Any, backend: str | None = None) -> None:
        if settings.SESSION_COOKIE_NAME in client.cookies:
            return log_in_with_signals(client, user, backend)
        user.backend = backend or client._get_backend()
        request = HttpRequest()
        request.session = session = SessionStore()
        session._session_key = session._get_new_session_key()  # type: ignore[attr-defined]
        session[SESSION_KEY] = user._meta.pk.value_to_string(user)
        session[BACKEND_SESSION_KEY] = user.backend
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save(must_create=True)
        client._set_login_cookies(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_login)
        yield
