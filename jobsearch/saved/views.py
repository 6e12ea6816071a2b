"""Views of saved searches: save, list, open, rename and delete.

Another user's search answers 404, not 403: the numbers of searches tell nothing about other users.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobsearch.core.pagination import parse_page_number
from jobsearch.search import api as search

from .counts import count_hits
from .descriptions import list_criteria, summarise_query
from .forms import NameForm
from .models import NAME_LENGTH, SavedSearch, compute_digest

MAX_SEARCHES = 200  # of one user
PAGE_SIZE = 25


@dataclass
class Row:
    """A saved search on the list.

    `total` and `new` are None while the engine is down. `problems` are sentences about values that no ad has, or that cannot
    be read.
    """

    saved: SavedSearch
    criteria: list[tuple[str, list[str]]] = field(default_factory=list)
    total: int | None = None
    new: int | None = None
    problems: list[str] = field(default_factory=list)


@never_cache
@login_required
@require_safe
def list_searches(request: HttpRequest) -> HttpResponse:
    """The list with the total and new hits of each search; without counts while the engine is down."""
    paginator = Paginator(SavedSearch.objects.filter(owner_id=request.user.pk), PAGE_SIZE)
    number = parse_page_number(request.GET.get("page", "")) or 1
    if number > paginator.num_pages:
        return redirect(reverse("saved:list") + (f"?page={paginator.num_pages}" if paginator.num_pages > 1 else ""))
    page = paginator.page(number)
    SavedSearch.parse_all(list(page))
    rows, engine_down = [_build_row(saved) for saved in page], False
    try:
        for row, count in zip(rows, count_hits([row.saved for row in rows]), strict=True):
            row.total, row.new = count.total, count.new
        _add_values_without_ads(rows)
    except search.EngineDown:
        engine_down = True
    return render(request, "saved/list.html", {"rows": rows, "page": page, "engine_down": engine_down})


def _build_row(saved: SavedSearch) -> Row:
    if saved.unreadable:
        return Row(saved, problems=[_("Dette søket kan ikke leses lenger: «%(text)s».") % {"text": saved.unreadable}])
    query, problems = saved.parsed
    return Row(saved, list_criteria(query), problems=[problem.message for problem in problems])


def _add_values_without_ads(rows: Sequence[Row]) -> None:
    """Name, for searches without hits, the values outside the catalogue that no ad has. One request. Raises EngineDown."""
    empty = [row for row in rows if row.total == 0 and not row.saved.unreadable]
    for row, problems in zip(empty, search.without_ads([row.saved.query for row in empty]), strict=True):
        row.problems += [problem.message for problem in problems]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Save the search in the parameter `query` under `name`; a visitor logs in first and returns here with both."""
    data = request.POST if request.method == "POST" else request.GET
    query, problems = search.SearchQuery.from_address(data.get("query", ""))
    query = query.replace(page=1, since=0)
    params = query.urlencode()
    if not request.user.is_authenticated:
        return_params = {"query": params} | ({"name": data["name"][:NAME_LENGTH]} if data.get("name") else {})
        return redirect_to_login(f"{reverse('saved:create')}?{urlencode(return_params)}")
    if any(problem.blocks for problem in problems):
        return redirect("web:results")
    proposal = data.get("name", "").strip() or summarise_query(query)[:NAME_LENGTH] or _("Alle stillinger")
    form = NameForm(request.POST) if request.method == "POST" else NameForm(initial={"name": proposal[:NAME_LENGTH]})
    existing = SavedSearch.objects.filter(owner=request.user, digest=compute_digest(params)).first()
    if request.method == "POST" and form.is_valid():
        if existing:
            return _redirect_to_existing(request, existing)
        if SavedSearch.objects.filter(owner=request.user).count() >= MAX_SEARCHES:
            form.add_error(None, _("Du har så mange lagrede søk som det er plass til. Slett noen først."))
        else:
            saved, created = SavedSearch.objects.get_or_create(
                owner=request.user, digest=compute_digest(params), defaults={"name": form.cleaned_data["name"], "params": params}
            )
            if not created:  # a second click at the same time
                return _redirect_to_existing(request, saved)
            messages.success(request, _("Søket «%(name)s» er lagret.") % {"name": saved.name})
            return redirect(_build_results_url(params))
    context = {
        "form": form,
        "params": params,
        "criteria": list_criteria(query),
        "back": _build_results_url(params),
        "existing": existing,
    }
    context["return_path"] = f"{reverse('saved:create')}?{urlencode({'query': params})}"
    return render(request, "saved/create.html", context, status=422 if form.errors else 200)


def _redirect_to_existing(request: HttpRequest, saved: SavedSearch) -> HttpResponse:
    messages.info(request, _("Du har allerede lagret dette søket, som «%(name)s».") % {"name": saved.name})
    return redirect(_build_results_url(saved.params))


@never_cache
@login_required
@require_safe
def open_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirect to the results page with the new hits first, and sorted by date unless the search was saved in another order.

    The results page stores the last look once it has shown the new hits, not this view: the redirect may end in an error page.
    """
    saved = _get_own_search(request, pk)
    if saved.unreadable:
        messages.error(request, _("Dette søket kan ikke leses lenger: «%(text)s».") % {"text": saved.unreadable})
        return redirect("saved:list")
    query = saved.query
    earliest = timezone.now() - dt.timedelta(days=search.SINCE_DAYS - 1)
    since = int(max(saved.last_looked, earliest).timestamp())
    sort = "published" if query.sort == "relevance" else query.sort
    return redirect(_build_results_url(query.replace(since=since, sort=sort).urlencode()))


@never_cache
@login_required
@require_POST
def mark_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the last look to now without opening the search: only later ads count as new."""
    SavedSearch.objects.filter(pk=_get_own_search(request, pk).pk).update(last_looked=timezone.now())
    return redirect("saved:list")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for a saved search's name, and its POST. An invalid name answers 422."""
    saved = _get_own_search(request, pk)
    form = NameForm(request.POST) if request.method == "POST" else NameForm(initial={"name": saved.name})
    if request.method == "POST" and form.is_valid():
        SavedSearch.objects.filter(pk=saved.pk).update(name=form.cleaned_data["name"])
        messages.success(request, _("Søket heter nå «%(name)s».") % {"name": form.cleaned_data["name"]})
        return redirect("saved:list")
    return render(request, "saved/rename.html", {"form": form, "saved": saved}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The confirmation page for deleting a saved search, and its POST."""
    saved = _get_own_search(request, pk)
    if request.method == "POST":
        saved.delete()
        messages.success(request, _("Søket «%(name)s» er slettet.") % {"name": saved.name})
        return redirect("saved:list")
    return render(request, "saved/delete.html", {"saved": saved, "criteria": list_criteria(saved.query)})


def _get_own_search(request: HttpRequest, pk: int) -> SavedSearch:
    return get_object_or_404(SavedSearch, pk=pk, owner=request.user)


def _build_results_url(params: str) -> str:
    return reverse("web:results") + (f"?{params}" if params else "")
