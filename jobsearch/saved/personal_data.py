"""Personal data of this app, for export and deletion of an account: saved searches, and alerts of the confirmed address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q

from . import subscriptions
from .models import SavedSearch, Subscriber, Subscription, SubscriptionRequest
from .sharing_models import SearchInvitation


def export_saved_searches(user: User, address: str) -> list[dict[str, Any]]:
    """The user's saved searches, without internal keys."""
    hidden = {"id", "owner", "digest"}
    names = [field.name for field in SavedSearch._meta.concrete_fields if field.name not in hidden]
    return list(SavedSearch.objects.filter(owner=user).order_by("pk").values(*names))


def export_shared_searches(user: User, address: str) -> list[dict[str, Any]]:
    """With whom the user shares searches, and the searches that colleagues share with the user or have offered to the address."""
    own = SavedSearch.objects.filter(owner=user).order_by("pk").prefetch_related("invitations").select_related("share")
    rows = [
        {"search": saved.name, "link": hasattr(saved, "share"), "invited": sorted(one.address for one in saved.invitations.all())}
        for saved in own
    ]
    received = SearchInvitation.objects.filter(Q(colleague=user) | Q(address=address or None)).order_by("created")
    names = ("search__name", "search__params", "created", "last_looked")
    return [row for row in rows if row["link"] or row["invited"]] + list(received.values(*names))


def delete_invitations(user: User, address: str) -> None:
    """Delete the invitations to the address. What the user shares goes with the user's row."""
    if address:
        SearchInvitation.objects.filter(address=subscriptions.normalise_address(address)).delete()


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
