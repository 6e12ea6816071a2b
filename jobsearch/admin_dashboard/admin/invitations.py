"""Invitations of users: an account with a role for an e-mail address, and a mail that explains how to log in."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from jobsearch.accounts.adapter import AccountAdapter
from jobsearch.accounts.roles import ROLE_LABELS, Role, set_role
from jobsearch.saved.mail import mails
from jobsearch.saved.mail.addresses import normalise_address
from jobsearch.saved.mail.mails import Link, MailContent


def invite(address: str, role: Role) -> User:
    """Makes an account without a password for an address, with this role. Raises `ValidationError` if there is one already.

    The user name is random: names are in the admin's history and in logs, where addresses must not be.
    """
    address = normalise_address(address)  # as the login looks for it
    with transaction.atomic():
        if User.objects.filter(email__iexact=address).exists():
            raise ValidationError(_("Det finnes allerede en bruker med denne adressen."))
        user = User.objects.create_user(AccountAdapter().generate_unique_username([address]), address)
        set_role(user, role)
    return user


def send_invitation(user: User, role: Role | None) -> None:
    """Sends the invitation, in the site's language. Raises `AddressRefused`, `MailServerDown`."""
    with translation.override(settings.LANGUAGE_CODE):
        site = {"site": settings.SITE_NAME}
        label = ROLE_LABELS[role] if role else ""
        content = MailContent(
            subject=_("Du er invitert til %(site)s") % site,
            heading=_("Du er invitert til %(site)s") % site,
            paragraphs=[
                _("Du har fått en konto hos %(site)s, med rollen %(role)s.") % {**site, "role": str(label).lower()}
                if label
                else _("Du har fått en konto hos %(site)s.") % site,
                _("Logg inn med e-postadressen din. Du får en kode på e-post, og trenger ikke noe passord."),
            ],
            button=Link(_("Logg inn"), f"{settings.SITE_URL}{reverse(settings.LOGIN_URL)}"),
            notes=[_("Kom dette uventet? Da trenger du ikke gjøre noe.")],
        )
        message = mails.build_mail(user.email, content, uuid4(), {})
    mails.send_now(message)
