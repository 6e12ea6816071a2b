"""Connection to the mail server for many mails, and what its refusals mean."""

from __future__ import annotations

import logging
import re
import smtplib
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from .mails import MailServerDown, describe_error

log = logging.getLogger(__name__)
PERMANENT = 500  # this code of SMTP and those above
_OK = 250
_OTHER_REASON = re.compile(rb"5\.(?!1\.|2\.1)")
"""Enhanced status codes (RFC 3463) of a refusal that is not about the mailbox: a block list (5.7.1) hits every address."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal by the server. `no_mailbox`: permanent, because the mailbox does not exist."""

    permanent: bool
    no_mailbox: bool


def _connect() -> BaseEmailBackend:
    connection: BaseEmailBackend = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerDown(f"The mail server of EMAIL_URL does not answer or refuses us ({describe_error(error)}).") from None
    return connection


class ReusedConnection:
    """Connection for many mails, a context manager: opened for the first mail, and again where the server has closed it."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> ReusedConnection:
        return self

    def __exit__(self, *_error: object) -> None:
        self.drop()

    def open(self) -> None:
        """Makes sure that the connection is open. Called before a mail is recorded. Raises MailServerDown."""
        if self._connection is not None and not _is_alive(self._connection):
            self.drop()
        if self._connection is None:
            self._connection = _connect()

    def send(self, message: EmailMultiAlternatives) -> None:
        """Sends one mail over the connection, which is open. Raises the exceptions of smtplib, and OSError."""
        if self._connection is None:
            raise RuntimeError("open() is called before send().")
        self._connection.send_messages([message])

    def drop(self) -> None:
        """Closes the connection. Its state is not known after an error."""
        if self._connection is not None:
            _close(self._connection)
            self._connection = None


def _is_alive(connection: BaseEmailBackend) -> bool:
    """Whether the server still answers: many close a connection after some mails, or after some idle seconds."""
    smtp = getattr(connection, "connection", None)  # backends without a server have none
    if not isinstance(smtp, smtplib.SMTP):
        return True
    try:
        return smtp.noop()[0] == _OK
    except (smtplib.SMTPException, OSError):
        return False


def _close(connection: BaseEmailBackend) -> None:
    """Closes a connection, also one that the server has closed."""
    try:
        connection.close()
    except (smtplib.SMTPException, OSError) as error:
        log.info("The connection to the mail server could not be closed (%s).", describe_error(error))


def read_refusal(error: smtplib.SMTPException) -> Refusal:
    """What the server's answer to the only recipient, or to the mail, says."""
    answers = list(error.recipients.values()) if isinstance(error, smtplib.SMTPRecipientsRefused) else []
    code, answer = answers[0] if answers else (getattr(error, "smtp_code", 0), getattr(error, "smtp_error", b""))
    text = answer if isinstance(answer, bytes) else str(answer).encode()
    permanent = code >= PERMANENT
    about_recipient = isinstance(error, smtplib.SMTPRecipientsRefused)
    return Refusal(permanent, permanent and about_recipient and not _OTHER_REASON.match(text))
