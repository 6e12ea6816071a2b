"""Sending of alert mails: each is recorded before it is sent, so that none is sent twice.

What a crash or a lost connection leaves behind is a mail that may have been sent. It is listed in the admin and not sent again,
nor are its ads.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation

from jobsearch.core import logging as private_logs
from jobsearch.core.keyset import iterate_batches
from jobsearch.core.leases import Lease
from jobsearch.search import api as search
from jobsearch.vacancies.models import Vacancy

from . import limits, matching, pauses, sharing, subscriptions
from .frequencies import Frequency, compute_cutoff
from .hidden import read_hidden
from .mail_connection import ReusedConnection, read_refusal
from .mails import MailServerDown, describe_error
from .models import AlertMail, AlertMatch, Subscription
from .recipients import find_users

log = logging.getLogger(__name__)
MAX_ADS_SHOWN = 20  # of a mail; the others are on the page that it links to
LEASE_NAME, LEASE_SECONDS = "alerts", 300
_AD_BATCH = 500
_FIRST_RETRY, _LONGEST_RETRY = dt.timedelta(minutes=5), dt.timedelta(days=1)
MAX_REFUSALS = 3
"""Permanent refusals in a row, a day apart, after which a subscription ends: the mailbox no longer exists."""

Compose = Callable[[Subscription, UUID, Sequence[Vacancy], int], EmailMultiAlternatives]
"""Builds a mail from a subscription, the mail's id, the ads to show and the number of all."""


@dataclass
class Report:
    """Result of a run. `unknown` counts mails of which it is not known whether they were sent, also those of earlier runs.

    `announced`, `paused`: inactive addresses.
    """

    ads: int = 0
    matches: int = 0
    sent: int = 0
    sent_ads: int = 0
    refused: int = 0
    postponed: int = 0
    unknown: int = 0
    ended: int = 0
    announced: int = 0
    paused: int = 0
    engine_error: str = ""
    mail_error: str = ""

    @property
    def failed(self) -> int:
        return self.refused + self.postponed + self.unknown


def send_alerts(now: dt.datetime, compose: Compose) -> Report:
    """Compare the new ads with the subscriptions, then send the mails that are due. Raises LeaseHeld.

    Neither an engine nor a mail server that is down stops the other half; the report names them.
    """
    with Lease(LEASE_NAME, seconds=LEASE_SECONDS) as lease:
        report = Report(unknown=_mark_unfinished())
        clock = min(now, timezone.now())  # a run for a later moment deletes nothing before its time
        subscriptions.delete_old_requests(clock)
        limits.delete_old_counts(clock)
        matching.delete_old_matches(clock)
        sharing.delete_old_invitations(clock)
        report.paused = pauses.pause_inactive(clock)
        try:
            matched = matching.match_new_ads(now, lease.renew_if_due)
            report.ads, report.matches = matched.ads, matched.matches
        except search.EngineDown as error:
            report.engine_error = str(error)
        try:
            _send_due(now, compose, report, lease)
            report.announced = pauses.announce_pauses(clock, lease.renew_if_due)
        except MailServerDown as error:
            report.mail_error = str(error)
    return report


def _mark_unfinished() -> int:
    """Mails that a run which has ended was sending: whether the server has accepted them is not known."""
    return AlertMail.objects.filter(state=AlertMail.State.SENDING).update(state=AlertMail.State.UNKNOWN, error="interrupted")


def _send_due(now: dt.datetime, compose: Compose, report: Report, lease: Lease) -> None:
    """Send the mails that are due, over one connection. Raises MailServerDown."""
    with ReusedConnection() as connection:
        for subscription in _iterate_due(now):
            lease.renew_if_due()
            if not _send_one(subscription, now, compose, connection.get(), report):
                connection.drop()


def _iterate_due(now: dt.datetime) -> Iterator[Subscription]:
    """The subscriptions with ads first seen before the cutoff of their frequency, without a mail since that cutoff."""
    due = Q(pk__in=[])
    for frequency in (Frequency.INSTANT, Frequency.DAILY, Frequency.WEEKLY):
        cutoff = compute_cutoff(frequency, now)
        waiting = AlertMatch.objects.filter(subscription=OuterRef("pk"), mail=None, first_seen__lte=cutoff)
        one = Q(Exists(waiting), frequency=frequency)
        if frequency != Frequency.INSTANT:
            one &= Q(last_sent=None) | Q(last_sent__lt=cutoff)
        due |= one
    rows = Subscription.objects.list_active().filter(due, Q(retry_at=None) | Q(retry_at__lte=now)).select_related("subscriber")
    for batch in iterate_batches(rows, 200):
        yield from batch


