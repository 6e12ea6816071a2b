"""Presenter of reminders: the deadlines of a user's bookmarks as content of a mail, without contact information."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobsearch.saved.mail import mails
from jobsearch.saved.mail.links import Purpose, build_link
from jobsearch.saved.models import BookmarkSettings, ReminderMail
from jobsearch.vacancies.models import Vacancy
from jobsearch.vacancies.prepared_ads import complete_prepared

from . import dates
from .alert_mail import build_line

MAX_ADS_SHOWN = 20  # the others are on the page of bookmarks


def compose_reminder(own: BookmarkSettings, address: str, mail: ReminderMail, ads: Sequence[Vacancy]) -> EmailMultiAlternatives:
    """The mail with these ads, the earliest deadline first, in the active language."""
    shown = list(ads[:MAX_ADS_SHOWN])
    complete_prepared(shown)
    days = sorted({ad.application_due for ad in ads if ad.application_due})
    n = len(ads)
    if len(days) == 1:
        subject = ngettext("Frist %(day)s for %(n)s stilling", "Frist %(day)s for %(n)s stillinger", n)
    else:
        subject = ngettext("Frist snart for %(n)s stilling", "Frist snart for %(n)s stillinger", n)
    stop = build_link(Purpose.REMINDERS, own.reminder_key)
    content = mails.MailContent(
        subject=subject % {"n": n, "day": dates.format_day(days[0])},
        heading=subject % {"n": n, "day": dates.format_day(days[0])},
        paragraphs=[_("Du har lagret dette på %(site)s, og har ikke merket det som søkt.") % {"site": settings.SITE_NAME}],
        ads=[build_line(ad) for ad in shown],
        button=mails.Link(_("Se lagrede stillinger"), f"{settings.SITE_URL}{reverse('bookmarks')}"),
        notes=[_("Du får denne e-posten fordi du har bedt %(site)s om å minne deg på frister.") % {"site": settings.SITE_NAME}],
        links=[mails.Link(_("Stopp påminnelsene"), stop)],
    )
    headers = {
        "List-Id": f"<{own.reminder_key}.{mails.get_host()}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return mails.build_mail(address, content, mail.pk, headers)
