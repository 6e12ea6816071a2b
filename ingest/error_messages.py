"""Error messages: renders a stored error (code and detail) in the reader's language.

The database keeps `error_code` ("timeout") and `error_detail` ("https://… did not answer in time"). The code is translated
into a sentence when it is shown; the detail is English, for programs and logs, and is quoted as it is.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_UNREADABLE_PAGE = _("Strømmen svarte i en form vi ikke kan lese.")
_UNREADABLE_AD = _("Annonsens detaljer lar seg ikke lese.")
_PAGES = _("Sidene i strømmen henger ikke sammen.")
_TOKEN = _("NAV godtar ikke tokenet vårt.")
_DATABASE = _("Databasen svarte ikke.")

SENTENCES: dict[str, Any] = {
    "connection": _("Det er ingen forbindelse til strømmen."),
    "timeout": _("Strømmen svarte ikke i tide."),
    "encoding": _UNREADABLE_PAGE,
    "not-json": _UNREADABLE_PAGE,
    "broken-json": _UNREADABLE_PAGE,
    "too-large": _("Svaret var større enn vi tar imot."),
    "redirect": _("Strømmen har flyttet seg, så NAV_FEED_URL kan være for gammel."),
    "404": _("Finnes ikke hos NAV (404)."),
    "page-gone": _PAGES,
    "loop": _PAGES,
    "next_id": _PAGES,
    "since-ignored": _PAGES,
    "empty": _("Strømmen, som før hadde linjer, er tom."),
    "unauthorized": _TOKEN,
    "same-token": _("Det offentlige tokenet er utløpt, og NAV deler fortsatt ut det samme."),
    "no-token": _("NAV deler ikke ut noe token nå."),
    "outage": _("Strømmen svarer ikke når vi spør om annonser."),
    "mass-404": _("Så mange annonser manglet på en gang at vi ikke tror det. Ingen annonse er lukket for det."),
    "404-unproved": _("Strømmen sier at den ikke har annonsen, men ingenting viser at strømmen er frisk."),
    "format": _("Detaljene i strømmen kommer i en annen form enn før, så ingen annonse er lukket for det."),
    "lease-held": _("Noen andre leser strømmen nå."),
    "lease-lost": _("Noen andre overtok lesingen av strømmen."),
    "wrong-origin": _("Databasen hører til en annen strøm."),
    "database": _DATABASE,
    "database-down": _DATABASE,
    "database-locked": _("Databasen var opptatt for lenge."),
    "disk-full": _("Disken er full."),
    "not-migrated": _("Databasen mangler tabellene våre."),
    "checks": _("Innstillingene er ikke i orden."),
    "engine-down": _("Søkemotoren svarer ikke."),
    "index-held": _("En annen prosess skriver indeksen nå."),
    "alerts-held": _("En annen prosess sender varsler nå."),
    "rebuild-failed": _("Den nye indeksen ble ikke tatt i bruk."),
    "unreadable-file": _("Filen er ikke som den skal være."),
    "no-previous": _("Det finnes ingen forrige indeks."),
    "no-address": _("Brukeren din har ingen e-postadresse."),
    "mail": _("E-postserveren tok ikke imot meldingen."),
    "silent": _("Prosessen ble avbrutt uten feilmelding."),
    "too-deep": _("Innholdet har for mange nivåer."),
    "not-closed": _("Annonsen lar seg ikke lukke."),
    "not-stored": _("Annonsen lar seg ikke lagre."),
    "expires": _("Annonsens siste dag er ingen dato."),
    "shape": _UNREADABLE_AD,
    "status": _UNREADABLE_AD,
    "uuid": _UNREADABLE_AD,
    "unreadable": _UNREADABLE_AD,
    "broker": _("Køen svarer ikke."),
    "bug": _("Det er en feil i programmet."),
}


def describe_error(code: str, detail: str) -> str:
    """The error as text for a person; "" where there is none. An unknown code is shown as it is stored."""
    if code == "removed":
        return gettext("Fjernet av %(who)s.") % {"who": detail}
    if code == "stopped":
        return gettext("Stoppet av %(who)s.") % {"who": detail}
    sentence = _translate_code(code)
    if not sentence:
        return f"{code}: {detail}" if code and detail else code or detail
    return f"{sentence} ({detail.rstrip('.')})" if detail else sentence


def describe_code(code: str) -> str:
    """A code alone, for a list of codes: several share a sentence, so the code itself is added."""
    sentence = _translate_code(code)
    return f"{sentence.rstrip('.')} ({code})" if sentence else code


def _translate_code(code: str) -> str:
    if code.startswith("status-"):  # the HTTP status is part of the code
        return gettext("Strømmen svarte med feilkode %(status)s.") % {"status": code.removeprefix("status-")}
    return str(SENTENCES.get(code, ""))
