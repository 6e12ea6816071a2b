"""Export and deletion of all that is stored about a user (GDPR, articles 15, 17 and 20).

Tables with a foreign key to the user are deleted by its cascade. Other apps register
their parts in `jobsearch.core.personal_data`.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from jobsearch.core.personal_data import delete_parts, export_parts
from jobsearch.web.login_throttle import normalise_name

from . import roles
from .models import LoginSession
from .sessions import end_sessions


def export_account(user: User) -> dict[str, Any]:
    """All that is stored about a user, as JSON values; times are `datetime`."""
    role = roles.get_role(user)
    preferences = getattr(user, "preferences", None)
    return {
        "account": {
            "email": user.email,
            "username": user.get_username(),
            "name": user.get_full_name(),
            "created": user.date_joined,
            "last_login": user.last_login,
            "role": role.value if role else None,
            "language": preferences.language if preferences else None,
            "has_password": user.has_usable_password(),
        },
        "sessions": list(LoginSession.objects.filter(user=user).order_by("created").values("device", "created", "last_seen")),
        "login_methods": [
            {
                "kind": authenticator.type,
                "name": authenticator.data.get("name", ""),
                "created": authenticator.created_at,
                "last_used": authenticator.last_used_at,
            }
            for authenticator in Authenticator.objects.filter(user=user).order_by("pk")
        ],
        "failed_logins": list(_list_failed_logins(user).values("username", "ip_address", "failures_since_start", "attempt_time")),
        **export_parts(user),
    }


def delete_account(user: User) -> None:
    """Deletes a user with everything that is stored about them, and logs them out everywhere."""
    with transaction.atomic():
        delete_parts(user)
        _list_failed_logins(user).delete()
        end_sessions(user)
        _forget_name(user)
        user.delete()


def _forget_name(user: User) -> None:
    """Replaces the user's name by the number in the admin's history of what was done with the account."""
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).update(object_repr=f"#{user.pk}")


def _list_failed_logins(user: User) -> Any:
    names = [normalise_name(name) for name in (user.get_username(), user.email) if name]
    return AccessAttempt.objects.filter(username__in=names)
