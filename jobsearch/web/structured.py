"""An active ad as schema.org's JobPosting, for search engines that show vacancies.

Only what is certain is said, and only of an ad that one can still apply for; an ad that lacks what a posting must have gets
none. A search engine keeps what it has read, so contacts are left out here, also where the ad's text names them.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from jobsearch.vacancies import deadlines, html, occupations, places, privacy
from jobsearch.vacancies.links import safe_link
from jobsearch.vacancies.models import Contact, Location, Vacancy
from jobsearch.vacancies.visibility import OSLO, oslo_day

from .lasting import Lasting

# Inside a script element these could end it; as escapes they mean the same in JSON. The last two end a line in JavaScript.
_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
_TAGS = frozenset("p br ul ol li h2 h3 h4 h5 h6 strong em b i".split())
_TAG = re.compile(r"(<[^>]*>)")

# `Heltid` is what the feed calls every ad that does not say part-time, so it is no claim of ours. `Fast` has no word there.
_EMPLOYMENT = {
    "Vikariat": "TEMPORARY",
    "Engasjement": "TEMPORARY",
    "Prosjekt": "TEMPORARY",
    "Åremål": "TEMPORARY",
    "Sesong": "TEMPORARY",
    "Feriejobb": "TEMPORARY",
    "Lærling": "INTERN",
    "Selvstendig næringsdrivende": "CONTRACTOR",
    "Frilanser": "CONTRACTOR",
    "Trainee": "OTHER",
    "Annet": "OTHER",
}


def script(data: dict[str, Any] | None) -> SafeString:
    """The data as an element of the page's head, "" for none. A block of data runs nothing, so the strict policy allows it."""
    if data is None:
        return SafeString("")
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


def posting(vacancy: Vacancy, contacts: Iterable[Contact], url: str, now: dt.datetime | None = None) -> dict[str, Any] | None:
    """The JobPosting of an active ad, or None where it lacks what one must have or its deadline has passed."""
    until, contacts = _valid_through(vacancy), list(contacts)
    lasting = Lasting(vacancy, contacts)
    where = [found for location in vacancy.locations.all() if (found := _place(location, lasting.address(location)))]
    description = _description(vacancy, contacts)
    required = (lasting.title, lasting.employer, description, where)
    if not all(required) or until <= (now or timezone.now()):
        return None
    levels = [(occupations.parent(job.path) or job.path, job.path) for job in vacancy.occupations.all()]
    levels = [(above, path) for above, path in levels if above != occupations.UNKNOWN]
    starts = deadlines.parse(vacancy.start_text, oslo_day(vacancy.published or vacancy.first_seen))
    optional = {
        "employmentType": _employment(vacancy),
        "totalJobOpenings": vacancy.position_count,
        "industry": list(dict.fromkeys(above for above, _ in levels)),
        "occupationalCategory": list(dict.fromkeys(occupations.label(path) for above, path in levels if path != above)),
        "jobStartDate": starts.isoformat() if starts else "",
    }
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": lasting.title,
        "description": description,
        "identifier": {"@type": "PropertyValue", "name": "arbeidsplassen.nav.no", "value": str(vacancy.uuid)},
        "url": url,
        "datePosted": _moment(vacancy.published or vacancy.first_seen),
        "validThrough": _moment(until),
        "hiringOrganization": _organisation(lasting.employer, vacancy.employer_homepage),
        "jobLocation": where,
        "directApply": False,
        **{name: value for name, value in optional.items() if value},
    }


def _valid_through(vacancy: Vacancy) -> dt.datetime:
    """The end of the deadline's day, or the ad's own end where that is sooner or the ad names no day."""
    due = vacancy.application_due
    if due is None or due >= oslo_day(vacancy.visible_until):
        return vacancy.visible_until
    return min(vacancy.visible_until, dt.datetime.combine(due + dt.timedelta(days=1), dt.time(), tzinfo=OSLO))


def _moment(value: dt.datetime) -> str:
    local = value.astimezone(OSLO) if dt.MINYEAR < value.year < dt.MAXYEAR else value
    return local.isoformat(timespec="seconds")


def _organisation(name: str, link: str) -> dict[str, Any]:
    homepage = safe_link(link)
    own = {"sameAs": homepage} if homepage.startswith(("http://", "https://")) else {}
    return {"@type": "Organization", "name": name, **own}


def _place(location: Location, street: str) -> dict[str, Any] | None:
    """A location as a place with an address; None where the feed names none but a country."""
    if not (location.path or location.city or location.postal_code):
        return None
    above, _, municipality = location.path.partition("/")
    abroad = above == places.ABROAD
    parts = {
        "streetAddress": street,
        "postalCode": location.postal_code,
        "addressLocality": places.label((location.city or ("" if abroad else municipality)).upper()),
        "addressRegion": "" if abroad else places.label(above),
    }
    country: object = ""
    if abroad and municipality:
        country = {"@type": "Country", "name": places.label(municipality)}
    elif places.is_norwegian(location.raw_country, location.path):
        country = "NO"
    filled = {name: value for name, value in {**parts, "addressCountry": country}.items() if value}
    address = {"@type": "PostalAddress", **filled}
    return {"@type": "Place", "address": address}


def _employment(vacancy: Vacancy) -> list[str]:
    kinds = ["PART_TIME"] if vacancy.extent == "Deltid" else []
    return [*kinds, *filter(None, [_EMPLOYMENT.get(vacancy.engagement)])]


def _description(vacancy: Vacancy, contacts: list[Contact]) -> str:
    """The ad's text with its paragraphs and lists, without links, e-mail addresses, phone numbers and contacts' names."""
    plain = html.keep_tags(vacancy.description, _TAGS)
    kept = " ".join(
        [vacancy.title, vacancy.employer_name, *(places.label(location.path) for location in vacancy.locations.all())]
    )
    parts = _TAG.split(plain)
    return "".join(part if part.startswith("<") else privacy.redact(part, contacts, kept) for part in parts).strip()
