"""Delivery of recorded mails: what each answer of the mail server means, for alerts and reminders alike.

A mail is recorded before it is sent. What a crash or a lost connection leaves behind is a mail that may have been sent: it is
listed in the admin and not sent again, nor is what it contains.
"""

from __future__ import annotations

import datetime as dt
import enum
import logging
import smtplib
from abc import ABC, abstractmethod

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import translation

from jobsearch.core import logging as private_logs
from jobsearch.saved.models.outgoing_mail import OutgoingMail

from .connection import ReusedConnection, read_refusal
from .mails import MailServerDown, describe_error

log = logging.getLogger(__name__)
MAX_REFUSALS = 3
"""Permanent refusals of a mailbox in a row, a day apart, after which it gets no further mails: it no longer exists."""

WAIT_AFTER_REFUSAL = dt.timedelta(days=1)


class Outcome(enum.Enum):
    """What has become of a mail. UNKNOWN: it may have been sent."""

    SENT = enum.auto()
    POSTPONED = enum.auto()
    REFUSED = enum.auto()
    UNKNOWN = enum.auto()


class Delivery(ABC):
    """A recorded mail, and what each outcome changes besides the mail's own row."""

    mail: OutgoingMail
    language: str

    @abstractmethod
    def compose(self) -> EmailMultiAlternatives:
        """The mail, in the active language."""

    @abstractmethod
    def release(self) -> None:
        """Lets what the mail contains wait for another mail."""

    @abstractmethod
    def note_sent(self) -> None:
        """The server has accepted the mail."""

    @abstractmethod
    def note_postponed(self) -> None:
        """The mail was not sent, and can be sent later: set the moment of the next attempt."""

    @abstractmethod
    def note_refused(self, no_mailbox: bool) -> None:
        """The server has refused the mail for good. `no_mailbox`: because the mailbox does not exist."""

    @abstractmethod
    def note_unknown(self) -> None:
        """The mail may have been sent."""


def deliver(delivery: Delivery, connection: ReusedConnection) -> Outcome:
    """Sends a recorded mail and stores what has become of it. Raises MailServerDown; then nothing is left of the mail.

    `connection` is open: it was opened before the mail was recorded, so that a server that is down leaves nothing behind.
    """
    try:
        with translation.override(delivery.language):
            message = delivery.compose()
        message.message()  # raises for a header that no mail may have
    except Exception as error:
        # Nothing has been sent. One mail that fails must not stop the others.
        log.error("The mail %s could not be composed.\n%s", delivery.mail.pk, private_logs.format_places(error))
        return _postpone(delivery, error)
    try:
        connection.send(message)
    except smtplib.SMTPSenderRefused as error:  # the server accepts no mail of this site at all
        with transaction.atomic():
            delivery.release()
            delivery.mail.delete()
        raise MailServerDown(f"The mail server of EMAIL_URL refuses DEFAULT_FROM_EMAIL ({describe_error(error)}).") from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        connection.drop()
        refusal = read_refusal(error)
        if not refusal.permanent:
            return _postpone(delivery, error)
        delivery.mail.mark(OutgoingMail.State.REFUSED, describe_error(error))
        delivery.note_refused(refusal.no_mailbox)
        return Outcome.REFUSED
    except Exception as error:
        # The connection was lost, or timed out: perhaps after the server had accepted the mail.
        connection.drop()
        delivery.mail.mark(OutgoingMail.State.UNKNOWN, describe_error(error))
        delivery.note_unknown()
        return Outcome.UNKNOWN
    delivery.mail.mark(OutgoingMail.State.SENT)
    delivery.note_sent()
    return Outcome.SENT


def _postpone(delivery: Delivery, error: Exception) -> Outcome:
    with transaction.atomic():
        delivery.release()
        delivery.mail.mark(OutgoingMail.State.POSTPONED, describe_error(error))
        delivery.note_postponed()
    return Outcome.POSTPONED
