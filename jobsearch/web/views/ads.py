"""Ad page: the whole of an active ad; of an inactive one only its title, employer and dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.saved.bookmarks.hidden import get_hidden
from jobsearch.search import api as search
from jobsearch.taxonomy import labels, places
from jobsearch.vacancies import deadlines, freshness, html, links
from jobsearch.vacancies.links import sanitise_link
from jobsearch.vacancies.models import Tombstone, Vacancy, VacancyQuerySet
from jobsearch.vacancies.prepared_ads import complete_prepared, list_workplaces
from jobsearch.vacancies.visibility import is_active
from jobsearch.web.context_processors import SOURCE_URL
from jobsearch.web.presenters import ad_rows, calendar, dates, jsonld
from jobsearch.web.presenters.employers import build_url as build_employer_url
from jobsearch.web.presenters.redacted import RedactedAd

from . import employers, landing

MAX_SIMILAR = 5
MAX_OTHERS = 5  # other ads of the same employer
NOT_KEPT_BY_CRAWLERS = "noindex, noarchive"
_UUID = re.compile(r"(?:urn:uuid:)?\{?HEX{8}-?HEX{4}-?HEX{4}-?HEX{4}-?HEX{12}\}?".replace("HEX", "[0-9a-f]"), re.IGNORECASE)


@require_safe
def ad(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One ad. Never cached: it may become inactive at any time. An htmx request gets its content only, for the split view."""
    response = _respond(request, uuid)
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def deadline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The deadline of an active ad as a calendar file."""
    vacancy = Vacancy.objects.with_hidden().filter(uuid=uuid).prefetch_related("locations", "contacts").first()
    if vacancy is None or vacancy.application_due is None:
        raise Http404
    if not is_active(vacancy, hidden=vacancy.is_hidden):  # type: ignore[attr-defined]  # an annotation
        raise Http404
    content = calendar.build_calendar([calendar.build_deadline(vacancy, list(vacancy.contacts.all()))])
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("frist")}-{vacancy.application_due}.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = NOT_KEPT_BY_CRAWLERS
    return response


@require_safe
def redirect_to_canonical_uuid(request: HttpRequest, typed: str) -> HttpResponse:
    """Redirects another spelling of an ad's UUID to its page: upper case, without hyphens, in braces, as a URN."""
    if not _UUID.fullmatch(typed):
        raise Http404
    return redirect("web:ad", UUID(typed.lower()), permanent=True)


def _respond(request: HttpRequest, uuid: UUID) -> HttpResponse:
    vacancy = _build_ad_query().filter(uuid=uuid).first()
    if vacancy is None:
        tombstone = Tombstone.objects.filter(uuid=uuid).first()
        if tombstone is None:
            response = render(request, "404.html", {"ad": True, "page_title": _("Vi finner ikke annonsen")}, status=404)
        else:
            response = render(request, "web/gone.html", {"closed_on": tombstone.closed_on}, status=410)
        response["X-Robots-Tag"] = NOT_KEPT_BY_CRAWLERS
        return response
    layout = {"layout": "fragment.html" if request.htmx else "base.html"}  # type: ignore[attr-defined]  # set by HtmxMiddleware
    if not is_active(vacancy, hidden=vacancy.is_hidden):  # type: ignore[attr-defined]  # an annotation
        response = render(request, "web/ad_inactive.html", _build_inactive_context(request, vacancy) | layout)
        response["X-Robots-Tag"] = NOT_KEPT_BY_CRAWLERS
        return response
    complete_prepared([vacancy])
    response = render(request, "web/ad.html", _build_context(request, vacancy) | layout)
    # Crawlers may list the ad while it is active, but must not keep a copy of it.
    response["X-Robots-Tag"] = f"noarchive, unavailable_after: {vacancy.visible_until:%Y-%m-%dT%H:%M:%S%z}"
    return response


@cache
def _build_ad_query() -> VacancyQuerySet:
    """The query of an ad without its uuid, never run itself."""
    return Vacancy.objects.with_hidden().with_feed_time().select_related("prepared").defer("raw", "prepared__text").order_by()


