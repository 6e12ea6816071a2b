"""Receivers: what happens at a login."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from .models import Preferences
from .sessions import mark_login


@receiver(user_logged_in)
def list_session(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Have the new session listed on the account page."""
    mark_login(request)


@receiver(user_logged_in)
def remember_language(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Have the account's language set in this browser; read by SessionRecordMiddleware."""
    language = Preferences.objects.filter(user=user).values_list("language", flat=True).first()
    if language:
        request.account_language = language  # type: ignore[attr-defined]
