"""JSON-LD of an ad: a JobPosting (https://schema.org/JobPosting) for search engines that list vacancies.

Only for active ads whose deadline has not passed and that have the required properties, and only with values that are certain.
Search engines store what they read, so contacts are left out, also where the ad's text names them.
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
from jobsearch.vacancies.prepared_ads import Workplace, list_occupation_paths, list_workplaces
from jobsearch.vacancies.visibility import OSLO, get_oslo_date

from .redacted import RedactedAd

_TAGS = frozenset("p br ul ol li h2 h3 h4 h5 h6 strong em b i".split())
_TAG = re.compile(r"(<[^<>]*>)")  # keep_tags removes all attributes of the tags
_INLINE = re.compile(r"</?(?:strong|em|b|i)>")

# Not in the table: `Heltid`, which the feed states for every ad that is not part-time, so that it is not reliable, and `Fast`,
# for which schema.org has no employmentType.
_EMPLOYMENT_TYPES = {
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


def render_script(data: dict[str, Any] | None) -> SafeString:
    """The `<script>` element with the data, "" for None. The Content-Security-Policy allows it: a data block is not executed."""
    if data is None:
        return SafeString("")
    element = json_script(data)  # escapes what could end the element, and all non-ASCII characters
    return mark_safe(element.replace("application/json", "application/ld+json", 1))  # noqa: S308 - json_script, with another type


def build_job_posting(
    vacancy: Vacancy, contacts: Iterable[Contact], url: str, now: dt.datetime | None = None
) -> dict[str, Any] | None:
    """The JobPosting of an active ad, or None where it lacks a required property or its deadline has passed."""
    valid_through, redacted = _compute_valid_through(vacancy), RedactedAd(vacancy, list(contacts))
    places_of_work = [place for location in list_workplaces(vacancy) if (place := _build_place(location, redacted))]
    description = _redact_description(redacted)
    required = (redacted.title, redacted.employer, description, places_of_work)
    if not all(required) or valid_through <= (now or timezone.now()):
        return None
    levels = [(occupations.get_parent(path) or path, path) for path in list_occupation_paths(vacancy)]
    levels = [(above, path) for above, path in levels if above != occupations.UNKNOWN]
    starts = deadlines.parse_deadline(vacancy.start_text, get_oslo_date(vacancy.published or vacancy.first_seen))
    optional = {
        "employmentType": _list_employment_types(vacancy),
        "totalJobOpenings": vacancy.position_count,
        "industry": list(dict.fromkeys(above for above, _ in levels)),
        "occupationalCategory": list(dict.fromkeys(occupations.get_label(path) for above, path in levels if path != above)),
        "jobStartDate": starts.isoformat() if starts else "",
    }
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": redacted.title,
        "description": description,
        "identifier": {"@type": "PropertyValue", "name": "arbeidsplassen.nav.no", "value": str(vacancy.uuid)},
        "url": url,
        "datePosted": _format_time(vacancy.published or vacancy.first_seen),
        "validThrough": _format_time(valid_through),
        "hiringOrganization": _build_organisation(redacted),
        "jobLocation": places_of_work,
        "directApply": False,
        **{name: value for name, value in optional.items() if value},
    }


def _compute_valid_through(vacancy: Vacancy) -> dt.datetime:
    """The end of the deadline's day, or of the ad itself where that is earlier or the deadline has no date."""
    due = vacancy.application_due
    if due is None or due >= get_oslo_date(vacancy.visible_until):
        return vacancy.visible_until
    return min(vacancy.visible_until, dt.datetime.combine(due + dt.timedelta(days=1), dt.time(), tzinfo=OSLO))


def _format_time(value: dt.datetime) -> str:
    local = value.astimezone(OSLO) if dt.MINYEAR < value.year < dt.MAXYEAR else value
    return local.isoformat(timespec="seconds")


def _build_organisation(redacted: RedactedAd) -> dict[str, Any]:
    homepage = sanitise_link(redacted.vacancy.employer_homepage)
    shown = homepage.startswith(("http://", "https://")) and not redacted.redactor.find_spans(unquote(homepage))
    return {"@type": "Organization", "name": redacted.employer, **({"sameAs": homepage} if shown else {})}


def _build_place(location: Location | Workplace, redacted: RedactedAd) -> dict[str, Any] | None:
    """A Place with a PostalAddress; None where the feed names only a country."""
    if not (location.path or location.city or location.postal_code):
        return None
    above, _, municipality = location.path.partition("/")
    abroad = above == places.ABROAD
    parts = {
        "streetAddress": redacted.redact_address(location),
        "postalCode": redacted.redactor.redact_title(location.postal_code),
        "addressLocality": places.get_label((redacted.redact_city(location) or ("" if abroad else municipality)).upper()),
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


def _list_employment_types(vacancy: Vacancy) -> list[str]:
    kinds = ["PART_TIME"] if vacancy.extent == "Deltid" else []
    return [*kinds, *filter(None, [_EMPLOYMENT_TYPES.get(vacancy.engagement)])]


def _redact_description(redacted: RedactedAd) -> str:
    """The ad's text as HTML with paragraphs and lists, without links and contact information.

    Contacts are found in the plain text of the whole description, so also across inline elements ("<b>Kari</b> Nordmann") and
    character references ("950&nbsp;64&nbsp;865"); the spans found are then cut out of the text between the tags.
    """
    parts = _TAG.split(keep_tags(redacted.vacancy.description, _TAGS))
    texts = [html.unescape(part) for part in parts[::2]]
    gaps = ["" if _INLINE.fullmatch(tag) else "\n" for tag in parts[1::2]]
    whole = "".join(itertools.chain.from_iterable(itertools.zip_longest(texts, gaps, fillvalue="")))
    spans = deque(redacted.redactor.find_spans(whole, keep=redacted.title))
    start = 0
    for number, text in enumerate(texts):
        end = start + len(text)
        kept, position = [], start
        while spans and spans[0][0] < end:
            kept.append(whole[position : max(position, spans[0][0])])
            position = min(end, max(position, spans[0][1]))
            if spans[0][1] > end:
                break
            spans.popleft()
        parts[2 * number] = html.escape(" ".join([*kept, whole[position:end]]), quote=False)
        start = end + len(gaps[number] if number < len(gaps) else "")
    return "".join(parts).strip()
