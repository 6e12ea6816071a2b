"""The page of an ad: all of an active one; of any other only that it was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.search import api as search
from jobsearch.taxonomy import labels, places
from jobsearch.vacancies import deadlines, freshness, html, links
from jobsearch.vacancies.links import sanitise_link
from jobsearch.vacancies.models import Moderation, Tombstone, Vacancy
from jobsearch.vacancies.visibility import is_active
from jobsearch.web.context_processors import SOURCE_URL
from jobsearch.web.presenters import ad_rows, dates, jsonld
from jobsearch.web.presenters.redacted import Lasting

from . import employers, landing

SIMILAR = 5
OTHERS = 5
HIDDEN_FROM_CRAWLERS = "noindex, noarchive"
_UUID = re.compile(r"(?:urn:uuid:)?\{?HEX{8}-?HEX{4}-?HEX{4}-?HEX{4}-?HEX{12}\}?".replace("HEX", "[0-9a-f]"), re.IGNORECASE)


@require_safe
def ad(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One ad; of an inactive one only that it was. Never kept by a cache: it may be inactive the next moment."""
    response = _ad(request, uuid)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def spelled_otherwise(request: HttpRequest, typed: str) -> HttpResponse:
    """An ad's number in another spelling of UUIDs leads to its page: upper case, without hyphens, in braces, as a URN."""
    if not _UUID.fullmatch(typed):
        raise Http404
    return redirect("web:ad", UUID(typed.lower()), permanent=True)


def _ad(request: HttpRequest, uuid: UUID) -> HttpResponse:
    vacancy = Vacancy.objects.filter(uuid=uuid).prefetch_related("locations", "occupations").first()
    if vacancy is None:
        stone = Tombstone.objects.filter(uuid=uuid).first()
        if stone is None:
            response = render(request, "404.html", {"ad": True, "page_title": _("Vi finner ikke annonsen")}, status=404)
        else:
            response = render(request, "web/gone.html", {"closed_on": stone.closed_on}, status=410)
        response["X-Robots-Tag"] = HIDDEN_FROM_CRAWLERS
        return response
    hidden = Moderation.objects.filter(uuid=uuid, hidden=True).exists()
    if not is_active(vacancy, hidden=hidden):
        response = render(request, "web/ad_inactive.html", _inactive(vacancy))
        response["X-Robots-Tag"] = HIDDEN_FROM_CRAWLERS
        return response
    response = render(request, "web/ad.html", _active(vacancy))
    # A crawler may know the ad while it is active, but not keep a copy that outlives it.
    response["X-Robots-Tag"] = f"noarchive, unavailable_after: {vacancy.visible_until:%Y-%m-%dT%H:%M:%S%z}"
    return response


def _inactive(vacancy: Vacancy) -> dict[str, object]:
    page_title = " – ".join(filter(None, [vacancy.title, _("Annonsen er ikke lenger aktiv")]))
    return {"vacancy": vacancy, "similar": _similar(vacancy), "page_title": page_title}


def _active(vacancy: Vacancy) -> dict[str, object]:
    original = f"{SOURCE_URL}stillinger/stilling/{vacancy.uuid}"
    apply_url = sanitise_link(vacancy.application_url) or sanitise_link(vacancy.source_url) or original
    canonical = f"{settings.SITE_URL}{reverse('web:ad', args=[vacancy.uuid])}"
    contacts = list(vacancy.contacts.all())
    others = employers.other_ads(vacancy)
    lasting = Lasting(vacancy, contacts)
    ad_title = lasting.title or _("Stilling uten tittel")
    return {
        "vacancy": vacancy,
        "canonical": canonical,
        "lasting": lasting,
        "ad_title": ad_title,
        "page_title": " – ".join(filter(None, [ad_title, lasting.employer])),
        "summary": summary(vacancy, lasting.employer),
        "share_mail": f"mailto:?{urlencode({'subject': lasting.title, 'body': canonical}, quote_via=quote)}",
        "contacts": contacts,
        "original": original,
        "apply_url": apply_url,
        "apply_host": links.get_host(apply_url),
        "mixed_scripts": _mixes_scripts(vacancy, apply_url),
        "employer_url": employers.address(vacancy.employer_orgnr) if vacancy.employer_name else "",
        "others": others[:OTHERS],
        "more_others": len(others) > OTHERS,
        "similar": _similar(vacancy, others[:OTHERS]),
        "landings": landing.of(vacancy),
        "structured": jsonld.script(jsonld.posting(vacancy, contacts, canonical)),
        "as_of": freshness.get_last_feed_time(),
    }


def _mixes_scripts(vacancy: Vacancy, *shown: str) -> bool:
    """Whether a link of the page leads to a host in letters of several alphabets, which may look like another one."""
    inside = [vacancy.employer_description, vacancy.description]
    # Such hosts are stored in punycode; few ads have any.
    found = [link for text in inside if "//xn--" in text for link in html.list_links(text)]
    return any(map(links.has_mixed_scripts, [*shown, vacancy.employer_homepage, *found]))


def summary(vacancy: Vacancy, employer: str) -> str:
    """The ad in one line of facts: employer, place, deadline. Never from its text, which may name people."""
    names = [labels.translate_value(places.get_label(location.path)) for location in vacancy.locations.all() if location.path]
    parts = [employer, ", ".join(list(dict.fromkeys(names))[:3])]
    if vacancy.application_due:
        parts.append(_("Frist %(day)s") % {"day": dates.day(vacancy.application_due)})  # no "tomorrow": a crawler keeps it
    elif deadlines.is_soon(vacancy.application_due_text):
        parts.append(_("Snarest"))
    elif deadlines.is_continuous(vacancy.application_due_text):
        parts.append(_("Fortløpende"))
    if vacancy.engagement:
        parts.append(labels.translate_value(vacancy.engagement))
    return " · ".join(part for part in parts if part)


def _similar(vacancy: Vacancy, shown: Sequence[Vacancy] = ()) -> list[Vacancy]:
    """Active ads like this one, without those that the page shows already; none while the engine is down, since the page has
    its own errand."""
    try:
        found = ad_rows.rows(hit.uuid for hit in search.similar(vacancy.uuid, limit=SIMILAR + len(shown)))
    except (search.EngineDown, search.QueryError):
        return []
    return [one for one in found if one not in shown][:SIMILAR]