def _send_one(
    subscription: Subscription, now: dt.datetime, compose: Compose, connection: BaseEmailBackend, report: Report
) -> bool:
    """Send the waiting ads of one subscription. Whether the connection can be used for the next mail."""
    recorded = _record_mail(subscription, now)
    if recorded is None:
        return True
    mail, shown = recorded
    try:
        with translation.override(subscription.subscriber.language):
            message = compose(subscription, mail.pk, shown, mail.ads)
        message.message()  # raises for a header that no mail may have
    except Exception as error:
        # Nothing has been sent. One subscription that fails must not stop the others.
        log.error("The mail %s could not be composed.\n%s", mail.pk, private_logs.format_places(error))
        _postpone(mail, subscription, now, describe_error(error))
        report.postponed += 1
        return True
    try:
        connection.send_messages([message])
    except smtplib.SMTPSenderRefused as error:  # the server accepts no mail of this site at all
        _release(mail)
        raise MailServerDown(f"The mail server of EMAIL_URL refuses DEFAULT_FROM_EMAIL ({describe_error(error)}).") from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        _handle_refusal(mail, subscription, now, error, report)
        return False
    except Exception as error:
        # The connection was lost, or timed out: perhaps after the server had accepted the mail.
        AlertMail.objects.filter(pk=mail.pk).update(state=AlertMail.State.UNKNOWN, error=describe_error(error))
        Subscription.objects.filter(pk=subscription.pk).update(last_sent=now)
        report.unknown += 1
        return False
    AlertMail.objects.filter(pk=mail.pk).update(state=AlertMail.State.SENT)
    Subscription.objects.filter(pk=subscription.pk).update(last_sent=now, refusals=0, retry_at=None)
    report.sent += 1
    report.sent_ads += mail.ads
    return True


def _record_mail(subscription: Subscription, now: dt.datetime) -> tuple[AlertMail, list[Vacancy]] | None:
    """Record a mail with the waiting ads that may be shown now, and the ads that it shows; None where there are none.

    The other ads have ended, or an administrator or the subscriber has hidden them: they are no news any more.
    """
    moment = max(now, timezone.now())  # a long run can pass midnight, when ads end
    waiting = AlertMatch.objects.filter(subscription=subscription, mail=None)
    uuids = list(waiting.order_by("-first_seen", "pk").values_list("vacancy_uuid", flat=True))
    active: list[UUID] = []
    hidden = _read_hidden(subscription.subscriber.address)
    visibility = Vacancy.objects.only("uuid", "status", "visible_until", "employer_orgnr", "employer_name")
    for start in range(0, len(uuids), _AD_BATCH):
        rows = visibility.list_active(uuids[start : start + _AD_BATCH], moment)
        active += [row.uuid for row in rows if not hidden.hides(row.uuid, row.employer_orgnr, row.employer_name)]
    mail = AlertMail(subscription=subscription, created=now, ads=len(active))
    kept = set(active)
    try:
        with transaction.atomic():
            if active:
                mail.save(force_insert=True)
            for start in range(0, len(uuids), _AD_BATCH):
                chunk = uuids[start : start + _AD_BATCH]
                waiting.filter(vacancy_uuid__in=[uuid for uuid in chunk if uuid in kept]).update(mail=mail)
                waiting.filter(vacancy_uuid__in=[uuid for uuid in chunk if uuid not in kept]).delete()
    except IntegrityError:  # the subscription has ended meanwhile
        return None
    if not active:
        return None
    return mail, Vacancy.objects.for_lists().list_active(active[:MAX_ADS_SHOWN], moment)


def _read_hidden(address: str) -> search.HiddenAds:
    """What the user with this confirmed address has hidden from their results."""
    user = find_users([address]).get(address)
    return read_hidden([user])[user] if user else search.NOTHING_HIDDEN


def _handle_refusal(
    mail: AlertMail, subscription: Subscription, now: dt.datetime, error: smtplib.SMTPException, report: Report
) -> None:
    """The server has not accepted the mail. A temporary refusal is tried again later, with its ads.

    After a permanent one the next mail is tried a day later; after some of them the subscription ends.
    """
    refusal = read_refusal(error)
    if not refusal.permanent:
        _postpone(mail, subscription, now, describe_error(error))
        report.postponed += 1
        return
    report.refused += 1
    if refusal.no_mailbox and subscription.refusals + 1 >= MAX_REFUSALS:
        subscriptions.end_subscription(subscription.pk)
        report.ended += 1
        return
    AlertMail.objects.filter(pk=mail.pk).update(state=AlertMail.State.REFUSED, error=describe_error(error))
    refusals = subscription.refusals + 1 if refusal.no_mailbox else subscription.refusals
    Subscription.objects.filter(pk=subscription.pk).update(refusals=refusals, retry_at=now + _LONGEST_RETRY)


def _release(mail: AlertMail) -> None:
    """Let the ads of a mail that has not been sent wait again."""
    with transaction.atomic():
        AlertMatch.objects.filter(mail=mail).update(mail=None)
        mail.delete()


def _postpone(mail: AlertMail, subscription: Subscription, now: dt.datetime, error: str) -> None:
    """Let the ads of a mail wait again: twice as long after each failure."""
    postponed = AlertMail.objects.filter(subscription=subscription, state=AlertMail.State.POSTPONED)
    failures = postponed.filter(created__gt=subscription.last_sent or subscription.created).count()
    wait = min(_FIRST_RETRY * 2 ** min(failures, 10), _LONGEST_RETRY)
    with transaction.atomic():
        AlertMatch.objects.filter(mail=mail).update(mail=None)
        AlertMail.objects.filter(pk=mail.pk).update(state=AlertMail.State.POSTPONED, error=error)
        Subscription.objects.filter(pk=subscription.pk).update(retry_at=now + wait)
