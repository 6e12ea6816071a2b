"""Alerts of a user's saved searches: subscriptions of the user's confirmed address to the same ads.

The address is confirmed already, so no further confirmation mail is sent. A subscription is found by its search: one that the
address has made without login belongs to the saved search too.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language

from jobsearch.saved.frequencies import Frequency
from jobsearch.saved.mail import recipients
from jobsearch.saved.models import SavedSearch, Subscriber, Subscription, compute_digest
from jobsearch.search import api as search

from . import pauses
from .subscriptions import MAX_SUBSCRIPTIONS, TooManySubscriptions, change_frequency, end_subscription, make_subscribable

User = AbstractBaseUser | AnonymousUser


class NoConfirmedAddress(Exception):
    """The user has no address that mails may be sent to."""


def find_alerts(address: str, searches: Iterable[SavedSearch]) -> dict[int, Subscription]:
    """The subscription of the address for each saved search that has one, by the search's key: one query."""
    if not address:
        return {}
    alerts = Subscription.objects.filter(subscriber__address=address).select_related("subscriber")
    by_digest = {one.digest: one for one in alerts}
    found = {}
    for saved in searches:
        if by_digest and not saved.unreadable and (alert := by_digest.get(_compute_alert_digest(saved.query))):
            found[saved.pk] = alert
    return found


def set_frequency(address: str, saved: SavedSearch, frequency: Frequency) -> None:
    """Changes the alert of a saved search, or begins it. Raises NoConfirmedAddress and TooManySubscriptions."""
    if not address or saved.unreadable:
        raise NoConfirmedAddress
    params = make_subscribable(saved.query).urlencode(page=False)
    with transaction.atomic():
        subscriber, _created = Subscriber.objects.get_or_create(address=address, defaults={"language": get_language() or "nb"})
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        alert = subscriber.subscriptions.filter(digest=compute_digest(params)).first()
        pauses.resume(subscriber.pk)
        if alert is not None:
            change_frequency(alert, frequency)
        elif frequency == Frequency.OFF:
            if not subscriber.subscriptions.exists():
                subscriber.delete()
        elif subscriber.subscriptions.count() >= MAX_SUBSCRIPTIONS:
            raise TooManySubscriptions
        else:
            Subscription.objects.create(subscriber=subscriber, params=params, frequency=frequency, created=timezone.now())


def end_alert(address: str, saved: SavedSearch) -> None:
    """Ends the alert of a saved search that is deleted, unless another of the owner's searches finds the same ads."""
    alert = find_alerts(address, [saved]).get(saved.pk)
    if alert and not _has_other(saved, alert.digest):
        end_subscription(alert.pk)


def move_alert(alert: Subscription, saved: SavedSearch, query: search.SearchQuery) -> None:
    """Gives the alert of a saved search its new parameters. What it has sent is kept, so that no ad is sent twice.

    Does nothing where another of the owner's searches has the alert too.
    """
    params = make_subscribable(query).urlencode(page=False)
    if alert.params == params or _has_other(saved, alert.digest):
        return
    try:
        with transaction.atomic():
            alert.matches.filter(mail=None).delete()  # they wait as new ads of the former search
            alert.params = params
            alert.resumed = timezone.now()
            alert.save(update_fields=["params", "digest", "resumed"])
    except IntegrityError:  # the address has a subscription to that search already
        end_subscription(alert.pk)


def _has_other(saved: SavedSearch, digest: str) -> bool:
    """Whether another search of the owner has this alert too: one that differs in its order only."""
    others = SavedSearch.objects.filter(owner_id=saved.owner_id).exclude(pk=saved.pk)
    rows = list(others)
    SavedSearch.parse_all(rows)
    return any(not row.unreadable and _compute_alert_digest(row.query) == digest for row in rows)


def _compute_alert_digest(query: search.SearchQuery) -> str:
    return compute_digest(make_subscribable(query).urlencode(page=False))


def note_login(user: User, **_kwargs: object) -> None:
    """Receiver of `user_logged_in`: a user of the account also reads the mails of its address."""
    pauses.record_activity(address=recipients.get_address(user))
