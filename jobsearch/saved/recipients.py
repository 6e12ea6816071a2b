"""Confirmed e-mail addresses of users: where reminders go, and which subscriptions are a user's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models.functions import Lower


def get_address(user: AbstractBaseUser | AnonymousUser) -> str:
    """The user's confirmed address in lower case; "" where there is none."""
    return next(iter(list_addresses([user.pk]).values()), "") if user.pk else ""


def list_addresses(user_ids: Sequence[int]) -> dict[int, str]:
    """User -> confirmed address, of those that have one and may log in."""
    return {user: address for address, user in _list_confirmed(user_ids=user_ids)}


def find_users(addresses: Collection[str]) -> dict[str, int]:
    """Address in lower case -> the user who has confirmed it."""
    return dict(_list_confirmed(addresses=addresses))


def _list_confirmed(
    *, user_ids: Collection[int] | None = None, addresses: Collection[str] | None = None
) -> list[tuple[str, int]]:
    """(address, user) of active users. Confirmed is what allauth has verified; without allauth, what an administrator wrote."""
    if apps.is_installed("allauth.account"):
        rows = apps.get_model("account", "EmailAddress").objects.filter(verified=True, user__is_active=True)
        user, address = "user_id", "email"
        rows = rows.order_by("primary", "pk")  # the primary one last: it is kept
    else:
        rows = get_user_model().objects.filter(is_active=True).exclude(email="").order_by("pk")
        user, address = "pk", "email"
    rows = rows.annotate(lower_address=Lower(address))
    if user_ids is not None:
        rows = rows.filter(**{f"{user}__in": user_ids})
    if addresses is not None:
        rows = rows.filter(lower_address__in=addresses)
    return list(rows.values_list("lower_address", user))
