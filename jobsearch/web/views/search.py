"""Results page (also the home page), about page, robots.txt and favicon."""

from __future__ import annotations

import datetime as dt
import time

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.saved.bookmarks.hidden import hide_from_results
from jobsearch.saved.descriptions import summarise_query
from jobsearch.saved.models import SavedSearch, compute_digests
from jobsearch.saved.searches import last_looks
from jobsearch.search import api as search
from jobsearch.search.search_query import SIZES, preload_employers
from jobsearch.search.usage import note_search
from jobsearch.vacancies import freshness
from jobsearch.web import last_visit
from jobsearch.web.presenters import ad_rows, dates, distance, market, wishes
from jobsearch.web.presenters import results as view
from jobsearch.web.presenters.pagination import build_page_title
from jobsearch.web.presenters.passed_deadlines import build_passed_link

from .errors import RETRY_SECONDS

HIDDEN_FROM_CRAWLERS = "noindex, nofollow"


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Results of a search; without parameters the home page."""
    with preload_employers(request.GET):
        return _respond(request)


def _respond(request: HttpRequest) -> HttpResponse:
    began = timezone.now()
    query, problems = search.SearchQuery.from_params(request.GET)
    query = hide_from_results(request, query)
    blocked = any(problem.blocks for problem in problems)
    if not problems:
        typed = _read_as_typed(request, query)
        has_excluded = typed.q != query.q  # excluded words, which the canonical address no longer has
        # First, so that each address costs one request to the engine; every form without scripts sends its empty fields.
        if not has_excluded and (target := _find_canonical_redirect(request, query)):
            return redirect(target)
        narrowed = _turn_words_into_filters(query)
        if narrowed or has_excluded:
            return _redirect_to_filters(request, typed, narrowed or query)
    context = _build_query_context(query, problems, whole=not request.htmx)  # type: ignore[attr-defined]  # set by HtmxMiddleware
    try:
        if blocked:
            return _render_without_results(request, context, 400)
        asked = time.perf_counter()
        found = search.search(query)
        note_search(query, found, time.perf_counter() - asked)
        if last := view.find_last_page(query, problems, found.total):
            return redirect(last)
        problems += search.find_values_without_ads([query], found.counts)[0]
        visit = last_visit.read_last_visit(request)
        context |= _build_results_context(query, found, visit.since, whole=not request.htmx)  # type: ignore[attr-defined]
        if query.since:
            last_looks.note_shown_page(request, query, found.new, began)
            since = dt.datetime.fromtimestamp(query.since, tz=dt.UTC)
            context["new_heading"] = dates.format_new_since(found.new, since)
        context |= _build_saved_context(request, query)
    except search.EngineDown:
        context |= {"engine_down": True, "page_title": _("Søket er nede akkurat nå")}
        return _render_without_results(request, context, 503)
    except search.QueryError as error:
        context["error"] = str(error)
        return _render_without_results(request, context, 400)
    response = render(request, "web/results.html", context)
    if not context["home"]:
        response["X-Robots-Tag"] = HIDDEN_FROM_CRAWLERS
    # Revalidated on return, so that a page from the browser's cache shows no ad that has ended in the meantime.
    response["Cache-Control"] = "private, no-cache"
    if visit.known or not context["home"]:
        last_visit.set_last_visit_cookie(response, visit)
    patch_vary_headers(response, ["HX-Request"])  # only htmx responses fill the live region
    return response


def _build_query_context(query: search.SearchQuery, problems: list[search.Problem], *, whole: bool) -> dict[str, object]:
    """Context values of the query. `whole`: for a whole page, not only the parts that an htmx response replaces."""
    words = summarise_query(query)
    home = not query.to_params() and not problems
    return {
        "query": query,
        "problems": problems,
        "words": words,
        "home": home,
        "page_title": _("Ledige stillinger") if home else build_page_title(words or _("Ledige stillinger"), query.page),
        "canonical": view.build_address(query),
        # Return links contain only the parsed query: the requested address may contain rejected personal data.
        "return_path": view.build_address(query),
        "chips": view.list_chips(query),
        "other_chips": view.count_other_chips(query),
        "cleared": view.build_address(search.SearchQuery(sort=query.sort, size=query.size)),
        "params": query.urlencode(page=False),
        "sorts": view.list_sorts(query),
        "sizes": [(size, view.build_address(query.replace(size=size))) for size in SIZES],
        # Not in htmx responses: the page has the list of municipalities already.
        "distance": distance.make_view(query, problems, proposals=whole),
    }


def _build_results_context(
    query: search.SearchQuery, found: search.Page, since: dt.datetime | None, *, whole: bool
) -> dict[str, object]:
    """Context values of the search result. `since`: end of the visitor's previous visit. Raises EngineDown."""
    if query.since:
        since = dt.datetime.fromtimestamp(query.since, tz=dt.UTC)
    rows = ad_rows.build_rows(found.uuids, query, found.compiled, since)
    facets = view.build_facet_views(query, found.counts, chosen_first=whole)
    return {
        "facets": facets,
        "quick_filters": view.list_quick_filters(query, found.counts, found.total),
        "occupation_groups": [] if query.to_params() else view.list_occupation_groups(query, facets),
        "total": found.total,
        "rows": rows,
        "new": search.count_new(query, since) if since and found.total and not query.since else 0,
        "newest_first": view.build_address(query.replace(sort="published")),
        "is_newest_first": view.is_newest_first(query),
        "pages": view.build_pages(query, found.total),
        "passed": build_passed_link(query, found.counts),
        "market": market.build_panel(query) if query.since and whole else None,  # of an opened saved search
        "cut": view.is_cut(query, found.total),
        "dropped": found.dropped,
        "left_out": view.describe_left_out(found.left_out),
        "corrected": found.corrected,
        "corrected_url": view.build_address(query.replace(q=found.corrected)) if found.corrected else "",
        "insisting": (
            view.Link(query.q, view.build_address(query.replace(q=found.insisting)), found.insisting_total)
            if found.insisting
            else None
        ),
        "meant": view.Link(found.meant, view.build_address(query.replace(q=found.meant)), found.meant_total)
        if found.meant
        else None,
        "in_text": found.in_text,
        "wishes": wishes.describe_wishes(found, query.sort),
        "recognised": view.list_recognised_chips(query, found.recognised),
        "broader_searches": view.list_broader_searches(query) if not found.total else [],
        "as_of": freshness.find_feed_time([row.card.vacancy for row in rows]),
    }


