"""Limits of confirmation mails: an address cannot be flooded, nor the mail server used by one sender.

Counted are keyed hashes of the address and of the sender's network address, for a day.
"""

from __future__ import annotations

import datetime as dt
import enum

from django.utils import timezone
from django.utils.crypto import salted_hmac

from jobsearch.saved.models import ConfirmationMail

A_DAY_TO_ADDRESS = 3
AN_HOUR_BY_SENDER = 10  # an office behind one address
KEPT = dt.timedelta(days=1)
_SENDER_WINDOW = dt.timedelta(hours=1)
_WITHOUT_DOTS = {"gmail.com", "googlemail.com"}


class Limit(enum.Enum):
    """Which limit a request is over."""

    NONE = enum.auto()
    ADDRESS = enum.auto()
    SENDER = enum.auto()


def count_request(address: str, sender: str | None) -> tuple[Limit, ConfirmationMail]:
    """Counts a request for a confirmation mail, and says whether it is over a limit.

    The row is written before rows are counted, so that simultaneous requests pass no limit. A request over the address's limit
    counts for its sender only: otherwise continued requests would prolong the limit without end.
    """
    now = timezone.now()
    row = ConfirmationMail.objects.create(
        address_hash=_hash("address", fold_mailbox(address)), sender_hash=_hash("sender", sender or ""), sent=now
    )
    if sender is not None:
        by_sender = ConfirmationMail.objects.filter(sender_hash=row.sender_hash, sent__gt=now - _SENDER_WINDOW)
        if by_sender.count() > AN_HOUR_BY_SENDER:
            row.delete()
            return Limit.SENDER, row
    to_address = ConfirmationMail.objects.filter(address_hash=row.address_hash, sent__gt=now - KEPT)
    if to_address.count() > A_DAY_TO_ADDRESS:
        ConfirmationMail.objects.filter(pk=row.pk).update(address_hash="")
        return Limit.ADDRESS, row
    return Limit.NONE, row


def delete_old_counts(now: dt.datetime) -> int:
    """Deletes the counts of mails sent more than a day ago."""
    return ConfirmationMail.objects.filter(sent__lte=now - KEPT).delete()[0]


def fold_mailbox(address: str) -> str:
    """One form of the addresses of a mailbox: "kari+jobb@example.no" is delivered to "kari@example.no"."""
    local, _, domain = address.lower().rpartition("@")
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '') if domain in _WITHOUT_DOTS else local}@{domain}"


def _hash(kind: str, value: str) -> str:
    return salted_hmac(f"jobsearch.saved.limits.{kind}", value, algorithm="sha256").hexdigest()
