"""An active ad as schema.org's JobPosting, for search engines that show vacancies.

Only what is certain is said, and only of an ad that one can still apply for; an ad that lacks what a posting must have gets
none. A search engine keeps what it has read, so contacts are left out here, also where the ad's text names them.
"""

from __future__ import annotations

import datetime as dt
import html
import itertools
import re
from collections import deque
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from django.utils import timezone
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe

from jobsearch.taxonomy import occupations, places
from jobsearch.vacancies import deadlines
from jobsearch.vacancies.html import keep_tags
from jobsearch.vacancies.links import sanitise_link
from jobsearch.vacancies.models import Contact, Location, Vacancy
from jobsearch.vacancies.visibility import OSLO, get_oslo_date

from .redacted import Lasting

_TAGS = frozenset("p br ul ol li h2 h3 h4 h5 h6 strong em b i".split())
_TAG = re.compile(r"(<[^<>]*>)")  # none of them keeps an attribute
_INLINE = re.compile(r"</?(?:strong|em|b|i)>")

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
    element = json_script(data)  # escapes what could end the element, and all that is not ASCII
    return mark_safe(element.replace("application/json", "application/ld+json", 1))  # noqa: S308 - the kind alone is changed


def posting(vacancy: Vacancy, contacts: Iterable[Contact], url: str, now: dt.datetime | None = None) -> dict[str, Any] | None:
    """The JobPosting of an active ad, or None where it lacks what one must have or its deadline has passed."""
    until, lasting = _valid_through(vacancy), Lasting(vacancy, list(contacts))
    where = [found for location in vacancy.locations.all() if (found := _place(location, lasting))]
    description = _description(lasting)
    required = (lasting.title, lasting.employer, description, where)
    if not all(required) or until <= (now or timezone.now()):
        return None
    levels = [(occupations.get_parent(job.path) or job.path, job.path) for job in vacancy.occupations.all()]
    levels = [(above, path) for above, path in levels if above != occupations.UNKNOWN]
    starts = deadlines.parse_deadline(vacancy.start_text, get_oslo_date(vacancy.published or vacancy.first_seen))
    optional = {
        "employmentType": _employment(vacancy),
        "totalJobOpenings": vacancy.position_count,
        "industry": list(dict.fromkeys(above for above, _ in levels)),
        "occupationalCategory": list(dict.fromkeys(occupations.get_label(path) for above, path in levels if path != above)),
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
        "hiringOrganization": _organisation(lasting),
        "jobLocation": where,
        "directApply": False,
        **{name: value for name, value in optional.items() if value},
    }


def _valid_through(vacancy: Vacancy) -> dt.datetime:
    """The end of the deadline's day, or the ad's own end where that is sooner or the ad names no day."""
    due = vacancy.application_due
    if due is None or due >= get_oslo_date(vacancy.visible_until):
        return vacancy.visible_until
    return min(vacancy.visible_until, dt.datetime.combine(due + dt.timedelta(days=1), dt.time(), tzinfo=OSLO))


def _moment(value: dt.datetime) -> str:
    local = value.astimezone(OSLO) if dt.MINYEAR < value.year < dt.MAXYEAR else value
    return local.isoformat(timespec="seconds")


def _organisation(lasting: Lasting) -> dict[str, Any]:
    homepage = sanitise_link(lasting.vacancy.employer_homepage)
    own = homepage.startswith(("http://", "https://")) and not lasting.redactor.find_spans(unquote(homepage))
    return {"@type": "Organization", "name": lasting.employer, **({"sameAs": homepage} if own else {})}


def _place(location: Location, lasting: Lasting) -> dict[str, Any] | None:
    """A location as a place with an address; None where the feed names none but a country."""
    if not (location.path or location.city or location.postal_code):
        return None
    above, _, municipality = location.path.partition("/")
    abroad = above == places.ABROAD
    parts = {
        "streetAddress": lasting.address(location),
        "postalCode": lasting.redactor.redact_title(location.postal_code),
        "addressLocality": places.get_label((lasting.city(location) or ("" if abroad else municipality)).upper()),
        "addressRegion": "" if abroad else places.get_label(above),
    }
    country: object = ""
    if abroad and municipality:
        country = {"@type": "Country", "name": places.get_label(municipality)}
    elif places.is_norwegian(location.raw_country, location.path):
        country = "NO"
    filled = {name: value for name, value in {**parts, "addressCountry": country}.items() if value}
    address = {"@type": "PostalAddress", **filled}
    return {"@type": "Place", "address": address}


def _employment(vacancy: Vacancy) -> list[str]:
    kinds = ["PART_TIME"] if vacancy.extent == "Deltid" else []
    return [*kinds, *filter(None, [_EMPLOYMENT.get(vacancy.engagement)])]


def _description(lasting: Lasting) -> str:
    """The ad's text with its paragraphs and lists, without links and contact information.

    A name is looked for across inline elements ("<b>Kari</b> Nordmann") and behind character references ("950&nbsp;64&nbsp;865").
    """
    parts = _TAG.split(keep_tags(lasting.vacancy.description, _TAGS))
    texts = [html.unescape(part) for part in parts[::2]]
    gaps = ["" if _INLINE.fullmatch(tag) else "\n" for tag in parts[1::2]]
    whole = "".join(itertools.chain.from_iterable(itertools.zip_longest(texts, gaps, fillvalue="")))
    spans = deque(lasting.redactor.find_spans(whole, keep=lasting.title))
    start = 0
    for place, text in enumerate(texts):
        end = start + len(text)
        kept, position = [], start
        while spans and spans[0][0] < end:
            kept.append(whole[position : max(position, spans[0][0])])
            position = min(end, max(position, spans[0][1]))
            if spans[0][1] > end:
                break
            spans.popleft()
        parts[2 * place] = html.escape(" ".join([*kept, whole[position:end]]), quote=False)
        start = end + len(gaps[place] if place < len(gaps) else "")
    return "".join(parts).strip()