def _build_saved_context(request: HttpRequest, query: search.SearchQuery) -> dict[str, object]:
    """The user's saved search that is shown, or else the one that was opened and has been changed since."""
    if not request.user.is_authenticated:
        return {}
    same = SavedSearch.objects.find_same(request.user.pk, query)
    opened = SavedSearch.objects.filter(owner_id=request.user.pk, pk=query.saved)
    rows = list(same | opened) if query.saved else list(same)
    changed = next((row for row in rows if row.pk == query.saved), None)
    digests = compute_digests(query)
    shown = next((row for row in rows if row.digest in digests), None)
    return {"saved_search": shown, "changed_search": None if shown else changed}


def _find_canonical_redirect(request: HttpRequest, query: search.SearchQuery) -> str:
    """The canonical address of the search; "" if the request has it already.

    Also "" if the canonical address would parse to another query, so that redirects cannot loop.
    """
    canonical = query.to_params()
    asked = [(name, value) for name, values in request.GET.lists() for value in values]
    if asked == canonical:
        return ""
    again, problems = search.SearchQuery.from_params(QueryDict(query.urlencode()))
    return view.build_address(query) if not problems and again.to_params() == canonical else ""


def _turn_words_into_filters(query: search.SearchQuery) -> search.SearchQuery | None:
    """The search with recognised words as filters; None where no word becomes one.

    Not on later pages, nor for the new ads of a saved search, whose last look is found by its own address.
    """
    if query.page > 1 or query.since:
        return None
    try:
        narrowed = search.turn_words_into_filters(query)
    except search.EngineDown:
        return None  # the page says so
    # The address must be read as this search, so that redirects cannot loop.
    again, problems = search.SearchQuery.from_address(narrowed.urlencode())
    return narrowed if narrowed != query and again == narrowed and not problems else None


def _read_as_typed(request: HttpRequest, query: search.SearchQuery) -> search.SearchQuery:
    """The search with all typed words, also those of excluded values ("ikke deltid"), which `query` has as filters."""
    if request.GET.get("q", "") == query.q:
        return query
    params = request.GET.copy()
    params["as_typed"] = "1"
    return search.SearchQuery.from_params(params)[0]


def _redirect_to_filters(request: HttpRequest, typed: search.SearchQuery, narrowed: search.SearchQuery) -> HttpResponse:
    """Redirects to the search with filters, with a message that names the recognised words and offers the search as typed."""
    understood = format_html(
        '{} <a class="button quiet" href="{}" rel="nofollow">{}</a>',
        _("Vi forsto %(words)s som filter.") % {"words": view.list_new_filters(typed, narrowed)},
        view.build_address(typed.replace(as_typed=True)),
        _("Angre"),
    )
    messages.info(request, understood, extra_tags="toast")  # a line above the list would push it down
    response = redirect(view.build_address(narrowed))
    # Which words are filters depends on the ads of the moment.
    response["Cache-Control"] = "private, no-store"
    return response


def _render_without_results(request: HttpRequest, context: dict[str, object], status: int) -> HttpResponse:
    """The page without a search result: with the filled form and, if the engine is down, the user's saved searches."""
    context["facets"] = view.build_facet_views(context["query"])  # type: ignore[arg-type]  # an object by the type of dict
    if status == 503 and request.user.is_authenticated:
        context["saved_searches"] = SavedSearch.objects.filter(owner=request.user)
    response = render(request, "web/results.html", context, status=status)
    response["X-Robots-Tag"] = HIDDEN_FROM_CRAWLERS
    response["Cache-Control"] = "private, no-store"
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """About page."""
    return render(request, "web/about.html", {"as_of": freshness.get_last_feed_time()})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: disallows searches and user pages; allows pages without parameters."""
    found = ("/*?", "/filter/", "/treff.csv", "/treff.xlsx")
    closed = (*found, "/admin/", "/lagrede-sok/", "/lagret/", "/varsler/", "/delt/", "/logg-inn/", "/konto/")
    site_map = f"{settings.SITE_URL}{reverse('web:sitemap')}"
    # The longer rule wins (RFC 9309): crawlers need static files, whose addresses can have a version parameter.
    lines = ["User-agent: *", f"Allow: {settings.STATIC_URL}", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {site_map}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirects browsers that request /favicon.ico."""
    return redirect(static("favicon.svg"), permanent=True)
