"""Pause of the subscriptions of an address that has been inactive for 90 days, announced a week before.

Activity is a link of a mail that was opened, or the use of an account with the address. Mail scanners open links too: that makes
a pause later, never earlier. There are no tracking pixels.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone, translation

from jobsearch.core.prefetch import is_prefetch
from jobsearch.saved.frequencies import Frequency
from jobsearch.saved.mail import mails
from jobsearch.saved.mail.connection import ReusedConnection
from jobsearch.saved.models import AlertMatch, Subscriber, Subscription

log = logging.getLogger(__name__)
INACTIVE, NOTICE = dt.timedelta(days=90), dt.timedelta(days=7)
_RECORD_EVERY = dt.timedelta(hours=1)  # a visitor who reads page after page is recorded once
_RETRY = dt.timedelta(hours=1)


def record_activity(*, address: str = "", subscriber_id: UUID | None = None) -> None:
    """Records that the mails of an address are read. Cancels an announced pause; one that has begun continues."""
    now = timezone.now()
    if subscriber_id or address:
        subscribers = Subscriber.objects.filter(pk=subscriber_id) if subscriber_id else Subscriber.objects.filter(address=address)
        due = Q(last_sign__lt=now - _RECORD_EVERY) | Q(pause_announced__isnull=False)
        subscribers.filter(due, paused=None).update(last_sign=now, pause_announced=None)


def record_opened_link(request: HttpRequest, subscriber_id: UUID) -> None:
    """Records that a link of a mail was opened, unless the page is only prefetched."""
    if request.method == "GET" and not is_prefetch(request):
        record_activity(subscriber_id=subscriber_id)


def resume(subscriber_id: UUID) -> None:
    """Ends the pause of an address. Each subscription has its frequency again; ads of the meantime are not sent."""
    now = timezone.now()
    with transaction.atomic():
        paused = Subscriber.objects.filter(pk=subscriber_id).exclude(paused=None)
        if paused.update(paused=None, pause_announced=None, last_sign=now):
            Subscription.objects.filter(subscriber_id=subscriber_id).update(resumed=now)


def pause_inactive(now: dt.datetime) -> int:
    """Pauses the addresses whose pause was announced a week ago, without activity since. Returns their number."""
    announced = Subscriber.objects.filter(paused=None, pause_announced__lte=now - NOTICE, last_sign__lte=now - INACTIVE)
    paused = 0
    for subscriber_id in list(announced.values_list("pk", flat=True)):
        with transaction.atomic():
            if announced.filter(pk=subscriber_id).update(paused=now):  # no activity since the list was read
                AlertMatch.objects.filter(subscription__subscriber_id=subscriber_id, mail=None).delete()
                paused += 1
    return paused


def announce_pauses(now: dt.datetime, on_mail: Callable[[], None]) -> int:
    """Announces the pause to each address that has been inactive for long enough. Returns the number of mails.

    The announcement is recorded before it is sent, so that none is sent twice. `on_mail` is called before each. Raises
    MailServerDown.
    """
    subscribers = list(_list_inactive(now))
    sent = 0
    with ReusedConnection() as connection:
        for subscriber in subscribers:
            on_mail()
            connection.open()  # before one is recorded: a server that is down leaves nothing behind
            sent += _announce(subscriber, now, connection)
    return sent


def _list_inactive(now: dt.datetime) -> QuerySet[Subscriber]:
    sending = Subscription.objects.filter(subscriber=OuterRef("pk")).exclude(frequency=Frequency.OFF)
    refused = Subscription.objects.filter(subscriber=OuterRef("pk"), retry_at__gt=now)
    inactive = Subscriber.objects.filter(paused=None, pause_announced=None, last_sign__lte=now - (INACTIVE - NOTICE))
    return inactive.filter(Exists(sending), ~Exists(refused)).order_by("pk")


def _announce(subscriber: Subscriber, now: dt.datetime, connection: ReusedConnection) -> bool:
    """Sends the announcement; whether it was sent. If the server refuses it for now, it is sent again in an hour."""
    if not Subscriber.objects.filter(pk=subscriber.pk, pause_announced=None).update(pause_announced=now):
        return False
    with translation.override(subscriber.language):
        message = mails.build_pause_notice(subscriber.address, subscriber.pk, now + NOTICE)
    try:
        mails.send_now(message, connection.send)
    except mails.AddressRefused:
        return False
    except mails.MailServerDown as error:
        if error.may_have_been_sent:
            log.warning("Whether the announcement of a pause was sent is not known (%s).", error)
        else:
            Subscriber.objects.filter(pk=subscriber.pk, pause_announced=now).update(pause_announced=None)
            Subscription.objects.filter(subscriber=subscriber).update(retry_at=now + _RETRY)
        return False
    return True
