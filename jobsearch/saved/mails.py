"""Mails of subscriptions, as HTML and as text from the same content. They load nothing and track nothing."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .links import CONFIRM_HOURS, Purpose, build_link


class MailServerDown(Exception):
    """The mail server cannot be reached or refuses the connection. `str()` is a sentence for an administrator."""


class AddressRefused(Exception):
    """The mail server does not accept this address, and will not later."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class AdLine:
    """An ad in a mail."""

    title: str
    url: str
    details: str
    """Employer, place and deadline."""


@dataclass(frozen=True, slots=True)
class MailContent:
    """Content of a mail: paragraphs, ads, a button, and under a rule what one seldom needs."""

    subject: str
    heading: str
    paragraphs: Sequence[str] = ()
    ads: Sequence[AdLine] = ()
    button: Link | None = None
    notes: Sequence[str] = ()
    links: Sequence[Link] = field(default_factory=tuple)


def build_mail(address: str, content: MailContent, key: UUID, headers: Mapping[str, str]) -> EmailMultiAlternatives:
    """The message, in the active language. `key` becomes its Message-ID, by which a mail server's log names it."""
    message = EmailMultiAlternatives(
        content.subject,
        _render_text(content),
        to=[address],
        headers={"Message-ID": f"<{key}@{get_host()}>", "Auto-Submitted": "auto-generated", **headers},
    )
    context = {"content": content, "site_name": settings.SITE_NAME, "language": get_language()}
    message.attach_alternative(render_to_string("saved/mail.html", context), "text/html")
    return message


def get_host() -> str:
    """The site's host name, for identifiers in headers."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def build_confirmation(address: str, request_id: UUID) -> EmailMultiAlternatives:
    """The mail with the link that confirms a subscription.

    Without the search's text: anyone could send theirs to any address by it.
    """
    site = {"site": settings.SITE_NAME}
    content = MailContent(
        subject=_("Bekreft varselet ditt fra %(site)s") % site,
        heading=_("Bekreft varselet ditt"),
        paragraphs=[_("Noen, trolig du, har bedt om å få nye stillinger fra %(site)s på e-post til denne adressen.") % site],
        button=Link(_("Se varselet og bekreft"), build_link(Purpose.CONFIRM, request_id)),
        notes=[
            _("Lenken virker i %(hours)s timer, også på en annen enhet.") % {"hours": CONFIRM_HOURS},
            _("Var det ikke deg? Da trenger du ikke gjøre noe. Du får ingen varsler, og vi sletter adressen."),
        ],
    )
    return build_mail(address, content, request_id, {})


def send_now(message: EmailMultiAlternatives) -> None:
    """Send one mail. Raises AddressRefused and MailServerDown, without the address in the text."""
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _text in error.recipients.values()):
            raise AddressRefused from None
        raise MailServerDown(describe_error(error)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerDown(describe_error(error)) from None


def describe_error(error: BaseException) -> str:
    """The kind of an exception and the mail server's code. Not its text, which may repeat the address."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((one for one, _text in error.recipients.values()), default=None)
    return type(error).__name__ + (f" {code}" if code is not None else "")


def _render_text(content: MailContent) -> str:
    parts = [content.heading, *content.paragraphs]
    parts += [
        "\n".join(line for line in (f"* {ad.title}", f"  {ad.details}", f"  {ad.url}") if line.strip()) for ad in content.ads
    ]
    if content.button:
        parts.append(f"{content.button.label}:\n{content.button.url}")
    parts.append("-- ")
    parts += content.notes
    parts += [f"{link.label}: {link.url}" for link in content.links]
    return "\n\n".join(parts) + "\n"
