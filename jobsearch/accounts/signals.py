"""Signal receivers of logins."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from .models import Preferences
from .sessions import mark_login


@receiver(user_logged_in)
def list_session(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Marks the session of a login, so that the account page lists it."""
    mark_login(request)


@receiver(user_logged_in)
def remember_language(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Stores the account's language in the request, from which SessionRecordMiddleware sets the cookie."""
    language = Preferences.objects.filter(user=user).values_list("language", flat=True).first()
    if language:
        request.account_language = language  # type: ignore[attr-defined]
