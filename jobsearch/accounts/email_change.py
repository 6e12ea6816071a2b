"""Change of the account's e-mail address, by a code sent to the new one. Until the code is right, the old one is in use."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.core.internal.cryptokit import generate_user_code
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.http import HttpRequest

from jobsearch.saved.alerts.subscriptions import change_address
from jobsearch.saved.mail.recipients import get_address

from . import mails
from .adapter import AccountAdapter
from .login_codes import AddressTaken, confirm_address, find_user, is_taken

_STATE = "email_change"


class EmailChangeProcess(AbstractCodeVerificationProcess):  # type: ignore[misc]  # allauth's classes are untyped
    """One change of address, from the form to the right code. Its state is in the session."""

    def __init__(self, request: HttpRequest, user: User, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(
            max_attempts=settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS,
            timeout=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
            state=state,
            user=user,
        )

    def persist(self) -> None:
        self.request.session[_STATE] = self.state

    def abort(self) -> None:
        self.request.session.pop(_STATE, None)

    def send(self) -> None:
        """Sends the code; for the address of another account, a mail that says so. The page is the same for both."""
        email = self.state["email"]
        if is_taken(email) or find_user(email) not in {None, self.user}:
            mails.send("account/email/taken_address", email, {})
            return
        self.state["code"] = generate_user_code(**settings.ALLAUTH_USER_CODE_FORMAT)
        mails.send("account/email/new_address_code", email, {"code": self.state["code"]})

    def finish(self) -> None:
        """Uses the new address, and sends a mail about it to the old one. Raises AddressTaken."""
        self.abort()
        assert isinstance(self.user, User)  # noqa: S101 - for the type checker
        old = self.user.email
        proved = get_address(self.user)
        try:
            confirm_address(self.user, self.state["email"])
        except IntegrityError:  # another account has confirmed it in the meantime
            raise AddressTaken from None
        if proved:  # subscriptions of an address that others have typed are not the user's
            change_address(proved, self.state["email"])
        if old:
            AccountAdapter().send_notification_mail("account/email/email_changed", self.user, email=old)


def start_change(request: HttpRequest, user: User, email: str) -> None:
    """Begins a change of address and sends the mail. Raises AddressRefused and MailServerDown."""
    process = EmailChangeProcess(request, user, EmailChangeProcess.initial_state(user=user, email=email))
    process.send()
    process.persist()


def resume_change(request: HttpRequest, user: User) -> EmailChangeProcess | None:
    """The change that waits for its code in this session; None where there is none, or it is over after 15 minutes."""
    state = request.session.get(_STATE)
    if not state:
        return None
    process: EmailChangeProcess | None = EmailChangeProcess(request, user, state).abort_if_invalid()
    return process
