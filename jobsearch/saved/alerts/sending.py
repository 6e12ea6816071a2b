"""Sending of alert mails: which are due, what each contains, and what its outcome changes in the subscription."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from jobsearch.core.batches import batched
from jobsearch.core.keyset import iterate_batches
from jobsearch.core.leases import Lease
from jobsearch.saved import sharing
from jobsearch.saved.bookmarks.hidden import read_hidden
from jobsearch.saved.frequencies import Frequency, compute_cutoff
from jobsearch.saved.mail import limits
from jobsearch.saved.mail.connection import ReusedConnection
from jobsearch.saved.mail.delivery import MAX_REFUSALS, WAIT_AFTER_REFUSAL, Delivery, Outcome, deliver
from jobsearch.saved.mail.mails import MailServerDown
from jobsearch.saved.mail.recipients import find_users
from jobsearch.saved.models import AlertMail, AlertMatch, Subscription
from jobsearch.search import api as search
from jobsearch.vacancies.models import Vacancy

from . import matching, pauses, subscriptions

MAX_ADS_SHOWN = 20  # of a mail; the others are on the page that it links to
LEASE_NAME, LEASE_SECONDS = "alerts", 300
_AD_BATCH = 500
_FIRST_RETRY, _LONGEST_RETRY = dt.timedelta(minutes=5), dt.timedelta(days=1)

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

    def count(self, delivery: _AlertDelivery, outcome: Outcome) -> None:
        """Counts a mail and what has become of it."""
        if outcome is Outcome.SENT:
            self.sent += 1
            self.sent_ads += delivery.mail.ads
        elif outcome is Outcome.POSTPONED:
            self.postponed += 1
        elif outcome is Outcome.REFUSED:
            self.refused += 1
            self.ended += delivery.ended
        else:
            self.unknown += 1


class _AlertDelivery(Delivery):
    """An alert mail of one subscription. `ended`: its mailbox was refused too often, and the subscription is deleted."""

    mail: AlertMail

    def __init__(
        self, mail: AlertMail, subscription: Subscription, shown: Sequence[Vacancy], now: dt.datetime, compose: Compose
    ) -> None:
        self.mail, self.subscription, self.shown, self.now = mail, subscription, shown, now
        self.language, self.ended = subscription.subscriber.language, False
        self._compose = compose

    def compose(self) -> EmailMultiAlternatives:
        return self._compose(self.subscription, self.mail.pk, self.shown, self.mail.ads)

    def release(self) -> None:
        AlertMatch.objects.filter(mail=self.mail).update(mail=None)

    def note_sent(self) -> None:
        self._update(last_sent=self.now, refusals=0, retry_at=None)

    def note_unknown(self) -> None:
        self._update(last_sent=self.now)

    def note_postponed(self) -> None:
        """The next attempt waits twice as long after each failure."""
        postponed = AlertMail.objects.filter(subscription=self.subscription, state=AlertMail.State.POSTPONED)
        since = self.subscription.last_sent or self.subscription.created
        failures = postponed.filter(created__gt=since).exclude(pk=self.mail.pk).count()
        self._update(retry_at=self.now + min(_FIRST_RETRY * 2 ** min(failures, 10), _LONGEST_RETRY))

    def note_refused(self, no_mailbox: bool) -> None:
        """The next mail is tried a day later; after some refusals of the mailbox the subscription ends."""
        refusals = self.subscription.refusals + no_mailbox
        if no_mailbox and refusals >= MAX_REFUSALS:
            subscriptions.end_subscription(self.subscription.pk)
            self.ended = True
            return
        self._update(refusals=refusals, retry_at=self.now + WAIT_AFTER_REFUSAL)

    def _update(self, **values: object) -> None:
        Subscription.objects.filter(pk=self.subscription.pk).update(**values)


def send_alerts(now: dt.datetime, compose: Compose) -> Report:
    """Compares the new ads with the subscriptions, then sends the mails that are due. Raises LeaseHeld.

    Neither an engine nor a mail server that is down stops the other half; the report names them.
    """
    with Lease(LEASE_NAME, seconds=LEASE_SECONDS) as lease:
        report = Report(unknown=AlertMail.mark_unfinished())
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


def _send_due(now: dt.datetime, compose: Compose, report: Report, lease: Lease) -> None:
    """Sends the mails that are due, over one connection. Raises MailServerDown."""
    with ReusedConnection() as connection:
        for subscription in _iterate_due(now):
            lease.renew_if_due()
            connection.open()
            if recorded := _record_mail(subscription, now):
                mail, shown = recorded
                delivery = _AlertDelivery(mail, subscription, shown, now, compose)
                report.count(delivery, deliver(delivery, connection))


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


def _record_mail(subscription: Subscription, now: dt.datetime) -> tuple[AlertMail, list[Vacancy]] | None:
    """Records a mail with the waiting ads that may be shown now, and the ads that it shows; None where there are none.

    The other ads have ended, or an administrator or the subscriber has hidden them: they are no news any more.
    """
    moment = max(now, timezone.now())  # a long run can pass midnight, when ads end
    waiting = AlertMatch.objects.filter(subscription=subscription, mail=None)
    uuids = list(waiting.order_by("-first_seen", "pk").values_list("vacancy_uuid", flat=True))
    active: list[UUID] = []
    hidden = _read_hidden(subscription.subscriber.address)
    visibility = Vacancy.objects.only("uuid", "status", "visible_until", "employer_orgnr", "employer_name")
    for chunk in batched(uuids, _AD_BATCH):
        rows = visibility.list_active(chunk, moment)
        active += [row.uuid for row in rows if not hidden.hides(row.uuid, row.employer_orgnr, row.employer_name)]
    mail = AlertMail(subscription=subscription, created=now, ads=len(active))
    kept = set(active)
    try:
        with transaction.atomic():
            if active:
                mail.save(force_insert=True)
            for chunk in batched(uuids, _AD_BATCH):
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
    return read_hidden([user])[user] if user else search.HiddenAds()
