"""Read-only page of a saved search that its owner shares by a secret link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from jobsearch.core.pagination import parse_page_number
from jobsearch.core.private_pages import private_page
from jobsearch.saved.descriptions import describe_problems, list_criteria
from jobsearch.saved.mail.links import Purpose, find_by_token
from jobsearch.saved.models import SearchShare
from jobsearch.search import api as search
from jobsearch.web.presenters import ad_rows
from jobsearch.web.presenters.pagination import build_page_links, build_page_title, build_page_url
from jobsearch.web.presenters.results import paginate

from .errors import RETRY_SECONDS


@private_page
@require_safe
def shared_search(request: HttpRequest, token: str) -> HttpResponse:
    """The ads that the search finds now. Its name and criteria are shown; its note, and who shares it, are not.

    404 after the link was revoked, or the owner's account disabled.
    """
    shares = SearchShare.objects.filter(search__owner__is_active=True).select_related("search")
    share = find_by_token(shares, Purpose.SHARE, token)
    if share is None:
        return render(request, "saved/dead_share.html", status=404)
    query = share.search.query
    here = reverse("web:shared_search", args=[token])
    number = parse_page_number(request.GET.get("page", "")) or 1
    context: dict[str, Any] = {
        "name": share.search.name,
        "criteria": list_criteria(query),
        "problems": describe_problems(share.search),
        "search": reverse("web:results") + (f"?{share.search.params}" if share.search.params else ""),
        "site_name": settings.SITE_NAME,
        "return_path": here,
    }
    try:
        found = search.search(query.replace(page=min(number, query.deepest_page)))
    except search.EngineDown:
        response = render(request, "saved/shared.html", context | {"engine_down": True}, status=503)
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    except search.QueryError:
        return render(request, "saved/shared.html", context | {"total": 0})
    page = paginate(query, found.total).get_page(number)
    if number != page.number:
        return redirect(build_page_url(here, page.number))
    if not share.search.unreadable:
        context["problems"] += [problem.message for problem in search.find_values_without_ads([query], found.counts)[0]]
    context |= {
        "total": found.total,
        "rows": ad_rows.build_rows(found.uuids, query, found.compiled),
        "pages": build_page_links(page, lambda other: build_page_url(here, other)),
        "page_title": build_page_title(share.search.name, number),
    }
    return render(request, "saved/shared.html", context)
