"""The page of an employer: who it is, and its active ads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.core.pagination import parse_page_number
from jobsearch.vacancies import freshness
from jobsearch.vacancies.links import sanitise_link
from jobsearch.vacancies.models import Moderation, Vacancy, VacancyQuerySet
from jobsearch.web.presenters import ad_rows
from jobsearch.web.presenters.pagination import build_page_links, build_page_title

PAGE_SIZE = 25
MOST_OTHERS = 6  # one more than a page of an ad shows, to know whether there are more
ORGNR = re.compile(r"[0-9]{9}")
LONGEST_TYPED = 30  # characters of an address that may be a number written apart
_APART = re.compile(r"[ .\u00a0-]")


def address(orgnr: str) -> str:
    """The page of the employer with this organisation number, "" where it is none (the feed promises nothing)."""
    return reverse("web:employer", args=[orgnr]) if ORGNR.fullmatch(orgnr) else ""


def ads_of(orgnr: str) -> VacancyQuerySet:
    """The employer's active ads, the newest first."""
    rows = Vacancy.objects.active().filter(employer_orgnr=orgnr).defer("raw", "description", "employer_description")
    return rows.order_by(F("published").desc(nulls_last=True), "uuid").prefetch_related("locations")


def other_ads(vacancy: Vacancy) -> list[Vacancy]:
    """Up to `MOST_OTHERS` active ads of the same employer, the newest first."""
    if not ORGNR.fullmatch(vacancy.employer_orgnr):
        return []
    return list(ads_of(vacancy.employer_orgnr).exclude(uuid=vacancy.uuid)[:MOST_OTHERS])


@require_safe
def employer(request: HttpRequest, orgnr: str) -> HttpResponse:
    """An employer that the database knows; one without active ads has a page that says so, which no crawler keeps.

    Which ads there are is asked once: name, number and list then fit each other, whatever ends while the page is made.
    """
    if not ORGNR.fullmatch(orgnr):
        digits = _APART.sub("", orgnr[:LONGEST_TYPED])
        if ORGNR.fullmatch(digits):  # "974 760 673", as people write it
            return redirect(address(digits), permanent=True)
        raise Http404
    ads = list(ads_of(orgnr).prefetch_related(None).values_list("uuid", "employer_name", "employer_homepage"))
    name = ads[0][1] if ads else _former_name(orgnr)
    if not (ads or name):
        raise Http404
    here = address(orgnr)
    paginator = Paginator(ads, PAGE_SIZE)
    number = parse_page_number(request.GET.get("page", "")) or 1
    if number > paginator.num_pages:  # as of every list: see `results.page_past_the_last`
        return redirect(_page_address(here, paginator.num_pages))
    page = paginator.page(number)
    heading = _("Ledige stillinger hos %(name)s") % {"name": name or orgnr}
    indexed = bool(ads) and not request.GET
    context = {
        "orgnr": f"{orgnr[:3]} {orgnr[3:6]} {orgnr[6:]}",
        "name": name,
        "heading": heading,
        "page_title": build_page_title(heading, number),
        "summary": _("%(heading)s, de nyeste først. Uten konto, uten sporing.") % {"heading": heading},
        "homepage": _homepage(homepage for _uuid, _name, homepage in ads),
        "vacancies": ad_rows.list_active_ads(uuid for uuid, _name, _homepage in page),
        "total": paginator.count,
        "pages": build_page_links(page, lambda number: _page_address(here, number)),
        "canonical": f"{settings.SITE_URL}{here}",
        "indexed": indexed,
        "as_of": freshness.get_last_feed_time(),
    }
    response = render(request, "web/employer.html", context)
    if not indexed:
        response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


def _former_name(orgnr: str) -> str:
    """What the employer was called in its latest ad, while the database remembers it; hidden ads say nothing."""
    rows = Vacancy.objects.filter(employer_orgnr=orgnr).exclude(employer_name="").values_list("uuid", "changed", "employer_name")
    latest = sorted(rows, key=lambda row: row[1], reverse=True)
    hidden = Moderation.find_hidden([uuid for uuid, _changed, _name in latest])
    return next((name for uuid, _changed, name in latest if uuid not in hidden), "")


def _homepage(named: Iterable[str]) -> str:
    """The employer's own site as its newest ad that names one has it; an e-mail address is none."""
    url = sanitise_link(next(filter(None, named), ""))
    return url if url.startswith(("http://", "https://")) else ""


def _page_address(here: str, number: int) -> str:
    return here if number == 1 else f"{here}?page={number}"
