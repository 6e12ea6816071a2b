"""Presenter of alert mails: the ads of a subscription as content of a mail.

A mail outlives its ads, so it contains no contact information: texts are redacted, and a deadline in the employer's own words is
left out.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobsearch.saved.descriptions import summarise_query
from jobsearch.saved.mail import mails
from jobsearch.saved.mail.links import Purpose, build_link
from jobsearch.saved.models import Subscription
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import complete_prepared, get_prepared

from . import ad_rows, dates, letter_case
from .redacted import RedactedAd

MAX_SUBJECT = 100  # characters of the search in a subject


def compose_alert(subscription: Subscription, mail_id: UUID, ads: Sequence[Vacancy], total: int) -> EmailMultiAlternatives:
    """The mail with these ads, in the active language. `total`: how many there are on the page that it links to."""
    complete_prepared(ads)
    name = Truncator(summarise_query(subscription.query) or _("Alle stillinger")).chars(MAX_SUBJECT)
    subject = ngettext("%(n)s ny: %(search)s", "%(n)s nye: %(search)s", total) % {"n": total, "search": name}
    heading = ngettext("%(n)s ny stilling", "%(n)s nye stillinger", total) % {"n": total}
    stop = build_link(Purpose.STOP, subscription.pk)
    content = mails.MailContent(
        subject=subject,
        heading=heading,
        paragraphs=[_("Søket ditt: %(search)s") % {"search": name}],
        ads=[build_line(ad) for ad in ads],
        button=mails.Link(
            _("Se stillingen") if total == 1 else _("Se alle %(n)s") % {"n": total}, build_link(Purpose.ADS, mail_id)
        ),
        notes=[_("Du får denne e-posten fordi du har bedt %(site)s om å varsle deg.") % {"site": settings.SITE_NAME}],
        links=[
            mails.Link(_("Endre hvor ofte, eller se alle varslene dine"), build_link(Purpose.MANAGE, subscription.subscriber_id)),
            mails.Link(_("Stopp varselet"), stop),
        ],
    )
    headers = {
        "List-Id": f"<{subscription.pk}.{mails.get_host()}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return mails.build_mail(subscription.subscriber.address, content, mail_id, headers)


def build_line(vacancy: Vacancy) -> mails.AdLine:
    """An ad in a few words, for copies that outlive it: without contact information, and with its deadline as a date."""
    title, employer = _redact(vacancy)
    places = html.unescape(ad_rows.format_places(vacancy))  # escaped for pages; without a search nothing is marked in it
    details = [letter_case.restore_employer(employer), places, _format_deadline(vacancy)]
    return mails.AdLine(
        title or _("Stilling uten tittel"),
        f"{settings.SITE_URL}{reverse('web:ad', args=[vacancy.uuid])}",
        " · ".join(part for part in details if part),
    )


def _format_deadline(vacancy: Vacancy) -> str:
    """The deadline as a date: "3 days left" would be wrong when the mail is read."""
    if vacancy.application_due:
        return _("Frist %(day)s") % {"day": dates.format_day(vacancy.application_due)}
    deadline = dates.format_deadline(vacancy)
    return deadline.slot if deadline else ""


def _redact(vacancy: Vacancy) -> tuple[str, str]:
    """Title and employer without contact information."""
    prepared = get_prepared(vacancy)
    if prepared is None:
        redacted = RedactedAd(vacancy, list(vacancy.contacts.all()))
        return redacted.title, redacted.employer
    title = prepared.redactions.get(vacancy.title)
    employer = prepared.redactions.get(vacancy.employer_name, vacancy.employer_name)
    return ad_rows.restore_title(vacancy) if title is None else title, employer
