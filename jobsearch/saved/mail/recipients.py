"""Confirmed e-mail addresses of users: where reminders go, and which subscriptions are a user's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models.functions import Lower


def get_address(user: AbstractBaseUser | AnonymousUser) -> str:
    """The user's confirmed address in lower case; "" where there is none."""
    return next(iter(list_addresses([user.pk]).values()), "") if user.pk else ""


def list_addresses(user_ids: Sequence[int]) -> dict[int, str]:
    """User -> confirmed address, of those that have one and may log in."""
    return {user: address for address, user in _list_confirmed(user_ids=user_ids)}


def list_own_addresses(user: AbstractBaseUser) -> list[str]:
    """All confirmed addresses of a user, in lower case; also of one who may not log in, for the deletion of the account."""
    rows = apps.get_model("account", "EmailAddress").objects.filter(user_id=user.pk, verified=True)
    return [address.lower() for address in rows.values_list("email", flat=True)]


def find_users(addresses: Collection[str]) -> dict[str, int]:
    """Address in lower case -> the user who has confirmed it."""
    return dict(_list_confirmed(addresses=addresses))


def _list_confirmed(
    *, user_ids: Collection[int] | None = None, addresses: Collection[str] | None = None
) -> list[tuple[str, int]]:
    """(address, user) of active users; the primary address of a user is the last."""
    rows = apps.get_model("account", "EmailAddress").objects.filter(verified=True, user__is_active=True)
    rows = rows.order_by("primary", "pk").annotate(lower_address=Lower("email"))
    if user_ids is not None:
        rows = rows.filter(user_id__in=user_ids)
    if addresses is not None:
        rows = rows.filter(lower_address__in=addresses)
    return list(rows.values_list("lower_address", "user_id"))
