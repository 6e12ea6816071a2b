"""Views of the list of saved searches: the list with its counts, and what is changed in a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jobsearch.saved.account_required import get_user_id
from jobsearch.saved.alerts import owner_alerts, pauses, subscriptions
from jobsearch.saved.descriptions import describe_problems, list_criteria
from jobsearch.saved.frequencies import Frequency
from jobsearch.saved.mail import recipients
from jobsearch.saved.models import SavedSearch, SearchInvitation, Subscription
from jobsearch.search import api as search

from . import ordering
from .counts import DAYS, count_hits, count_with_news
from .sparkline import draw_sparkline


@dataclass
class Row:
    """A saved search on the list, the user's own or a colleague's (`invitation`).

    `total` and `new` are None while the engine is down. `problems` are sentences about values that no ad has, or that cannot
    be read.
    """

    saved: SavedSearch
    invitation: SearchInvitation | None = None
    criteria: list[tuple[str, list[str]]] = field(default_factory=list)
    total: int | None = None
    new: int | None = None
    line: str = ""
    """The line of new ads as an SVG path."""

    line_label: str = ""
    problems: list[str] = field(default_factory=list)
    alert: Subscription | None = None
    is_first: bool = False
    is_last: bool = False

    @property
    def is_own(self) -> bool:
        return self.invitation is None

    @property
    def alert_label(self) -> str:
        if self.alert is None:
            return _("Ingen varsler")
        return _("På pause") if self.alert.subscriber.paused else self.alert.get_frequency_display()

    @property
    def last_looked(self) -> dt.datetime:
        return self.invitation.last_looked if self.invitation else self.saved.last_looked


@never_cache
@login_required
@require_safe
def list_searches(request: HttpRequest) -> HttpResponse:
    """The list, with the hits of each search, new ones and a line of the last days; without counts while the engine is down."""
    own = [Row(saved) for saved in SavedSearch.objects.filter(owner_id=request.user.pk).select_related("share")]
    invitations = SearchInvitation.objects.filter(colleague_id=request.user.pk).select_related("search")
    shared = [Row(one.search, one) for one in invitations.order_by("created", "pk")]
    rows = [*own, *shared]
    SavedSearch.parse_all([row.saved for row in rows])
    for row in rows:
        row.criteria = [] if row.saved.unreadable else list_criteria(row.saved.query)
        row.problems = describe_problems(row.saved)
    engine_down = False
    try:
        _add_counts(request.user.pk or 0, rows)
    except search.EngineDown:
        engine_down = True
    address = recipients.get_address(request.user)
    pauses.record_activity(address=address)
    alerts = owner_alerts.find_alerts(address, [row.saved for row in own])
    for place, row in enumerate(own):
        row.alert = alerts.get(row.saved.pk)
        row.is_first = place == 0 or own[place - 1].saved.pinned != row.saved.pinned
        row.is_last = place == len(own) - 1 or own[place + 1].saved.pinned != row.saved.pinned
    context = {
        "own": own,
        "shared": shared,
        "engine_down": engine_down,
        "address": address,
    }
    return render(request, "saved/list.html", context)


def _add_counts(user_id: int, rows: Sequence[Row]) -> None:
    """Counts the hits of all searches; for those without hits, names the values that no ad has. Raises EngineDown."""
    for row, count in zip(rows, count_hits(user_id, [(row.saved, row.last_looked) for row in rows]), strict=True):
        row.total, row.new = count.total, count.new
        row.line, row.line_label = draw_sparkline(count.days), _label_line(count.days)
    empty = [row for row in rows if row.total == 0 and not row.saved.unreadable]
    for row, problems in zip(empty, search.find_values_without_ads([row.saved.query for row in empty]), strict=True):
        row.problems += [problem.message for problem in problems]


def _label_line(days: Sequence[int]) -> str:
    number = sum(days)
    text = ngettext("%(n)s ny stilling siste %(days)s dager", "%(n)s nye stillinger siste %(days)s dager", number)
    return text % {"n": number, "days": DAYS}


@never_cache
@require_safe
def show_news(request: HttpRequest) -> HttpResponse:
    """How many searches have new ads, as JSON for the mark in the header; null while the engine is down, and without a user.

    A page requests it 200 ms after it is loaded, perhaps while a logout is under way: that is no error.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"searches": None, "text": ""})
    try:
        number = count_with_news(get_user_id(request))
    except search.EngineDown:
        return JsonResponse({"searches": None, "text": ""})
    text = ngettext("%(n)s lagret søk har nye stillinger", "%(n)s lagrede søk har nye stillinger", number) % {"n": number}
    return JsonResponse({"searches": number, "text": text})


@never_cache
@login_required
@require_POST
def mark_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets the last look to now without opening the search: only later ads count as new."""
    shared = SearchInvitation.objects.filter(search_id=pk, colleague_id=request.user.pk)
    if not shared.update(last_looked=timezone.now()):
        SavedSearch.objects.filter(pk=get_own_search(request, pk).pk).update(last_looked=timezone.now())
    return _redirect_to_row(pk)


@never_cache
@login_required
@require_POST
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Pins a search to the top of the list (`pinned=1`), or puts it back among the others."""
    ordering.pin_search(get_own_search(request, pk), pinned=request.POST.get("pinned") == "1")
    return _redirect_to_row(pk)


@never_cache
@login_required
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves a search to another place: `to` is "up", "down" or a place counted from 0. Any other place changes nothing."""
    ordering.move_search(get_own_search(request, pk).owner_id, pk, request.POST.get("to", ""))
    return _redirect_to_row(pk)


@never_cache
@login_required
@require_POST
def change_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes how often new ads of a search are sent to the owner's confirmed address (`frequency`)."""
    saved = get_own_search(request, pk)
    frequency = request.POST.get("frequency", "")
    if frequency in Frequency:
        try:
            owner_alerts.set_frequency(recipients.get_address(request.user), saved, Frequency(frequency))
        except owner_alerts.NoConfirmedAddress:
            messages.error(request, _("Du har ingen bekreftet e-postadresse."))
        except subscriptions.TooManySubscriptions:
            text = _("E-postadressen din har allerede %(n)s varsler. Stopp noen av dem først.")
            messages.error(request, text % {"n": subscriptions.MAX_SUBSCRIPTIONS})
        else:
            messages.success(
                request,
                _("Varsel om «%(name)s»: %(frequency)s.") % {"name": saved.name, "frequency": Frequency(frequency).label.lower()},
            )
    return _redirect_to_row(pk)


def get_own_search(request: HttpRequest, pk: int) -> SavedSearch:
    """The user's search with this key. Raises Http404, also for another user's."""
    return get_object_or_404(SavedSearch, pk=pk, owner_id=request.user.pk)


def _redirect_to_row(pk: int) -> HttpResponse:
    return redirect(f"{reverse('saved:list')}#sok-{pk}")
