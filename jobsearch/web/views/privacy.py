"""Privacy page: what is kept, how long, and how a person asks to be removed."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from jobsearch.core.jobs import KEPT
from jobsearch.saved.mail.links import CONFIRM_HOURS
from jobsearch.search.usage import KEPT_DAYS as USAGE_DAYS
from jobsearch.vacancies.tasks import TOMBSTONE_DAYS
from jobsearch.web import login_limits


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy page."""
    return render(
        request,
        "web/privacy.html",
        {"contact": find_contact(), "kept": list_kept(), "about": reverse("web:about")},
    )


def find_contact() -> str:
    """The address for requests: PRIVACY_CONTACT, or else the first of ADMINS; "" for none."""
    given = settings.PRIVACY_CONTACT or next((address for _name, address in settings.ADMINS), "")
    return parseaddr(given)[1]


def list_kept() -> list[tuple[str, str]]:
    """What is kept and for how long, from the settings in use."""
    return [
        (
            _("Kontaktpersoner, tekst og lenker i en annonse"),
            _("Til annonsen tar slutt. Da slettes de i løpet av noen minutter."),
        ),
        (_("Tittel, arbeidsgiver, sted og datoer"), _days(settings.RETENTION_DAYS, _("etter at annonsen tok slutt"))),
        (_("Nummeret til en annonse som er borte"), _days(TOMBSTONE_DAYS, _("etter at den tok slutt"))),
        (_("E-postadresse og søk i et varsel"), _("Til du sier det opp.")),
        (
            _("En forespørsel om varsel som ikke ble bekreftet"),
            ngettext("%(n)s time", "%(n)s timer", CONFIRM_HOURS) % {"n": CONFIRM_HOURS},
        ),
        (_("Konto, de ti siste søkene, lagrede søk, lagrede og skjulte stillinger"), _("Til du sletter dem, eller kontoen.")),
        (
            _("Antall søk per filter, og ord som ikke ga treff, uten hvem som søkte"),
            _days(USAGE_DAYS, _("etter siste søk")),
        ),
        (_("Mislykkede innlogginger: brukernavn, IP-adresse og tidspunkt"), _days(login_limits.KEPT_DAYS, "")),
        (_("Nøkkelhash av det en person har bedt oss fjerne"), _("Til personen ber om noe annet.")),
        (_("Nettstedets egen logg over jobber"), _days(KEPT.days, "")),
    ]


def _days(number: int, after: str) -> str:
    return f"{ngettext('%(n)s dag', '%(n)s dager', number) % {'n': number}} {after}".strip() + ("." if after else "")
