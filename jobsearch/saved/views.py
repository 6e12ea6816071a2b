"""Save, list, open, rename and delete. Another person's search is not forbidden but unknown: 404."""

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

from jobsearch.search import api as search

from .counts import count_hits
from .descriptions import criteria, short
from .forms import NameForm
from .models import NAME_LENGTH, SavedSearch, digest_of

MOST = 200  # searches a person can keep
PAGE_SIZE = 25


@dataclass
class Row:
    """A saved search on the list. `total` and `new` are None where the engine could not say. `problems`: sentences about values
    that no ad has, or that cannot be read."""

    saved: SavedSearch
    criteria: list[tuple[str, list[str]]] = field(default_factory=list)
    total: int | None = None
    new: int | None = None
    problems: list[str] = field(default_factory=list)


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The list, with hits now and those new since the last look. The names are there without the engine too."""
    pages = Paginator(SavedSearch.objects.filter(owner_id=request.user.pk), PAGE_SIZE)
    typed = request.GET.get("page", "")
    number = max(1, int(typed[:9])) if typed.isascii() and typed.isdigit() else 1
    if number > pages.num_pages:
        return redirect(reverse("saved:list") + (f"?page={pages.num_pages}" if pages.num_pages > 1 else ""))
    page = pages.page(number)
    SavedSearch.read_together(list(page))
    rows, engine_down = [_row(saved) for saved in page], False
    try:
        for row, counted in zip(rows, count_hits([row.saved for row in rows]), strict=True):
            row.total, row.new = counted.total, counted.new
        _name_values_without_ads(rows)
    except search.EngineDown:
        engine_down = True
    return render(request, "saved/list.html", {"rows": rows, "page": page, "engine_down": engine_down})


def _row(saved: SavedSearch) -> Row:
    if saved.unreadable:
        return Row(saved, problems=[_("Dette søket kan ikke leses lenger: «%(text)s».") % {"text": saved.unreadable}])
    query, problems = saved.read
    return Row(saved, criteria(query), problems=[problem.message for problem in problems])


def _name_values_without_ads(rows: Sequence[Row]) -> None:
    """Of searches that find nothing: their values outside the catalogue that no ad has. One request. Raises EngineDown."""
    empty = [row for row in rows if row.total == 0 and not row.saved.unreadable]
    for row, problems in zip(empty, search.without_ads([row.saved.query for row in empty]), strict=True):
        row.problems += [problem.message for problem in problems]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Saves the search in `query` under `name`; one who is not logged in comes back here with both."""
    given = request.POST if request.method == "POST" else request.GET
    query, problems = search.SearchQuery.from_address(given.get("query", ""))
    query = query.replace(page=1, since=0)
    params = query.urlencode()
    if not request.user.is_authenticated:
        back = {"query": params} | ({"name": given["name"][:NAME_LENGTH]} if given.get("name") else {})
        return redirect_to_login(f"{reverse('saved:create')}?{urlencode(back)}")
    if any(problem.blocks for problem in problems):
        return redirect("web:results")
    proposal = given.get("name", "").strip() or short(query)[:NAME_LENGTH] or _("Alle stillinger")
    form = NameForm(request.POST) if request.method == "POST" else NameForm(initial={"name": proposal[:NAME_LENGTH]})
    existing = SavedSearch.objects.filter(owner=request.user, digest=digest_of(params)).first()
    if request.method == "POST" and form.is_valid():
        if existing:
            return _already_saved(request, existing)
        if SavedSearch.objects.filter(owner=request.user).count() >= MOST:
            form.add_error(None, _("Du har så mange lagrede søk som det er plass til. Slett noen først."))
        else:
            saved, made = SavedSearch.objects.get_or_create(
                owner=request.user, digest=digest_of(params), defaults={"name": form.cleaned_data["name"], "params": params}
            )
            if not made:  # another click of the same moment
                return _already_saved(request, saved)
            messages.success(request, _("Søket «%(name)s» er lagret.") % {"name": saved.name})
            return redirect(_results(params))
    context = {"form": form, "params": params, "criteria": criteria(query), "back": _results(params), "existing": existing}
    context["return_path"] = f"{reverse('saved:create')}?{urlencode({'query': params})}"
    return render(request, "saved/create.html", context, status=422 if form.errors else 200)


def _already_saved(request: HttpRequest, saved: SavedSearch) -> HttpResponse:
    messages.info(request, _("Du har allerede lagret dette søket, som «%(name)s».") % {"name": saved.name})
    return redirect(_results(saved.params))


@never_cache
@login_required
@require_safe
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to the results page, with what is new since the last look first, and the newest first unless the search was saved in
    another order. The look is noted by the page once it has shown what is new: this redirect may lead to an error."""
    saved = _own(request, pk)
    if saved.unreadable:
        messages.error(request, _("Dette søket kan ikke leses lenger: «%(text)s».") % {"text": saved.unreadable})
        return redirect("saved:list")
    query = saved.query
    earliest = timezone.now() - dt.timedelta(days=search.SINCE_DAYS - 1)
    since = int(max(saved.last_looked, earliest).timestamp())
    sort = "published" if query.sort == "relevance" else query.sort
    return redirect(_results(query.replace(since=since, sort=sort).urlencode()))


@never_cache
@login_required
@require_POST
def mark_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Counts "new" from now on, for one who does not want to look."""
    SavedSearch.objects.filter(pk=_own(request, pk).pk).update(last_looked=timezone.now())
    return redirect("saved:list")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _own(request, pk)
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
    saved = _own(request, pk)
    if request.method == "POST":
        saved.delete()
        messages.success(request, _("Søket «%(name)s» er slettet.") % {"name": saved.name})
        return redirect("saved:list")
    return render(request, "saved/delete.html", {"saved": saved, "criteria": criteria(saved.query)})


def _own(request: HttpRequest, pk: int) -> SavedSearch:
    return get_object_or_404(SavedSearch, pk=pk, owner=request.user)


def _results(params: str) -> str:
    return "/" + (f"?{params}" if params else "")
