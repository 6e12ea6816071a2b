"""Personal data of this app, for export and deletion of an account: saved searches, and alerts of the confirmed address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from . import subscriptions
from .models import SavedSearch, Subscriber, Subscription, SubscriptionRequest


def export_saved_searches(user: User, address: str) -> list[dict[str, Any]]:
    """The user's saved searches, without internal keys."""
    hidden = {"id", "owner", "digest"}
    names = [field.name for field in SavedSearch._meta.concrete_fields if field.name not in hidden]
    return list(SavedSearch.objects.filter(owner=user).order_by("pk").values(*names))


def export_alerts(user: User, address: str) -> list[dict[str, Any]]:
    """The subscriptions of the address, and the requests that wait for it to confirm them."""
    if not address:
        return []
    address = subscriptions.normalise_address(address)
    names = ("params", "frequency", "created")
    confirmed = Subscription.objects.filter(subscriber__address=address).order_by("created").values(*names, "last_sent")
    waiting = SubscriptionRequest.objects.filter(address=address, confirmed=None).order_by("created").values(*names)
    return [{**row, "confirmed": True} for row in confirmed] + [{**row, "confirmed": False} for row in waiting]


def delete_alerts(user: User, address: str) -> None:
    """Delete the address with its subscriptions and requests. Saved searches go with the user's row."""
    if not address:
        return
    address = subscriptions.normalise_address(address)
    SubscriptionRequest.objects.filter(address=address).delete()
    for subscriber in Subscriber.objects.filter(address=address):
        subscriptions.end_all(subscriber.pk)
