"""Reminders of deadlines by mail, two days ahead, for users who have chosen them. Each is recorded before it is sent.

A user gets one mail a day with all deadlines. What a crash or a lost connection leaves behind is a mail that may have been sent:
it is listed in the admin and not sent again (docs/decisions/0042-bookmarks-in-accounts.md).
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation

from jobsearch.core import logging as private_logs
from jobsearch.core.leases import Lease
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.visibility import OSLO, get_oslo_date

from .bookmark_models import Bookmark, BookmarkSettings, Reminder, ReminderMail
from .bookmark_states import State
from .frequencies import SENDING_HOUR
from .mail_connection import ReusedConnection, read_refusal
from .mails import MailServerDown, describe_error
from .recipients import list_addresses

log = logging.getLogger(__name__)
DAYS_AHEAD = 2
MAX_REFUSALS = 3
"""Refusals of the mailbox in a row, a day apart, after which reminders are switched off."""
KEPT_DAYS = 60  # after the deadline, or after the mail
LEASE_NAME, LEASE_SECONDS = "reminders", 300
_RETRY, _RETRY_REFUSED = dt.timedelta(hours=1), dt.timedelta(days=1)
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


def send_reminders(now: dt.datetime, compose: Compose) -> Report:
    """Send the reminders that are due. Raises LeaseHeld. A mail server that is down is named in the report."""
    if not (BookmarkSettings.objects.filter(remind=True).exists() or ReminderMail.objects.exists()):
        return Report()  # the usual case, each minute: no user has chosen reminders
    with Lease(LEASE_NAME, seconds=LEASE_SECONDS) as lease:
        unfinished = ReminderMail.objects.filter(state=ReminderMail.State.SENDING)
        report = Report(unknown_reminders=unfinished.update(state=ReminderMail.State.UNKNOWN, error="interrupted"))
        _delete_old(min(now, timezone.now()))
        try:
            with ReusedConnection() as connection:
                for user, address, bookmarks in _iterate_due(now):
                    lease.renew_if_due()
                    if not _send_one(user, address, bookmarks, now, compose, connection.get(), report):
                        connection.drop()
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
    last = today + dt.timedelta(days=DAYS_AHEAD if now >= _at_sending_hour(today) else DAYS_AHEAD - 1)
    near = Vacancy.objects.active(now).filter(application_due__gte=today, application_due__lte=last)
    deadlines = {uuid: due for uuid, due in near.values_list("uuid", "application_due") if due}
    found: dict[int, list[Bookmark]] = defaultdict(list)
    uuids = list(deadlines)
    for start in range(0, len(uuids), _AD_BATCH):
        batch = uuids[start : start + _AD_BATCH]
        done = set(Reminder.objects.filter(vacancy_uuid__in=batch).values_list("owner_id", "vacancy_uuid", "deadline"))
        rows = Bookmark.objects.filter(vacancy_uuid__in=batch, state=State.INTERESTED)
        for bookmark in rows.filter(Exists(chosen.filter(owner=OuterRef("owner")))):
            deadline = deadlines[bookmark.vacancy_uuid]
            due_from = _at_sending_hour(deadline - dt.timedelta(days=DAYS_AHEAD))
            # Bookmarked within the two days: its owner has just seen the deadline.
            if bookmark.created < due_from and (bookmark.owner_id, bookmark.vacancy_uuid, deadline) not in done:
                found[bookmark.owner_id].append(bookmark)
    users = sorted(found)
    for start in range(0, len(users), _USER_BATCH):
        addresses = list_addresses(users[start : start + _USER_BATCH])
        for own in BookmarkSettings.objects.filter(owner_id__in=addresses, remind=True).order_by("owner_id"):
            yield own, addresses[own.owner_id], found[own.owner_id]


def _send_one(
    own: BookmarkSettings,
    address: str,
    bookmarks: Sequence[Bookmark],
    now: dt.datetime,
    compose: Compose,
    connection: BaseEmailBackend,
    report: Report,
) -> bool:
    """Send one mail. Whether the connection can be used for the next."""
    recorded = _record_mail(own, bookmarks, now)
    if recorded is None:
        return True
    mail, ads = recorded
    try:
        with translation.override(own.language):
            message = compose(own, address, mail, ads)
        message.message()  # raises for a header that no mail may have
    except Exception as error:
        # Nothing has been sent. One user whose mail fails must not stop the others.
        log.error("The reminder %s could not be composed.\n%s", mail.pk, private_logs.format_places(error))
        _postpone(mail, own, now, describe_error(error))
        report.postponed_reminders += 1
        return True
    try:
        connection.send_messages([message])
    except smtplib.SMTPSenderRefused as error:  # the server accepts no mail of this site at all
        mail.delete()
        raise MailServerDown(f"The mail server of EMAIL_URL refuses DEFAULT_FROM_EMAIL ({describe_error(error)}).") from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        _handle_refusal(mail, own, now, error, report)
        return False
    except Exception as error:
        # The connection was lost, or timed out: perhaps after the server had accepted the mail.
        ReminderMail.objects.filter(pk=mail.pk).update(state=ReminderMail.State.UNKNOWN, error=describe_error(error))
        report.unknown_reminders += 1
        return False
    ReminderMail.objects.filter(pk=mail.pk).update(state=ReminderMail.State.SENT)
    BookmarkSettings.objects.filter(pk=own.pk).update(refusals=0, retry_at=None)
    report.reminders += 1
    return True


def _record_mail(
    own: BookmarkSettings, bookmarks: Sequence[Bookmark], now: dt.datetime
) -> tuple[ReminderMail, list[Vacancy]] | None:
    """Record a mail with its deadlines, of ads that may be shown now; None where there are none, or it is recorded already."""
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


def _handle_refusal(
    mail: ReminderMail, own: BookmarkSettings, now: dt.datetime, error: smtplib.SMTPException, report: Report
) -> None:
    """The server has not accepted the mail. A temporary refusal is tried again while the deadline is ahead."""
    refusal = read_refusal(error)
    if not refusal.permanent:
        _postpone(mail, own, now, describe_error(error))
        report.postponed_reminders += 1
        return
    report.refused_reminders += 1
    ReminderMail.objects.filter(pk=mail.pk).update(state=ReminderMail.State.REFUSED, error=describe_error(error))
    refusals = own.refusals + refusal.no_mailbox
    BookmarkSettings.objects.filter(pk=own.pk).update(
        refusals=refusals, retry_at=now + _RETRY_REFUSED, remind=refusals < MAX_REFUSALS
    )


def _postpone(mail: ReminderMail, own: BookmarkSettings, now: dt.datetime, error: str) -> None:
    with transaction.atomic():
        mail.reminders.all().delete()
        ReminderMail.objects.filter(pk=mail.pk).update(state=ReminderMail.State.POSTPONED, error=error)
        BookmarkSettings.objects.filter(pk=own.pk).update(retry_at=now + _RETRY)


def _delete_old(now: dt.datetime) -> None:
    Reminder.objects.filter(deadline__lt=get_oslo_date(now) - dt.timedelta(days=KEPT_DAYS)).delete()
    ReminderMail.objects.filter(created__lt=now - dt.timedelta(days=KEPT_DAYS)).delete()


def _at_sending_hour(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(SENDING_HOUR), tzinfo=OSLO)
