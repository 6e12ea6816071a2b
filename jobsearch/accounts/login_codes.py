"""Login by a code sent to an e-mail address. The same form signs up: the account is made when the code is right.

allauth's own process sends codes only to accounts that exist. Here an unknown address gets a code too while sign-up is open
(`SIGNUP`), and otherwise a mail that says so: each address gets one mail and one page, so that neither text nor time reveals
whether it has an account.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress, Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from . import mails
from .adapter import AccountAdapter
from .mailbox_proof import build_login_link
from .models import Preferences


class AddressTaken(Exception):
    """The address belongs to an account that may not log in: a disabled one."""


class LoginCodeProcess(LoginCodeVerificationProcess):  # type: ignore[misc]  # allauth's classes are untyped
    """One login by code, from the address to the right code. Its state is in the session."""

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        if self.user or self.state["may_sign_up"]:
            mails.send("account/email/login_code", email, {"code": self.generate_code(), "login_link": build_login_link(email)})
        else:
            mails.send("account/email/unknown_account", email, {})

    def finish(self, redirect_url: str | None) -> HttpResponse:
        """Logs in, after the right code; makes the account where there is none. Raises AddressTaken."""
        if not self.user:
            self._user = create_account(self.state["email"])
        elif not EmailAddress.objects.filter(user=self.user, verified=True).exists():
            confirm_address(self.user, self.state["email"])  # made before accounts had codes: an administrator typed its address
        response: HttpResponse = super().finish(redirect_url)
        return response


def start_login(request: HttpRequest, email: str, proof: str) -> None:
    """Begins a login by code and sends the mail. Raises AddressRefused and MailServerDown.

    `proof`: the token of a login mail's link, or "". Its attempts are counted by themselves (`mailbox_proof`).
    """
    clear_login(request)
    user = find_user(email)
    state = LoginCodeProcess.initial_state(user=user, email=email)
    state["initiated_by_user"] = True
    state["proof"] = proof
    state["may_sign_up"] = user is None and bool(settings.SIGNUP_OPEN) and not is_taken(email)
    login = Login(user=user, email=email)
    login.state["stages"] = {"current": LoginByCodeStage.key}
    stage = LoginByCodeStage(LoginStageController(request, login), request, login)
    stage.state.update(state)
    process = LoginCodeProcess(stage=stage)
    process.send()
    process.persist()


def resume_login(stage: Any) -> LoginCodeProcess | None:
    """The login by code of this session; None where it is over after its 15 minutes."""
    process: LoginCodeProcess | None = LoginCodeProcess(stage=stage).abort_if_invalid()
    return process


def find_user(email: str) -> User | None:
    """The active user with this address: the one who has confirmed it, else the one with the latest login."""
    confirmed = User.objects.filter(emailaddress__email__iexact=email, emailaddress__verified=True, is_active=True).first()
    if confirmed:
        return confirmed
    if is_taken(email):
        return None
    return User.objects.filter(email__iexact=email, is_active=True).order_by("-last_login", "pk").first()


def is_taken(email: str) -> bool:
    """Whether an account has confirmed this address, or a disabled account has it."""
    return (
        EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
        or User.objects.filter(email__iexact=email, is_active=False).exists()
    )


def create_account(email: str) -> User:
    """Makes the account of an address that has just been confirmed. Raises AddressTaken.

    Of two simultaneous calls, the later one returns the account of the first.
    """
    if is_taken(email) or find_user(email):
        return _find_existing(email)
    user = User(username=AccountAdapter().generate_unique_username([email]), email=email)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
            confirm_address(user, email)
            Preferences.objects.create(user=user, language=translation.get_language() or "")
    except IntegrityError:  # the unique address: another request has just made the account
        return _find_existing(email)
    return user


def _find_existing(email: str) -> User:
    user = find_user(email)
    if user is None:
        raise AddressTaken
    return user


def confirm_address(user: User, email: str) -> None:
    """Makes this confirmed address the user's only one. Raises IntegrityError where another account has it."""
    with transaction.atomic():
        EmailAddress.objects.filter(user=user).exclude(email=email).delete()
        EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
        User.objects.filter(pk=user.pk).update(email=email)
    user.email = email
