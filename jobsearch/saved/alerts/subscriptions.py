"""Subscriptions by mail without an account: request, confirmation by a link, change and end.

An address is stored only while something waits for it: a request for a day, a subscriber until the last subscription ends.
"""

from __future__ import annotations

import datetime as dt
import logging
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jobsearch.saved.frequencies import Frequency
from jobsearch.saved.mail import limits, mails
from jobsearch.saved.mail.addresses import normalise_address
from jobsearch.saved.mail.links import CONFIRM_HOURS
from jobsearch.saved.models import Subscriber, Subscription, SubscriptionRequest, canonicalise
from jobsearch.search import api as search
from jobsearch.search.search_query import SIZES

log = logging.getLogger(__name__)
MAX_SUBSCRIPTIONS = 50  # of one address
_WEEK = 7


class TooManyRequests(Exception):
    """The sender has requested too many confirmation mails within the last hour."""


class TooManySubscriptions(Exception):
    """The address has as many subscriptions as it may have."""


def make_subscribable(query: search.SearchQuery) -> search.SearchQuery:
    """The search without what only says how its hits are shown: the same ads are one subscription in any order."""
    return canonicalise(query).replace(sort="relevance", size=SIZES[0])


def estimate_weekly_ads(query: search.SearchQuery) -> int:
    """Number of hits published within the last week, as an estimate of the mails. Raises EngineDown and QueryError."""
    return search.count(query.replace(published=_WEEK))


def request_subscription(
    address: str, query: search.SearchQuery, frequency: Frequency, *, language: str, sender: str | None
) -> None:
    """Stores a request and sends the link that confirms it. Raises TooManyRequests, AddressRefused and MailServerDown.

    The same happens for every address, whether it has subscriptions or not; over the limit of an address no mail is sent, and
    the visitor sees no difference.
    """
    address = normalise_address(address)
    over, counted = limits.count_request(address, sender)
    if over == limits.Limit.SENDER:
        raise TooManyRequests
    if over == limits.Limit.ADDRESS:
        return
    request = SubscriptionRequest.objects.create(
        address=address, params=query.urlencode(page=False), frequency=frequency, language=language
    )
    try:
        mails.send_now(mails.build_confirmation(address, request.pk))
    except (mails.AddressRefused, mails.MailServerDown) as error:
        request.delete()
        counted.delete()
        if isinstance(error, mails.MailServerDown):
            log.error("A confirmation mail could not be sent: check EMAIL_URL (%s).", error)
        raise


def confirm_request(request_id: UUID) -> Subscription | None:
    """Makes a request a subscription, or changes the frequency of the address's subscription to the same search.

    A second call for the same request returns the same subscription. None where the request has been deleted, or its subscription
    has ended. Raises TooManySubscriptions.
    """
    with transaction.atomic():
        request = SubscriptionRequest.objects.select_for_update().filter(pk=request_id).first()
        if request is None:
            return None
        if request.confirmed:
            return Subscription.objects.filter(subscriber__address=request.address, digest=request.digest).first()
        subscriber, _created = Subscriber.objects.get_or_create(address=request.address, defaults={"language": request.language})
        subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        Subscriber.objects.filter(pk=subscriber.pk).update(language=request.language)
        existing = subscriber.subscriptions.filter(digest=request.digest).first()
        if existing is None:
            if subscriber.subscriptions.count() >= MAX_SUBSCRIPTIONS:
                raise TooManySubscriptions
            existing = Subscription.objects.create(subscriber=subscriber, params=request.params, frequency=request.frequency)
        else:
            change_frequency(existing, Frequency(request.frequency))
        SubscriptionRequest.objects.filter(pk=request.pk).update(confirmed=timezone.now())
        return existing


def change_frequency(subscription: Subscription, frequency: Frequency) -> None:
    """Changes how often a subscription sends. A pause drops what waits: old ads are not sent when it ends."""
    changes: dict[str, object] = {"frequency": frequency}
    if subscription.frequency == Frequency.OFF and frequency != Frequency.OFF:
        changes["resumed"] = timezone.now()
    Subscription.objects.filter(pk=subscription.pk).update(**changes)
    subscription.frequency = frequency
    if frequency == Frequency.OFF:
        subscription.matches.filter(mail=None).delete()


def end_subscription(subscription_id: UUID) -> None:
    """Deletes a subscription with all that it has sent, and the address with its last subscription. Idempotent."""
    with transaction.atomic():
        subscription = Subscription.objects.select_related("subscriber").filter(pk=subscription_id).first()
        if subscription is None:
            return
        # The row is locked, so that of two simultaneous calls the later one finds the last subscription.
        subscriber = Subscriber.objects.select_for_update().get(pk=subscription.subscriber_id)
        subscription.delete()
        if not subscriber.subscriptions.exists():
            _delete_subscriber(subscriber)


def end_all(subscriber_id: UUID) -> None:
    """Deletes an address with all its subscriptions."""
    with transaction.atomic():
        if subscriber := Subscriber.objects.select_for_update().filter(pk=subscriber_id).first():
            _delete_subscriber(subscriber)


def change_address(old: str, new: str) -> None:
    """Lets the subscriptions of an address follow its owner to another confirmed one, which may have some already."""
    old, new = normalise_address(old), normalise_address(new)
    with transaction.atomic():
        subscribers = {one.address: one for one in Subscriber.objects.select_for_update().filter(address__in=[old, new])}
        if old == new or old not in subscribers:
            return
        if new not in subscribers:
            Subscriber.objects.filter(pk=subscribers[old].pk).update(address=new)
            return
        known = set(subscribers[new].subscriptions.values_list("digest", flat=True))
        room = MAX_SUBSCRIPTIONS - len(known)
        moved = subscribers[old].subscriptions.exclude(digest__in=known).order_by("created", "pk")
        keys = list(moved.values_list("pk", flat=True)[: max(room, 0)])
        Subscription.objects.filter(pk__in=keys).update(subscriber=subscribers[new])
        _delete_subscriber(subscribers[old])


def delete_old_requests(now: dt.datetime) -> int:
    """Deletes the requests whose link has expired."""
    return SubscriptionRequest.objects.filter(created__lte=now - dt.timedelta(hours=CONFIRM_HOURS)).delete()[0]


def _delete_subscriber(subscriber: Subscriber) -> None:
    SubscriptionRequest.objects.filter(address=subscriber.address, confirmed__isnull=False).delete()
    subscriber.delete()
