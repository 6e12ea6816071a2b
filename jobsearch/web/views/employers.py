"""Employer page: name, organisation number, homepage and open ads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.core.pagination import parse_page_number
from jobsearch.search import api as search
from jobsearch.search.facets import ALL_DEADLINES, choose_employer_name
from jobsearch.vacancies import freshness
from jobsearch.vacancies.links import sanitise_link
from jobsearch.vacancies.models import Moderation, Vacancy, VacancyQuerySet
from jobsearch.vacancies.prepared_ads import complete_prepared
from jobsearch.vacancies.visibility import get_oslo_date
from jobsearch.web.presenters import ad_rows
from jobsearch.web.presenters.employers import ORGNR, build_page_url, build_url
from jobsearch.web.presenters.pagination import build_page_links, build_page_title
from jobsearch.web.presenters.passed_deadlines import PassedLink

PAGE_SIZE = 25
MAX_TYPED = 30  # characters of an organisation number with separators
_SEPARATORS = re.compile(r"[ .\u00a0-]")


def list_ads(orgnr: str) -> VacancyQuerySet:
    """The active ads of an employer, newest first."""
    rows = Vacancy.objects.active().filter(employer_orgnr=orgnr)
    return rows.order_by(F("published").desc(nulls_last=True), "uuid")


def list_other_ads(vacancy: Vacancy, limit: int) -> list[Vacancy]:
    """Up to `limit` other open ads of the same employer, newest first."""
    if not ORGNR.fullmatch(vacancy.employer_orgnr):
        return []
    others = list(list_ads(vacancy.employer_orgnr).before_deadline().for_lists().exclude(uuid=vacancy.uuid)[:limit])
    complete_prepared(others)
    return others


@require_safe
def employer(request: HttpRequest, orgnr: str) -> HttpResponse:
    """Page of an employer in the database; one without open ads has a page that says so, with noindex.

    Ads whose deadline has passed are left out, as in searches, and come last with `deadline=all`. The list of ads is queried
    once, so that name, count and list are consistent if an ad ends in the meantime.
    """
    if not ORGNR.fullmatch(orgnr):
        digits = _SEPARATORS.sub("", orgnr[:MAX_TYPED])
        if ORGNR.fullmatch(digits):  # written "974 760 673"
            return redirect(build_url(digits), permanent=True)
        raise Http404
    columns = ("uuid", "employer_name", "employer_homepage", "application_due")
    active = list(list_ads(orgnr).values_list(*columns, named=True))
    if active:
        name = choose_employer_name(row.employer_name for row in active)
    elif not (name := _find_former_name(orgnr)):
        raise Http404
    here, today = build_url(orgnr), get_oslo_date(timezone.now())
    is_passed = {row.uuid: bool(row.application_due and row.application_due < today) for row in active}
    passed = [uuid for uuid in is_passed if is_passed[uuid]]
    shown = request.GET.get("deadline") == ALL_DEADLINES
    ads = [uuid for uuid in is_passed if not is_passed[uuid]] + (passed if shown else [])
    paginator = Paginator(ads, PAGE_SIZE)
    number = parse_page_number(request.GET.get("page", "")) or 1
    if number > paginator.num_pages:  # as for every list: see `results.find_last_page`
        return redirect(build_page_url(here, paginator.num_pages, shown=shown))
    page = paginator.page(number)
    heading = _("Ledige stillinger hos %(name)s") % {"name": name or orgnr}
    indexed = bool(ads) and not request.GET
    vacancies = ad_rows.list_active_ads(page)
    context = {
        "orgnr": f"{orgnr[:3]} {orgnr[3:6]} {orgnr[6:]}",
        "name": name,
        "heading": heading,
        "page_title": build_page_title(heading, number),
        "summary": _("%(heading)s, de nyeste først. Uten konto, uten sporing.") % {"heading": heading},
        "homepage": _find_homepage(row.employer_homepage for row in active),
        "vacancies": vacancies,
        "total": paginator.count,
        "params": search.SearchQuery(employer=(name,)).urlencode() if name else "",
        "pages": build_page_links(page, lambda number: build_page_url(here, number, shown=shown)),
        "passed": PassedLink(build_page_url(here, 1, shown=not shown), len(passed), shown) if passed else None,
        "canonical": f"{settings.SITE_URL}{here}",
        "indexed": indexed,
        "as_of": freshness.find_feed_time(vacancies),
    }
    response = render(request, "web/employer.html", context)
    if not indexed:
        response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-cache"
    return response


def _find_former_name(orgnr: str) -> str:
    """The employer's name in its latest inactive ad that is still stored; hidden ads do not count."""
    rows = Vacancy.objects.filter(employer_orgnr=orgnr).exclude(employer_name="").values_list("uuid", "changed", "employer_name")
    latest = sorted(rows, key=lambda row: row[1], reverse=True)
    hidden = Moderation.find_hidden([uuid for uuid, _changed, _name in latest])
    return next((name for uuid, _changed, name in latest if uuid not in hidden), "")


def _find_homepage(named: Iterable[str]) -> str:
    """The employer's homepage from its newest ad that has one; an e-mail address is not used."""
    url = sanitise_link(next(filter(None, named), ""))
    return url if url.startswith(("http://", "https://")) else ""
