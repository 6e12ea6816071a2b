"""SMTP server of the tests: a real one, which accepts, refuses, hangs up or waits as a test decides."""

from __future__ import annotations

import asyncio
import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.ports import free_port


class Mailbox:
    """Handler of the server. `messages`: what it has accepted. `refuse_recipient`, `refuse_data`: answers instead of "250 OK".

    `hang_up`: address of a recipient whose mail is accepted, but the connection is closed before the answer.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.refuse_sender = ""
        self.refuse_recipient: dict[str, str] = {}
        self.refuse_data = ""
        self.hang_up = ""
        self.per_connection = 0
        """Mails after which the server closes a connection; 0 for no limit."""

        self.hold_at = ""
        """"RCPT" or "DATA": at that command the server does not answer until `hold_at` is changed."""

        self.is_holding = threading.Event()

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]):
        self.connections += 1
        session.host_name = hostname
        session.taken = 0
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        await self._hold("RCPT")
        if refused := self.refuse_recipient.get(address):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse_data:
            return self.refuse_data
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append(message)
        self.recipients += envelope.rcpt_tos
        await self._hold("DATA")
        if self.hang_up in envelope.rcpt_tos:
            server.transport.abort()
        session.taken += 1
        return "250 OK"

    async def _hold(self, command: str) -> None:
        while self.hold_at == command:
            self.is_holding.set()
            await asyncio.sleep(0.02)

    async def handle_NOOP(self, server: SMTP, session: Session, envelope: Envelope, arg: str) -> str:
        if self.per_connection and session.taken >= self.per_connection:
            server.transport.abort()
        return "250 OK"


@contextmanager
def run_server(mailbox: Mailbox) -> Iterator[int]:
    """The server on a free port, which is yielded."""
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