def _build_inactive_context(request: HttpRequest, vacancy: Vacancy) -> dict[str, object]:
    page_title = " – ".join(filter(None, [vacancy.title, _("Annonsen er ikke lenger aktiv")]))
    return {"vacancy": vacancy, "similar": _find_similar(request, vacancy), "page_title": page_title}


def _build_context(request: HttpRequest, vacancy: Vacancy) -> dict[str, object]:
    original = f"{SOURCE_URL}stillinger/stilling/{vacancy.uuid}"
    apply_url = sanitise_link(vacancy.application_url) or sanitise_link(vacancy.source_url) or original
    canonical = f"{settings.SITE_URL}{reverse('web:ad', args=[vacancy.uuid])}"
    contacts = list(vacancy.contacts.all())
    others = employers.list_other_ads(vacancy, MAX_OTHERS + 1)  # one more, to find out whether there are more
    redacted = RedactedAd(vacancy, contacts)
    ad_title = redacted.title or _("Stilling uten tittel")
    return {
        "vacancy": vacancy,
        "canonical": canonical,
        "redacted": redacted,
        "ad_title": ad_title,
        "page_title": " – ".join(filter(None, [ad_title, redacted.employer])),
        "summary": build_summary(vacancy, redacted.employer),
        "share_mail": f"mailto:?{urlencode({'subject': redacted.title, 'body': canonical}, quote_via=quote)}",
        "contacts": contacts,
        "original": original,
        "apply_url": apply_url,
        "apply_host": links.get_host(apply_url),
        "has_calendar": bool(vacancy.application_due and vacancy.application_due >= dates.get_today()),
        "mixed_scripts": _has_mixed_script_link(vacancy, apply_url),
        "employer_url": build_employer_url(vacancy.employer_orgnr) if vacancy.employer_name else "",
        "others": others[:MAX_OTHERS],
        "more_others": len(others) > MAX_OTHERS,
        "similar": _find_similar(request, vacancy, others[:MAX_OTHERS]),
        "landings": landing.list_links_for_ad(vacancy),
        "json_ld": jsonld.render_script(jsonld.build_job_posting(vacancy, contacts, canonical)),
        "as_of": freshness.find_feed_time([vacancy]),
    }


def _has_mixed_script_link(vacancy: Vacancy, *shown: str) -> bool:
    """Whether a link of the page has a host name in letters of several scripts, which can imitate another host name."""
    texts = [vacancy.employer_description, vacancy.description]
    # Such host names are stored in punycode, and rare: only texts that contain one are parsed.
    found = [link for text in texts if "//xn--" in text for link in html.list_links(text)]
    return any(map(links.has_mixed_scripts, [*shown, vacancy.employer_homepage, *found]))


def build_summary(vacancy: Vacancy, employer: str) -> str:
    """One line of facts for shared links: employer, places, deadline, engagement. Never the ad's text, which may name people."""
    names = [labels.translate_value(places.get_label(location.path)) for location in list_workplaces(vacancy) if location.path]
    parts = [employer, ", ".join(list(dict.fromkeys(names))[:3])]
    if vacancy.application_due:
        parts.append(_("Frist %(day)s") % {"day": dates.format_day(vacancy.application_due)})  # not "tomorrow": crawlers store it
    elif deadlines.is_soon(vacancy.application_due_text):
        parts.append(_("Snarest"))
    elif deadlines.is_continuous(vacancy.application_due_text):
        parts.append(_("Fortløpende"))
    if vacancy.engagement:
        parts.append(labels.translate_value(vacancy.engagement))
    return " · ".join(part for part in parts if part)


def _find_similar(request: HttpRequest, vacancy: Vacancy, shown: Sequence[Vacancy] = ()) -> list[Vacancy]:
    """Active ads similar to this one, without those in `shown`; none while the engine is down, which must not break the page."""
    try:
        hits = search.find_similar(vacancy.uuid, limit=MAX_SIMILAR + len(shown), vacancy=vacancy, hidden=get_hidden(request))
        found = ad_rows.list_active_ads(hit.uuid for hit in hits)
    except (search.EngineDown, search.QueryError):
        return []
    return [one for one in found if one not in shown][:MAX_SIMILAR]
