"""Mails of subscriptions, as HTML and as text from the same content. They load nothing and track nothing."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from jobsearch.core import failures
from jobsearch.vacancies.visibility import OSLO

from .links import CONFIRM_HOURS, INVITATION_DAYS, Purpose, build_link


class MailServerDown(Exception):
    """The mail server cannot be reached, or refuses a mail for now. `str()` is a sentence for an administrator."""

    may_have_been_sent = False
    """Whether the connection was lost after a mail was begun."""


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
    """Content of a mail: paragraphs, ads, a button, and below a line what is rarely needed."""

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


def build_pause_notice(address: str, subscriber_id: UUID, pause: dt.datetime) -> EmailMultiAlternatives:
    """The mail that announces the pause of an address's subscriptions."""
    site = {"site": settings.SITE_NAME}
    day = date_format(pause.astimezone(OSLO), pgettext("datoformat", "l j. F"))
    content = MailContent(
        subject=_("Vil du fortsatt ha varsler fra %(site)s?") % site,
        heading=_("Vil du fortsatt ha varsler?"),
        paragraphs=[
            _("Det er lenge siden du åpnet en av e-postene med nye stillinger. %(day)s setter vi varslene dine på pause.")
            % {"day": day[:1].upper() + day[1:]},
            _("Åpne lenken, så fortsetter de som før."),
        ],
        button=Link(_("Fortsett varslene"), build_link(Purpose.MANAGE, subscriber_id)),
        notes=[_("Vil du ikke ha flere varsler, trenger du ikke gjøre noe. Med lenken kan du også stoppe dem helt.")],
    )
    return build_mail(address, content, uuid4(), {})


def build_invitation(address: str, invitation_id: UUID, inviter: str) -> EmailMultiAlternatives:
    """The mail that invites a colleague to a saved search.

    Without the search's name and text: anyone could send theirs to any address by it.
    """
    names = {"site": settings.SITE_NAME, "inviter": inviter}
    content = MailContent(
        subject=_("%(inviter)s vil dele et søk med deg på %(site)s") % names,
        heading=_("Et søk er delt med deg"),
        paragraphs=[_("%(inviter)s vil dele et lagret søk med deg på %(site)s.") % names],
        button=Link(_("Se søket"), build_link(Purpose.INVITE, invitation_id)),
        notes=[
            _("Lenken virker i %(days)s dager. Du logger inn med denne adressen, og velger selv om du vil ha søket.")
            % {"days": INVITATION_DAYS},
            _("Kjenner du ikke avsenderen, trenger du ikke gjøre noe."),
        ],
    )
    return build_mail(address, content, invitation_id, {})


def send_now(message: EmailMultiAlternatives, send: Callable[[EmailMultiAlternatives], object] | None = None) -> None:
    """Sends one mail. Raises AddressRefused and MailServerDown, without the address in the text.

    Also stores whether the mail server works: on a site without alerts no other mails show it. `send`: over an open connection.
    """
    try:
        send(message) if send else message.send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _text in error.recipients.values()):
            raise AddressRefused from None
        raise MailServerDown(describe_error(error)) from None
    except (smtplib.SMTPException, OSError) as error:
        if not isinstance(error, smtplib.SMTPDataError | smtplib.SMTPNotSupportedError):  # these are about this mail alone
            failures.note_failure(failures.MAIL, f"The mail server of EMAIL_URL fails ({describe_error(error)}).")
        down = MailServerDown(describe_error(error))
        down.may_have_been_sent = not isinstance(error, smtplib.SMTPResponseException | ConnectionRefusedError)
        raise down from None
    failures.note_success(failures.MAIL)


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
