"""Page of the market, `/marked/`: how many ads are published, where, of what and by whom."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jobsearch.search import api as search
from jobsearch.search.facets import FACETS
from jobsearch.statistics import market
from jobsearch.web.presenters import dates, market_form, market_tables, results
from jobsearch.web.presenters import market as presenter


@require_safe
def show_market(request: HttpRequest) -> HttpResponse:
    """The market of the chosen occupation, place and sector."""
    selection = read_selection(request)
    today = dates.get_today()
    unknown = [FACETS[name].label_value(value) for name, value in selection.list_unknown()]
    series = market.read_series(selection, today)
    labels = presenter.list_labels(selection)
    heading = _("Stillingsmarkedet")
    query = presenter.build_query(selection)
    context = {
        "heading": heading,
        "page_title": ": ".join([heading, *([" · ".join(labels)] if labels else [])]),
        "labels": labels,
        "unknown": unknown,
        "too_wide": selection.is_too_wide,
        "params": presenter.build_params(selection),
        "fields": market_form.build_fields(selection),
        "series": series,
        "chart": presenter.build_chart(series),
        "change": presenter.format_change(series.new, series.before) if series.is_comparable else "",
        "days_open": presenter.format_days(series.median_days_open),
        "note": presenter.describe_partial(series, today),
        "open_now": _count_open(query),
        "search_url": results.build_address(query),
        "tables": market_tables.build_tables(selection, series, today),
        "canonical": f"{settings.SITE_URL}{reverse('web:market')}",
        "indexed": not request.GET,
    }
    response = render(request, "web/market.html", context)
    if request.GET:
        response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-cache"
    return response


def read_selection(request: HttpRequest) -> market.Selection:
    """The selection of the request's parameters; empty values of the form are left out, unknown ones find nothing."""
    return presenter.read_selection(search.SearchQuery.from_params(request.GET)[0])


def _count_open(query: search.SearchQuery) -> int | None:
    try:
        return search.count(query)
    except search.EngineDown:
        return None
