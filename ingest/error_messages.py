"""Why something failed, in the language of the one who reads it.

Rows keep a short reason, a colon and the facts, as programs and logs have them: "timeout: https://… did not answer in time".
The page says the reason in the reader's language, and quotes the facts as they are.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_UNREADABLE_PAGE = _("Strømmen svarte i en form vi ikke kan lese.")
_UNREADABLE_AD = _("Annonsens detaljer lar seg ikke lese.")
_PAGES = _("Sidene i strømmen henger ikke sammen.")
_TOKEN = _("NAV godtar ikke tokenet vårt.")
_DATABASE = _("Databasen svarte ikke.")

_SENTENCES: dict[str, Any] = {
    "connection": _("Det er ingen forbindelse til strømmen."),
    "timeout": _("Strømmen svarte ikke i tide."),
    "encoding": _UNREADABLE_PAGE,
    "not-json": _UNREADABLE_PAGE,
    "broken-json": _UNREADABLE_PAGE,
    "too-large": _("Svaret var større enn vi tar imot."),
    "redirect": _("Strømmen har flyttet seg, så NAV_FEED_URL kan være for gammel."),
    "404": _("Strømmen har det ikke."),
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
    "rebuild-failed": _("Den nye indeksen ble ikke tatt i bruk."),
    "unreadable-file": _("Filen er ikke som den skal være."),
    "silent": _("Prosessen tok slutt uten et ord."),
    "too-deep": _("Innholdet har for mange nivåer."),
    "not-closed": _("Annonsen lar seg ikke lukke."),
    "not-stored": _("Annonsen lar seg ikke lagre."),
    "expires": _("Annonsens siste dag er ingen dato."),
    "shape": _UNREADABLE_AD,
    "status": _UNREADABLE_AD,
    "uuid": _UNREADABLE_AD,
    "unreadable": _UNREADABLE_AD,
}
_BUG = re.compile(r"[A-Z][A-Za-z]+(Error|Exception|Exit|Interrupt)?$")  # the name of an exception's class


def told(stored: str) -> str:
    """What a row keeps of a failure, for a person; where the reason is none of ours, as it stands."""
    reason, _colon, facts = (part.strip() for part in stored.partition(":"))
    if reason == "removed":
        return gettext("Fjernet av %(who)s.") % {"who": facts}
    if reason in _SENTENCES:
        sentence = str(_SENTENCES[reason])
    elif reason.startswith("status-"):
        sentence = gettext("Strømmen svarte med feilkode %(status)s.") % {"status": reason.removeprefix("status-")}
    elif reason == "broker":
        sentence = gettext("Køen svarer ikke.")
    elif facts and _BUG.match(reason):
        sentence, facts = gettext("Det er en feil i programmet."), stored
    else:
        return stored
    return f"{sentence} ({facts.rstrip('.')})" if facts else sentence


def named(reason: str) -> str:
    """A short reason alone, for a list of them: several share a sentence, so the reason itself stands with it."""
    sentence = told(reason)
    return reason if sentence == reason else f"{sentence.rstrip('.')} ({reason})"
