"""Mails of accounts: login codes, and what was changed. Text and HTML are built like those of the alerts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from jobsearch.saved.mail.mails import AddressRefused, Link, MailContent, MailServerDown, build_mail, send_now

__all__ = ["CODE_MINUTES", "AddressRefused", "MailServerDown", "send"]

CODE_MINUTES = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60  # how long a code is valid


def send(kind: str, address: str, context: dict[str, Any]) -> None:
    """Sends a mail. `kind` is allauth's name of its template. Raises AddressRefused and MailServerDown."""
    send_now(build_mail(address, _CONTENTS[kind](context), uuid.uuid4(), {}))


def _describe_login_code(context: dict[str, Any]) -> MailContent:
    """The code is also in the subject: a phone shows it in its notification."""
    values = {"code": context["code"], "site": settings.SITE_NAME}
    if context.get("reauthentication"):
        heading = _("Bekreft at det er deg: %(code)s") % values
    else:
        heading = _("Koden din er %(code)s") % values
    notes, links = [], []
    if login_link := context.get("login_link"):
        notes = [_("Får du ikke flere koder fordi andre har bedt om for mange? Logg inn fra denne lenken. Den virker i et døgn.")]
        links = [Link(_("Logg inn"), login_link)]
    return MailContent(
        subject=_("%(code)s er koden din hos %(site)s") % values,
        heading=heading,
        paragraphs=[
            _("Skriv koden på siden der du ba om den. Den virker i %(minutes)s minutter.") % {"minutes": CODE_MINUTES},
            _("Gi den ikke til noen. Vi spør aldri etter den på telefon eller e-post."),
        ],
        notes=[_("Var det ikke deg? Da trenger du ikke gjøre noe: uten koden kommer ingen inn."), *notes],
        links=links,
    )


def _describe_unknown_account(context: dict[str, Any]) -> MailContent:
    site = {"site": settings.SITE_NAME}
    return MailContent(
        subject=_("Ingen konto hos %(site)s") % site,
        heading=_("Vi har ingen konto med denne adressen"),
        paragraphs=[
            _("Noen, trolig du, prøvde å logge inn hos %(site)s med denne adressen, men den hører ikke til noen konto.") % site,
            _("Har du konto med en annen adresse, logger du inn med den."),
        ],
        notes=[_("Var det ikke deg? Da trenger du ikke gjøre noe: ingenting er endret.")],
    )


def _describe_new_address_code(context: dict[str, Any]) -> MailContent:
    values = {"code": context["code"], "site": settings.SITE_NAME}
    return MailContent(
        subject=_("%(code)s bekrefter den nye adressen din hos %(site)s") % values,
        heading=_("Koden din er %(code)s") % values,
        paragraphs=[
            _("Skriv koden på kontosiden for å bruke denne adressen hos %(site)s. Den virker i %(minutes)s minutter.")
            % {**values, "minutes": CODE_MINUTES}
        ],
        notes=[_("Var det ikke deg? Da trenger du ikke gjøre noe: uten koden blir adressen ikke brukt.")],
    )


def _describe_taken_address(context: dict[str, Any]) -> MailContent:
    site = {"site": settings.SITE_NAME}
    return MailContent(
        subject=_("Adressen din har allerede en konto hos %(site)s") % site,
        heading=_("Denne adressen har allerede en konto"),
        paragraphs=[
            _("Noen, trolig du, prøvde å bruke adressen til en annen konto hos %(site)s. En adresse kan bare ha én konto.")
            % site,
            _("Vil du bruke adressen der, må du først slette kontoen som har den."),
        ],
        notes=[_("Var det ikke deg? Da trenger du ikke gjøre noe: ingenting er endret.")],
    )


def _describe_deletion(context: dict[str, Any]) -> MailContent:
    site = {"site": settings.SITE_NAME}
    return MailContent(
        subject=_("Kontoen din hos %(site)s er slettet") % site,
        heading=_("Kontoen din er slettet"),
        paragraphs=[
            _("Alt vi hadde om deg, er slettet: lagrede søk, lagrede stillinger, varsler og selve kontoen."),
            _("Dette er den siste e-posten fra oss."),
        ],
    )


def _describe_change(heading: str) -> MailContent:
    """A mail about a change that only the account's owner should have made."""
    site = {"site": settings.SITE_NAME}
    return MailContent(
        subject=f"{heading} – {settings.SITE_NAME}",
        heading=heading,
        paragraphs=[_("Dette gjelder kontoen din hos %(site)s.") % site],
        button=Link(_("Se kontoen din"), f"{settings.SITE_URL}{reverse('accounts:overview')}"),
        notes=[
            _("Var det ikke deg? Logg inn, logg ut alle andre enheter, og fjern passord og passnøkler som du ikke kjenner igjen.")
        ],
    )


_CONTENTS: dict[str, Callable[[dict[str, Any]], MailContent]] = {
    "account/email/login_code": _describe_login_code,
    "account/email/unknown_account": _describe_unknown_account,
    "account/email/new_address_code": _describe_new_address_code,
    "account/email/taken_address": _describe_taken_address,
    "account/email/account_deleted": _describe_deletion,
    "account/email/email_changed": lambda context: _describe_change(_("E-postadressen din er byttet")),
    "account/email/password_changed": lambda context: _describe_change(_("Passordet ditt er byttet")),
    "account/email/password_set": lambda context: _describe_change(_("Kontoen din har fått et passord")),
    "account/email/password_removed": lambda context: _describe_change(_("Passordet ditt er fjernet")),
    "account/email/second_step_removed": lambda context: _describe_change(
        _("Administrator har fjernet kodeappen og passnøklene dine")
    ),
    "mfa/email/recovery_codes_generated": lambda context: _describe_change(_("Du har fått nye reservekoder")),
    "mfa/email/totp_activated": lambda context: _describe_change(_("En kodeapp er koblet til kontoen din")),
    "mfa/email/totp_deactivated": lambda context: _describe_change(_("Kodeappen er koblet fra kontoen din")),
    "mfa/email/webauthn_added": lambda context: _describe_change(_("Kontoen din har fått en ny passnøkkel")),
    "mfa/email/webauthn_removed": lambda context: _describe_change(_("En passnøkkel er fjernet fra kontoen din")),
}
"""allauth's name of a mail, or a name of this site in the same form -> its content."""
