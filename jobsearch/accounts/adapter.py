"""Adapters of allauth: its texts, mails, user names and client addresses are those of this site."""

from __future__ import annotations

import logging
import secrets
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from jobsearch.core.client_address import get_client_address

from . import mails

log = logging.getLogger(__name__)

_WRONG_CODE = gettext_lazy("Koden er feil. Sjekk at du har skrevet alle sifrene.")
_TOO_MANY = gettext_lazy("For mange forsøk. Vent litt og prøv igjen.")

MESSAGES = {
    "account/messages/password_changed.txt": gettext_noop("Passordet er byttet."),
    "account/messages/password_set.txt": gettext_noop("Passordet er lagret."),
    "mfa/messages/recovery_codes_generated.txt": gettext_noop(
        "Her er reservekodene dine. Har du eldre koder, virker de ikke lenger."
    ),
    "mfa/messages/totp_activated.txt": gettext_noop("Kodeappen er koblet til."),
    "mfa/messages/totp_deactivated.txt": gettext_noop("Kodeappen er koblet fra."),
    "mfa/messages/webauthn_added.txt": gettext_noop("Passnøkkelen er lagt til."),
    "mfa/messages/webauthn_removed.txt": gettext_noop("Passnøkkelen er fjernet."),
}
"""allauth's message template -> the text shown. Its other messages say what the page shows anyway."""

METHODS = {
    "reauthenticate": gettext_noop("Bruk passordet"),
    "reauthenticate_by_code": gettext_noop("Få en kode på e-post"),
    "mfa_reauthenticate": gettext_noop("Bruk en kode fra kodeappen"),
    "mfa_reauthenticate:webauthn": gettext_noop("Bruk en passnøkkel"),
}
"""Ways to confirm who the user is, by allauth's name."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth's classes are untyped
    """Adapter of accounts."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _WRONG_CODE,
        "incorrect_password": gettext_lazy("Passordet er feil."),
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
        "enter_current_password": gettext_lazy("Passordet er feil."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return get_client_address(request) or "-"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGNUP_OPEN)

    def generate_unique_username(self, txts: list[str | None], regex: str | None = None) -> str:
        """A random name: user names are in the admin's history and in logs, where e-mail addresses must not be."""
        return f"bruker-{secrets.token_hex(6)}"

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whether a sensitive page asks the user to confirm who they are: not within 15 minutes of the login."""
        user = context.request.user
        records = get_authentication_records(context.request, user)
        limit = timezone.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not any(record.get("at", 0) > limit for record in records)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": _(METHODS[method["id"]])} for method in methods]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:overview")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends a mail of this site in place of allauth's template. Raises AddressRefused and MailServerDown."""
        mails.send(template_prefix, email, context)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Sends a mail about a change of the account. The change is made, so a mail server that is down is only logged."""
        if address := email or user.email:
            try:
                self.send_mail(template_prefix, address, context or {})
            except (mails.AddressRefused, mails.MailServerDown) as error:
                log.error("A mail about a change of an account could not be sent: check EMAIL_URL (%s).", error)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or (_(MESSAGES[message_template]) if message_template in MESSAGES else "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Adapter of passkeys, code apps and recovery codes."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _WRONG_CODE,
        "cannot_generate_recovery_codes": gettext_lazy("Legg til en kodeapp eller en passnøkkel først."),
        "unverified_email": gettext_lazy("Bekreft e-postadressen din først."),
        "rate_limited": _TOO_MANY,
    }

    def _get_site_name(self) -> str:
        return settings.SITE_NAME

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        # The browser shows both names where the user has several accounts.
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.email or user.get_username()}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passnøkkel %(number)s") % {"number": count + 1}
