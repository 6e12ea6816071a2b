"""Proof that a visitor reads a mailbox: a token in the link of each login mail.

Codes are limited by mailbox, so that a mailbox is not flooded. With this limit alone, anyone could use up a user's codes and
keep the user out. Requests with the token have a limit of their own: only a reader of the mailbox has the token. It does not
log anyone in.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core import signing
from django.http import QueryDict
from django.urls import reverse

from jobsearch.saved.mail.limits import fold_mailbox

PARAMETER = "key"
VALID = dt.timedelta(days=1)  # the time of the longest limit
_MAX_LENGTH = 100
_signer = signing.TimestampSigner(salt="jobsearch.accounts.mailbox_proof")


def build_login_link(address: str) -> str:
    """The link of a login mail. Without the address, which must not get into logs."""
    mailbox = fold_mailbox(address)
    token = _signer.sign(mailbox).removeprefix(f"{mailbox}:")
    return f"{settings.SITE_URL}{reverse('login')}?{PARAMETER}={token}"


def read_proof(values: QueryDict, address: str) -> str:
    """The token of a form or an address; "" where it was not sent to this mailbox within the last day."""
    token = read_token(values)
    try:
        _signer.unsign(f"{fold_mailbox(address)}:{token}", max_age=VALID)
    except signing.BadSignature:
        return ""
    return token


def read_token(values: QueryDict) -> str:
    """The token of a form or an address, unchecked: the address that it was sent to is not typed yet."""
    token = values.get(PARAMETER, "")
    return token if len(token) <= _MAX_LENGTH else ""
