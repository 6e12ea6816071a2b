"""Reminders of deadlines by mail, two days ahead, for users who have chosen them.

A user gets one mail a day with all deadlines (docs/decisions/0042-bookmarks-in-accounts.md).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from jobsearch.core.batches import batched
from jobsearch.core.leases import Lease
from jobsearch.saved.bookmark_states import State
from jobsearch.saved.frequencies import at_sending_hour
from jobsearch.saved.mail.connection import ReusedConnection
from jobsearch.saved.mail.delivery import MAX_REFUSALS, WAIT_AFTER_REFUSAL, Delivery, Outcome, deliver
from jobsearch.saved.mail.mails import MailServerDown
from jobsearch.saved.mail.recipients import list_addresses
from jobsearch.saved.models import Bookmark, BookmarkSettings, Reminder, ReminderMail
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import get_oslo_date

DAYS_AHEAD = 2
KEPT_DAYS = 60  # after the deadline, or after the mail
LEASE_NAME, LEASE_SECONDS = "reminders", 300
_RETRY = dt.timedelta(hours=1)
_AD_BATCH, _USER_BATCH = 500, 200

Compose = Callable[[BookmarkSettings, str, ReminderMail, Sequence[Vacancy]], EmailMultiAlternatives]
"""Builds a mail from the user's settings, the address, the record of the mail, and the ads, the earliest deadline first."""


@dataclass
class Report:
    """Result of a run. `unknown` counts mails of which it is not known whether they were sent, also those of earlier runs."""

    reminders: int = 0
    refused_reminders: int = 0
    postponed_reminders: int = 0
    unknown_reminders: int = 0
    mail_error: str = ""

    @property
    def failed(self) -> int:
        return self.refused_reminders + self.postponed_reminders + self.unknown_reminders

    def count(self, outcome: Outcome) -> None:
        """Counts a mail and what has become of it."""
        if outcome is Outcome.SENT:
            self.reminders += 1
        elif outcome is Outcome.POSTPONED:
            self.postponed_reminders += 1
        elif outcome is Outcome.REFUSED:
            self.refused_reminders += 1
        else:
            self.unknown_reminders += 1


class _ReminderDelivery(Delivery):
    """A mail with the deadlines of one user. What is postponed is tried again while the deadline is ahead."""

    mail: ReminderMail

    def __init__(
        self,
        mail: ReminderMail,
        ads: Sequence[Vacancy],
        own: BookmarkSettings,
        address: str,
        now: dt.datetime,
        compose: Compose,
    ) -> None:
        self.mail, self.own, self.ads, self.address, self.now = mail, own, ads, address, now
        self.language = own.language
        self._compose = compose

    def compose(self) -> EmailMultiAlternatives:
        return self._compose(self.own, self.address, self.mail, self.ads)

    def release(self) -> None:
        Reminder.objects.filter(mail=self.mail).delete()

    def note_sent(self) -> None:
        self._update(refusals=0, retry_at=None)

    def note_unknown(self) -> None:
        """Nothing to change: its deadlines are recorded, so that no other mail has them."""

    def note_postponed(self) -> None:
        self._update(retry_at=self.now + _RETRY)

    def note_refused(self, no_mailbox: bool) -> None:
        """The next mail is tried a day later; after some refusals of the mailbox reminders are switched off."""
        refusals = self.own.refusals + no_mailbox
        self._update(refusals=refusals, retry_at=self.now + WAIT_AFTER_REFUSAL, remind=refusals < MAX_REFUSALS)

    def _update(self, **values: object) -> None:
        BookmarkSettings.objects.filter(pk=self.own.pk).update(**values)


def send_reminders(now: dt.datetime, compose: Compose) -> Report:
    """Sends the reminders that are due. Raises LeaseHeld. A mail server that is down is named in the report."""
    if not (BookmarkSettings.objects.filter(remind=True).exists() or ReminderMail.objects.exists()):
        return Report()  # the usual case, each minute: no user has chosen reminders
    with Lease(LEASE_NAME, seconds=LEASE_SECONDS) as lease:
        report = Report(unknown_reminders=ReminderMail.mark_unfinished())
        _delete_old(min(now, timezone.now()))
        try:
            with ReusedConnection() as connection:
                for user, address, bookmarks in _iterate_due(now):
                    lease.renew_if_due()
                    connection.open()
                    if recorded := _record_mail(user, bookmarks, now):
                        report.count(deliver(_ReminderDelivery(*recorded, user, address, now, compose), connection))
        except MailServerDown as error:
            report.mail_error = str(error)
    return report


def _iterate_due(now: dt.datetime) -> Iterator[tuple[BookmarkSettings, str, list[Bookmark]]]:
    """Users with bookmarks of ads whose deadline is near, with their address.

    The search begins with the ads, of which some hundred have a deadline within two days, not with all bookmarks.
    """
    chosen = BookmarkSettings.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), remind=True)
    if not chosen.exists():
        return
    today = get_oslo_date(now)
    last = today + dt.timedelta(days=DAYS_AHEAD if now >= at_sending_hour(today) else DAYS_AHEAD - 1)
    near = Vacancy.objects.active(now).filter(application_due__gte=today, application_due__lte=last)
    deadlines = {uuid: due for uuid, due in near.values_list("uuid", "application_due") if due}
    found: dict[int, list[Bookmark]] = defaultdict(list)
    for batch in batched(deadlines, _AD_BATCH):
        done = set(Reminder.objects.filter(vacancy_uuid__in=batch).values_list("owner_id", "vacancy_uuid", "deadline"))
        rows = Bookmark.objects.filter(vacancy_uuid__in=batch, state=State.INTERESTED)
        for bookmark in rows.filter(Exists(chosen.filter(owner=OuterRef("owner")))):
            deadline = deadlines[bookmark.vacancy_uuid]
            due_from = at_sending_hour(deadline - dt.timedelta(days=DAYS_AHEAD))
            # Bookmarked within the two days: its owner has just seen the deadline.
            if bookmark.created < due_from and (bookmark.owner_id, bookmark.vacancy_uuid, deadline) not in done:
                found[bookmark.owner_id].append(bookmark)
    for users in batched(sorted(found), _USER_BATCH):
        addresses = list_addresses(users)
        for own in BookmarkSettings.objects.filter(owner_id__in=addresses, remind=True).order_by("owner_id"):
            yield own, addresses[own.owner_id], found[own.owner_id]


def _record_mail(
    own: BookmarkSettings, bookmarks: Sequence[Bookmark], now: dt.datetime
) -> tuple[ReminderMail, list[Vacancy]] | None:
    """Records a mail with its deadlines, of ads that may be shown now; None where there are none, or it is recorded already."""
    moment = max(now, timezone.now())
    ads = Vacancy.objects.for_lists().list_active([bookmark.vacancy_uuid for bookmark in bookmarks], moment)
    dated = sorted((ad.application_due, ad.pk, ad) for ad in ads if ad.application_due)
    if not dated:
        return None
    mail = ReminderMail(owner_id=own.owner_id, created=now)
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
            Reminder.objects.bulk_create(
                Reminder(owner_id=own.owner_id, vacancy_uuid=uuid, deadline=due, mail=mail) for due, uuid, _ad in dated
            )
    except IntegrityError:  # the user is deleted meanwhile
        return None
    return mail, [ad for _due, _uuid, ad in dated]


def _delete_old(now: dt.datetime) -> None:
    Reminder.objects.filter(deadline__lt=get_oslo_date(now) - dt.timedelta(days=KEPT_DAYS)).delete()
    ReminderMail.objects.filter(created__lt=now - dt.timedelta(days=KEPT_DAYS)).delete()
