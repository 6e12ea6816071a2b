"""The page of an employer: who it is, and its active ads."""

from __future__ import annotations

import re

from django.conf import settings
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.vacancies import freshness
from jobsearch.vacancies.links import safe_link
from jobsearch.vacancies.models import Moderation, Vacancy, VacancyQuerySet

from . import results as view

PAGE_SIZE = 25
MOST_OTHERS = 6  # one more than a page of an ad shows, to know whether there are more
ORGNR = re.compile(r"[0-9]{9}")


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
    """An employer that the record knows; one without active ads has a page that says so, which no crawler keeps."""
    if not ORGNR.fullmatch(orgnr):
        raise Http404
    ads = ads_of(orgnr)
    total = ads.count()
    if not total and not (name := _former_name(orgnr)):
        raise Http404
    number = request.GET.get("page", "")
    last = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, int(number)), last) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    shown = list(ads[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    newest = ads.first()
    if newest:
        name = newest.employer_name
    here = address(orgnr)
    heading = _("Ledige stillinger hos %(name)s") % {"name": name or orgnr}
    indexed = bool(total) and not request.GET
    context = {
        "orgnr": f"{orgnr[:3]} {orgnr[3:6]} {orgnr[6:]}",
        "name": name,
        "heading": heading,
        "summary": _("%(heading)s, de nyeste først. Uten konto, uten sporing.") % {"heading": heading},
        "homepage": _homepage(ads),
        "vacancies": shown,
        "total": total,
        "pages": _pages(here, page, last),
        "canonical": f"{settings.SITE_URL}{here}",
        "indexed": indexed,
        "as_of": freshness.data_as_of(),
    }
    response = render(request, "web/employer.html", context)
    if not indexed:
        response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


def _former_name(orgnr: str) -> str:
    """What the employer was called in its latest ad, while the record remembers it; hidden ads say nothing."""
    hidden = Moderation.objects.filter(hidden=True).values("uuid")
    rows = Vacancy.objects.filter(employer_orgnr=orgnr).exclude(employer_name="").exclude(uuid__in=hidden)
    return rows.order_by("-changed").values_list("employer_name", flat=True).first() or ""


def _homepage(ads: VacancyQuerySet) -> str:
    """The employer's own site as its newest ad that names one has it; an e-mail address is none."""
    named = ads.exclude(employer_homepage="").values_list("employer_homepage", flat=True).first()
    url = safe_link(named or "")
    return url if url.startswith(("http://", "https://")) else ""


def _pages(here: str, number: int, last: int) -> view.Pages:
    def page(n: int) -> str:
        return here if n == 1 else f"{here}?page={n}"

    near = sorted({1, last, *range(number - 1, number + 2)} & set(range(1, last + 1)))
    links: list[tuple[int, str]] = []
    for before, n in zip([0, *near], near, strict=False):
        links += [(0, "")] * (n > before + 1) + [(n, page(n))]
    return view.Pages(
        number, last, previous=page(number - 1) if number > 1 else "", next=page(number + 1) if number < last else "", links=links
    )
