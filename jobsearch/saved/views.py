"""Save, list, open, rename and delete. Another person's search is not forbidden but unknown: 404."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jobsearch import search

from .forms import NameForm
from .models import NAME_LENGTH, SavedSearch
from .words import criteria, short

MOST = 200  # searches a person can keep; each costs two counts on the list


@dataclass
class Row:
    """A saved search on the list. `total` and `new` are None where the engine could not say."""

    saved: SavedSearch
    criteria: list[tuple[str, list[str]]] = field(default_factory=list)
    total: int | None = None
    new: int | None = None


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The list, with hits now and those new since the last look. The names are there without the engine too."""
    rows, engine_down = [], False
    for saved in SavedSearch.objects.filter(owner_id=request.user.pk):
        query = saved.query
        row = Row(saved, criteria(query))
        if not engine_down:
            try:
                row.total, row.new = search.count(query), search.count_new(query, saved.last_looked)
            except search.EngineDown:
                engine_down = True  # the next one would only wait for the same silence
            except search.QueryError:
                pass
        rows.append(row)
    return render(request, "saved/list.html", {"rows": rows, "engine_down": engine_down})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Saves the search in `query` under `name`; one who is not logged in comes back here with both."""
    given = request.POST if request.method == "POST" else request.GET
    query, problems = search.SearchQuery.from_params(QueryDict(given.get("query", "")))
    query = query.replace(page=1)
    params = query.urlencode()
    if not request.user.is_authenticated:
        back = {"query": params} | ({"name": given["name"][:NAME_LENGTH]} if given.get("name") else {})
        return redirect_to_login(f"{reverse('saved:create')}?{urlencode(back)}")
    if any(problem.blocks for problem in problems):
        return redirect("web:results")
    proposal = given.get("name", "").strip() or short(query)[:NAME_LENGTH] or _("Alle stillinger")
    form = NameForm(request.POST) if request.method == "POST" else NameForm(initial={"name": proposal[:NAME_LENGTH]})
    if request.method == "POST" and form.is_valid():
        if SavedSearch.objects.filter(owner=request.user).count() >= MOST:
            form.add_error(None, _("Du har så mange lagrede søk som det er plass til. Slett noen først."))
        else:
            saved = SavedSearch.objects.create(owner=request.user, name=form.cleaned_data["name"], params=params)
            messages.success(request, _("Søket «%(name)s» er lagret.") % {"name": saved.name})
            return redirect(_results(params))
    context = {"form": form, "params": params, "criteria": criteria(query), "back": _results(params)}
    context["return_path"] = f"{reverse('saved:create')}?{urlencode({'query': params})}"
    return render(request, "saved/create.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens the search on the results page, and notes the look, from which "new" counts on."""
    saved = _own(request, pk)
    if "prefetch" not in request.headers.get("Sec-Purpose", "") and request.method == "GET":
        SavedSearch.objects.filter(pk=saved.pk).update(last_looked=timezone.now())
    return redirect(_results(saved.query.urlencode()))


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
