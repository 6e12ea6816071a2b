"""Views of one saved search: save, open, update, edit and delete.

Another user's search answers 404, not 403: the numbers of searches reveal nothing about other users.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobsearch.saved.alerts import owner_alerts
from jobsearch.saved.descriptions import describe_problems, list_criteria, summarise_query
from jobsearch.saved.forms import NameForm, SearchForm
from jobsearch.saved.mail import recipients
from jobsearch.saved.models import NAME_LENGTH, SavedSearch, SearchInvitation, canonicalise, compute_digest
from jobsearch.saved.return_path import build_results_url
from jobsearch.search import api as search
from jobsearch.search.search_query import SINCE_DAYS

from .list_views import get_own_search

MAX_SEARCHES = 200  # of one user


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Saves the search in the parameter `query` under `name`; a visitor logs in first and returns here with both."""
    data = request.POST if request.method == "POST" else request.GET
    query, problems = search.SearchQuery.from_address(data.get("query", ""))
    query = canonicalise(query)
    params = query.urlencode()
    if not request.user.is_authenticated:
        return_params = {"query": params} | ({"name": data["name"][:NAME_LENGTH]} if data.get("name") else {})
        return redirect_to_login(f"{reverse('saved:create')}?{urlencode(return_params)}")
    if any(problem.blocks for problem in problems):
        return redirect("web:results")
    proposal = data.get("name", "").strip() or summarise_query(query) or _("Alle stillinger")
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
            return redirect(build_results_url(params))
    context = {
        "form": form,
        "params": params,
        "criteria": list_criteria(query),
        "back": build_results_url(params),
        "existing": existing,
        "return_path": f"{reverse('saved:create')}?{urlencode({'query': params})}",
    }
    return render(request, "saved/create.html", context, status=422 if form.errors else 200)


def _redirect_to_existing(request: HttpRequest, saved: SavedSearch) -> HttpResponse:
    messages.info(request, _("Du har allerede lagret dette søket, som «%(name)s».") % {"name": saved.name})
    return redirect(build_results_url(saved.params))


@never_cache
@login_required
@require_safe
def open_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Redirects to the results page with the new hits first, and sorted by date unless the search was saved in another order.

    The results page stores the last look once it has shown the new hits, not this view: the redirect may end in an error page.
    A colleague's search opens the same way, without the number by which its owner can update it.
    """
    own = SavedSearch.objects.filter(pk=pk, owner_id=request.user.pk).first()
    shared = SearchInvitation.objects.select_related("search").filter(search_id=pk, colleague_id=request.user.pk)
    looked_at = own or get_object_or_404(shared)
    saved = looked_at if isinstance(looked_at, SavedSearch) else looked_at.search
    if saved.unreadable:
        messages.error(request, describe_problems(saved)[0])
        return redirect("saved:list")
    query = saved.query
    earliest = timezone.now() - dt.timedelta(days=SINCE_DAYS - 1)
    since = int(max(looked_at.last_looked, earliest).timestamp())
    sort = "published" if query.sort == "relevance" else query.sort
    opened = query.replace(since=since, sort=sort, saved=own.pk if own else 0)
    return redirect(build_results_url(opened.urlencode()))


@never_cache
@login_required
@require_POST
def update(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives a saved search the parameters of `query`: the user keeps what was changed after opening it. Its alert follows."""
    saved = get_own_search(request, pk)
    if "query" not in request.POST:  # it would become the search for all ads
        return redirect("saved:list")
    shown, problems = search.SearchQuery.from_address(request.POST["query"])
    if any(problem.blocks for problem in problems):
        return redirect("web:results")
    query = canonicalise(shown)
    params = query.urlencode()
    alert = owner_alerts.find_alerts(recipients.get_address(request.user), [saved]).get(saved.pk)
    try:
        with transaction.atomic():
            saved.params = params
            saved.save(update_fields=["params", "digest"])
    except IntegrityError:
        return _redirect_to_existing(request, get_object_or_404(SavedSearch, owner=request.user, digest=compute_digest(params)))
    if alert:
        owner_alerts.move_alert(alert, saved, query)
    messages.success(request, _("Søket «%(name)s» er oppdatert.") % {"name": saved.name})
    return redirect(build_results_url(shown.replace(page=1, saved=saved.pk).urlencode()))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for a saved search's name and note, and its POST. An invalid name answers 422."""
    saved = get_own_search(request, pk)
    initial = {"name": saved.name, "note": saved.note}
    form = SearchForm(request.POST) if request.method == "POST" else SearchForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        SavedSearch.objects.filter(pk=saved.pk).update(**form.cleaned_data)
        messages.success(request, _("Søket «%(name)s» er endret.") % {"name": form.cleaned_data["name"]})
        return redirect(f"{reverse('saved:list')}#sok-{saved.pk}")
    return render(request, "saved/edit.html", {"form": form, "saved": saved}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The confirmation page for deleting a saved search, and its POST. Its alert ends, and its link and invitations are gone."""
    saved = get_own_search(request, pk)
    address = recipients.get_address(request.user)
    if request.method == "POST":
        owner_alerts.end_alert(address, saved)
        saved.delete()
        messages.success(request, _("Søket «%(name)s» er slettet.") % {"name": saved.name})
        return redirect("saved:list")
    context = {
        "saved": saved,
        "criteria": list_criteria(saved.query),
        "has_alert": bool(owner_alerts.find_alerts(address, [saved])),
        "is_shared": hasattr(saved, "share") or saved.invitations.exists(),
    }
    return render(request, "saved/delete.html", context)
